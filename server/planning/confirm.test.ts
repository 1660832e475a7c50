import { expect, test } from 'vitest'
import { seconds } from '#lib/time/instant.ts'
import { until } from '../ocpp/test-depot.ts'
import { confirmFallback } from '../store/site.ts'
import { testDepot } from './test-depot.ts'

test('a fallback that was accepted is not confirmed when the charger booted since it was sent, whichever is written down first', async () => {
  const depot = await testDepot()
  await depot.known()
  await depot.plug(1)
  await depot.want(1, [0, 4_800])
  const { prisma } = depot.db
  const confirmed = async () => (await prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })).fallbackConfirmedAt
  const charger = depot.charger('c1')
  charger.hold = true
  void depot.gateway.reconciler.depot('north')
  await until(() => charger.calls.some(({ kind }) => kind === 'setFallback'))
  await depot.clock.move(seconds(2))
  // the boot stands in the books before the answer to what was sent to the charger before it
  await prisma.charger.update({ where: { id: 'c1' }, data: { bootedAt: new Date(depot.clock.now()) } })
  charger.hold = false
  const before = charger.calls.length
  await depot.clock.move(seconds(1))
  depot.letGo()
  await depot.gateway.idle()
  // so it was sent once more, and that one counts
  expect(charger.calls.slice(before).some(({ kind }) => kind === 'setFallback')).toBe(true)
  expect((await confirmed())?.getTime()).toBeGreaterThan(depot.clock.now() - seconds(1) - 1)
})

test('confirmed as of the sending: only for a charger that did not boot after it', async () => {
  const depot = await testDepot()
  const { prisma } = depot.db
  const now = depot.clock.now()
  const boot = (ms: number | null) =>
    prisma.charger.update({ where: { id: 'c1' }, data: { bootedAt: ms === null ? null : new Date(now + ms) } })
  const confirms = async () => {
    await prisma.port.update({ where: { id: 'p1' }, data: { fallbackConfirmedAt: null } })
    await confirmFallback(prisma, 'p1', 1440, now)
    return (await prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })).fallbackConfirmedAt !== null
  }
  await boot(null)
  expect(await confirms()).toBe(true)
  await boot(-1000)
  expect(await confirms()).toBe(true)
  await boot(1)
  expect(await confirms()).toBe(false)
})
