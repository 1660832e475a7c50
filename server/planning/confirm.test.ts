import { expect, test } from 'vitest'
import { SETTLE_MS } from '#lib/planning/port-holding.ts'
import { plus, seconds } from '#lib/time/instant.ts'
import { record } from '../charging/record.ts'
import { makeRecorded } from '../gateway/signals.ts'
import { until } from '../ocpp/test-depot.ts'
import { confirmFallback } from '../store/fallback.ts'
import { readFacts } from './facts.ts'
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
    await confirmFallback(prisma, { portId: 'p1', fallbackW: 1440, sentAt: now, countsAt: plus(now, SETTLE_MS) })
    return (await prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })).fallbackConfirmedAt !== null
  }
  await boot(null)
  expect(await confirms()).toBe(true)
  await boot(-1000)
  expect(await confirms()).toBe(true)
  await boot(1)
  expect(await confirms()).toBe(false)
})

test('a fallback that nobody had known is followed in a moment: until then its nameplate counts, and nobody is cut for it', async () => {
  const depot = await testDepot({ capW: 12_000 })
  await depot.allConfirmed()
  const { prisma } = depot.db
  await prisma.port.update({ where: { id: 'p1' }, data: { fallbackConfirmedAt: null } })
  await depot.plug(2)
  await depot.want(2, [0, 2_400])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  expect(depot.charger('c1').calls.map(({ kind }) => kind)).toContain('setFallback')
  await depot.want(2, [0, 9_600])
  const limits = () => depot.charger('c2').calls.flatMap((call) => (call.kind === 'setLimit' ? [call.steps[0]!.limitW] : []))
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  // it may still charge as it did before it was told
  expect(limits()).toEqual([2_400])
  await depot.clock.move(SETTLE_MS + 100)
  await depot.gateway.idle()
  expect(limits()).toEqual([2_400, 9_600])
  // one that is known already is counted as before
  await prisma.$transaction((tx) =>
    confirmFallback(tx, { portId: 'p1', fallbackW: 0, sentAt: depot.clock.now(), countsAt: plus(depot.clock.now(), SETTLE_MS) }),
  )
  const { fallbackCountsAt } = await prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })
  expect(fallbackCountsAt!.getTime()).toBeLessThanOrEqual(depot.clock.now())
})

test.each([
  ['of a model that keeps what it was told', {}, '1.0', true],
  ['of a model that forgets', { keepsProfiles: false }, '1.0', false],
  ['with other firmware', {}, '1.1', false],
] as const)('a boot %s: what counts is written down with the boot itself', async (_, quirks, firmware, stays) => {
  const depot = await testDepot()
  await depot.allConfirmed()
  const { prisma } = depot.db
  await prisma.charger.update({ where: { id: 'c1' }, data: { firmware: '1.0', quirks } })
  await depot.clock.move(seconds(1))
  // the gateway that records it may die before it does anything else
  await record({ ...depot.gateway, recorded: makeRecorded(depot.gateway.log) }, 'c1', [
    { kind: 'booted', at: depot.clock.now(), vendor: 'V', model: 'M', firmware } as never,
  ])
  expect((await prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })).fallbackConfirmedAt !== null).toBe(stays)
  const read = await readFacts(prisma, 'north', depot.clock.now(), depot.gateway.reconciler.reach)
  expect(read!.facts.ports.find(({ id }) => id === 'p1')!.fallbackConfirmedAt !== undefined).toBe(stays)
})
