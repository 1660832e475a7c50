import { text } from 'node:stream/consumers'
import { beforeAll, expect, test } from 'vitest'
import { reviewOf } from '#lib/charging/review-words.ts'
import { DEPOT, makeDepot, makeSession, makeTariff, type TestWorld, testWorld } from '../energy/test-depot.ts'
import { setupAlerts } from '../live/alerts-setup.ts'
import { testDatabase } from '../tools/test-store.ts'
import { costSummary } from './cost-summary.ts'
import { exportSessions } from './export-sessions.ts'
import { priceSession } from './price-session.ts'
import { listSessions, oneSession } from './sessions.ts'

let world: TestWorld
let [charged, empty] = [0, 0]
beforeAll(async () => {
  world = testWorld((await testDatabase()).url, '2026-10-26T12:00:00Z')
  const { db } = world.ctx
  await makeDepot(db, { at: '2026-10-01T00:00Z' })
  charged = await makeSession(db, { from: '2026-10-26T01:00Z', until: '2026-10-26T06:00Z', wh: 50_000 })
  empty = await makeSession(db, { from: '2026-10-26T08:00Z', until: '2026-10-26T08:10Z', wh: 0 })
  for (const id of [charged, empty]) await db.prisma.$transaction((tx) => priceSession(tx, id))
  return () => db.close()
})

const cells = async () => {
  const file = await text((await exportSessions(world.ctx, DEPOT, {}, 'user:fin')).body)
  return file
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',').slice(13, 17))
}

test('without a tariff nothing costs 0.00: it has no cost, in the list, the file and the sums, and the tariff is still to be set up', async () => {
  const list = await listSessions(world.ctx, DEPOT, {})
  expect(list.items.map(({ cost }) => cost)).toEqual([null, null])
  expect(list).toMatchObject({ sumEnergyWh: 50_000, unpriced: { sessions: 2, energyWh: 50_000 } })
  expect(reviewOf(await oneSession(world.ctx, DEPOT, charged)).sentences).toEqual(['No tariff was in force when it began: it has no cost.'])
  expect(await cells()).toEqual([
    ['50.000', '', 'EUR', 'yes'],
    ['0.000', '', 'EUR', 'yes'],
  ])
  expect(await costSummary(world.ctx, DEPOT)).toMatchObject({ hasTariff: false, unpricedKwh: 50, perKwhMicro: null })
  expect(await setupAlerts(world.ctx, DEPOT)).toMatchObject([{ key: 'tariff', href: '/tariff', since: Date.parse('2026-10-01T00:00Z') }])
})

test('with a tariff from now on what began before has no cost for good; per kWh counts what has one', async () => {
  const { db } = world.ctx
  await makeTariff(db)
  await db.prisma.tariff.updateMany({ data: { validFrom: new Date('2026-10-26T09:00Z') } })
  const id = await makeSession(db, { from: '2026-10-26T10:00Z', until: '2026-10-26T11:00Z', wh: 10_000, port: 'p2', card: 'CARD2' })
  // one that just began is priced in a moment
  const running = await makeSession(db, { from: '2026-10-26T11:30Z', wh: 0 })
  await db.prisma.$transaction((tx) => priceSession(tx, id))
  const list = await listSessions(world.ctx, DEPOT, {})
  expect(list.items.map((row) => [row.id, row.cost?.minor])).toEqual([
    [running, 0],
    [id, 300],
    [empty, undefined],
    [charged, undefined],
  ])
  expect(list).toMatchObject({ sumCost: { minor: 300 }, unpriced: { sessions: 2, energyWh: 50_000 } })
  const { perKwhMicro, hasTariff, unpricedKwh, demand } = await costSummary(world.ctx, DEPOT)
  expect([hasTariff, unpricedKwh, perKwhMicro]).toEqual([true, 50, Math.round(((300 + (demand?.minor ?? 0)) * 10_000) / 10)])
  expect(await setupAlerts(world.ctx, DEPOT)).toEqual([])
})
