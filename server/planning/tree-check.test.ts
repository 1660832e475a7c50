import { expect, test } from 'vitest'
import { EVENING, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { warningFor } from './tree-check.ts'

test('who adds a charger that may draw more than its circuit carries is told so, and by how much', async () => {
  const { db } = await testSite()
  await smallDepot(db, EVENING)
  const warned = () => warningFor(db.prisma, 'north', 'charger-1', EVENING)
  expect(await warned()).toBeNull()
  const node = { depotId: 'north', parentId: 'north-service', kind: 'circuit', name: 'Circuit 14', volts: 400, wiring: 'L-N', phases: 3 }
  await db.prisma.siteNode.create({ data: { ...node, id: 'circuit-14', limitW: 19_200 } })
  await db.prisma.charger.update({ where: { id: 'charger-1' }, data: { nodeId: 'circuit-14', maxW: 400_000 } })
  expect(await warned(), 'its port gives no more than the circuit carries').toBeNull()
  await db.prisma.port.update({ where: { id: 'port-1' }, data: { maxW: 400_000 } })
  expect(await warned()).toMatch(/may draw 400\.0 kW until it has taken its first limits, and Circuit 14 carries 19\.2 kW/)
})

test('who adds the first charger of a panel whose line nobody told is told what the panel loses', async () => {
  const { db } = await testSite()
  await smallDepot(db, EVENING, { bays: 3 })
  const { prisma } = db
  await prisma.siteNode.updateMany({ where: { id: 'north-service' }, data: { phases: 3, breakerMa: 400_000 } })
  const tell = (ids: string[], lines: string | null) => prisma.port.updateMany({ where: { id: { in: ids } }, data: { phases: 1, lines } })
  await tell(['port-1', 'port-2', 'port-3'], 'l1')
  const warned = () => warningFor(prisma, 'north', 'charger-1', EVENING)
  expect(await warned()).toBeNull()
  await tell(['port-1'], null)
  expect(await warned()).toMatch(
    /^On which line Charger 1 is nobody told: until then .* kept as power over all its lines, and no longer on each/,
  )
  await tell(['port-2'], null)
  expect(await warned(), 'it was so before').toBeNull()
})
