import { beforeEach, expect, test } from 'vitest'
import { HELD_FOR_SAFETY } from '#lib/planning/held.ts'
import { minutes, plus, seconds } from '#lib/time/instant.ts'
import { NIGHT, type TestDepot, testDepot } from './test-depot.ts'

let depot: TestDepot
beforeEach(async () => {
  depot = await testDepot()
})
const pass = async () => {
  const done = await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  return done
}
const limits = (n: number) => depot.charger(`c${n}`).calls.flatMap((call) => (call.kind === 'setLimit' ? [call.steps] : []))
const now = (n: number) => limits(n).at(-1)?.[0]?.limitW

test('a known charger without a fallback gets it first, then the limit of its session', async () => {
  await depot.known()
  await depot.plug(1)
  await depot.want(1, [0, 4_800])
  await pass()
  const kinds = depot.charger('c1').calls.map(({ kind }) => kind)
  // a new plan follows, since its nameplate need not be reserved any more
  expect(kinds.slice(0, 2)).toEqual(['setFallback', 'setLimit'])
  const port = await depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })
  expect(port.fallbackConfirmedAt).not.toBeNull()
})

test('what leaves is written down as pending before it leaves', async () => {
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 4_800])
  const atLeaving: string[] = []
  depot.seen.leaving = async () => {
    atLeaving.push(...(await depot.sentRows(1)).map(({ outcome }) => outcome))
  }
  await pass()
  expect(atLeaving).toEqual(['pending'])
  expect((await depot.sentRows(1)).map(({ outcome }) => outcome)).toEqual(['accepted'])
})

test('a limit that the charger has is not written again, minute after minute', async () => {
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 4_800], [120, 0])
  await pass()
  for (let minute = 1; minute <= 5; minute++) {
    await depot.clock.move(minutes(1))
    await pass()
  }
  expect(limits(1)).toHaveLength(1)
})

test('a charger that holds one period is sent what is due now without end, and the next when that is due', async () => {
  await depot.db.prisma.charger.update({ where: { id: 'c1' }, data: { quirks: { maxPeriods: 1 } } })
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 4_800], [120, 0])
  await pass()
  expect(
    limits(1)
      .at(-1)!
      .map(({ limitW }) => limitW),
  ).toEqual([4_800])
  await depot.clock.move(minutes(119))
  await depot.want(1, [0, 4_800], [1, 0])
  await pass()
  await depot.clock.move(minutes(2))
  await depot.want(1, [0, 0])
  await pass()
  expect(
    limits(1)
      .at(-1)!
      .map(({ limitW }) => limitW),
  ).toEqual([0])
})

test('a cut leaves before the raise that needs its room, and the raise only when the cut counts', async () => {
  await depot.allConfirmed()
  for (const n of [1, 2, 3]) await depot.plug(n)
  await depot.want(1, [0, 9_600])
  await depot.want(2, [0, 9_600])
  await depot.want(3, [0, 0])
  await pass()
  expect([now(1), now(2), now(3)]).toEqual([9_600, 9_600, 0])
  await depot.clock.move(seconds(60))
  await depot.want(2, [0, 0])
  await depot.want(3, [0, 9_600])
  await pass()
  expect([now(2), now(3)]).toEqual([0, 0])
  await depot.clock.move(seconds(9))
  await pass()
  expect(now(3)).toBe(0)
  await depot.clock.move(seconds(2))
  await pass()
  expect(now(3)).toBe(9_600)
})

test('a later reading at the new limit makes a cut count before its 10 seconds', async () => {
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.plug(2)
  await depot.plug(3)
  await depot.want(1, [0, 9_600])
  await depot.want(2, [0, 9_600])
  await pass()
  await depot.clock.move(seconds(60))
  await depot.want(2, [0, 0])
  await depot.want(3, [0, 9_600])
  await pass()
  await depot.clock.move(seconds(3))
  const readings = [{ at: depot.clock.now(), powerW: 0, currentMa: [], voltageMv: [], context: 'trigger', flags: [] }]
  depot.gateway.recorded.publish([depot.event(2, { kind: 'metered', readings, late: false } as never)])
  await depot.gateway.idle()
  expect(now(3)).toBe(9_600)
})

test('a charger that does not answer may follow either limit: its room is not given away', async () => {
  await depot.allConfirmed()
  for (const n of [1, 2, 3]) await depot.plug(n)
  await depot.want(1, [0, 9_600])
  await depot.want(2, [0, 9_600])
  await pass()
  depot.charger('c2').manner = 'isMute'
  await depot.clock.move(seconds(60))
  await depot.want(2, [0, 0])
  await depot.want(3, [0, 9_600])
  await pass()
  await depot.clock.move(seconds(60))
  depot.charger('c2').online = false
  await pass()
  expect(now(3) ?? 0).toBe(0)
})

test('after a crash between the write and the answer the curve that may have left still counts', async () => {
  await depot.allConfirmed()
  for (const n of [1, 2, 3]) await depot.plug(n)
  await depot.want(1, [0, 9_600])
  await depot.want(2, [0, 9_600])
  for (const n of [1, 2]) depot.charger(`c${n}`).hold = true
  const dying = depot.gateway.reconciler.depot('north')
  await dying
  // killed: the answers never arrive; the chargers are gone for a while
  const second = await depot.start()
  for (const n of [1, 2]) {
    depot.charger(`c${n}`).hold = false
    depot.charger(`c${n}`).online = false
  }
  await depot.want(3, [0, 9_600])
  await depot.clock.move(minutes(5))
  await second.reconciler.depot('north')
  await second.idle()
  expect(now(3) ?? 0).toBe(0)
  expect((await depot.sentRows(1)).map(({ outcome }) => outcome)).toEqual(['pending'])
  // back again: what is wanted is sent anew and accepted, and the old row no longer matters
  for (const n of [1, 2]) depot.charger(`c${n}`).online = true
  await depot.want(2, [0, 0])
  await second.reconciler.depot('north')
  await second.idle()
  await depot.clock.move(seconds(11))
  await second.reconciler.depot('north')
  await second.idle()
  expect(now(3)).toBe(9_600)
  depot.letGo()
})

test('refused limits are tried again with growing patience, and the third time is told', async () => {
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 4_800])
  depot.charger('c1').manner = 'refuses'
  await pass()
  for (let second = 0; second < 120; second += 1) {
    await depot.clock.move(seconds(1))
    await depot.gateway.idle()
  }
  expect(limits(1).length).toBeGreaterThanOrEqual(4)
  expect(limits(1).length).toBeLessThanOrEqual(6)
  const told = await depot.db.prisma.journal.findMany({ where: { kind: 'limit.refused' } })
  expect(told.map(({ subject }) => subject)).toEqual(['p1'])
})

test('chargers that refuse their fallback are held out of use with an alarm while there is no room for their nameplate', async () => {
  for (const n of [1, 2, 3]) depot.charger(`c${n}`).manner = 'refuses'
  await depot.known()
  await pass()
  const held = await depot.db.prisma.journal.findMany({ where: { kind: 'safety.held' } })
  expect(held).toHaveLength(3)
  expect(depot.charger('c1').calls.at(-1)).toEqual({ kind: 'availability', port: 1, operative: false })
  for (const n of [1, 2, 3]) depot.charger(`c${n}`).manner = 'accepts'
  for (let second = 0; second < 60; second += 1) {
    await depot.clock.move(seconds(1))
    await depot.gateway.idle()
  }
  await pass()
  const ports = await depot.db.prisma.port.findMany()
  expect(ports.map(({ heldReason, inoperativeAt }) => [heldReason, inoperativeAt])).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ])
  expect(depot.charger('c1').operative).toBe(true)
  expect(HELD_FOR_SAFETY).toContain('fallback')
})

test('base load that jumps cuts at once, before any plan is made', async () => {
  await depot.baseLoad(500)
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.plug(2)
  await depot.want(1, [0, 9_600])
  await depot.want(2, [0, 9_600])
  await pass()
  expect([now(1), now(2)]).toEqual([9_600, 9_600])
  await depot.clock.move(seconds(60))
  await depot.baseLoad(500, 8_000)
  await pass()
  expect((now(1) ?? 0) + (now(2) ?? 0)).toBeLessThanOrEqual(12_000)
})

test('a reboot makes the charger get its fallback and its limit again', async () => {
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 4_800])
  await depot.clock.move(seconds(1))
  await pass()
  await depot.clock.move(seconds(30))
  await depot.gateway.idle() // no pass is half-way when the charger boots
  await depot.db.prisma.charger.update({ where: { id: 'c1' }, data: { bootedAt: new Date(depot.clock.now()) } })
  await depot.clock.move(seconds(1))
  await pass()
  const kinds = depot.charger('c1').calls.map(({ kind }) => kind)
  expect(kinds).toEqual(['setLimit', 'setFallback', 'setLimit'])
})

test('a curve reaches the charger whole: absolute steps, the last one open-ended', async () => {
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 0], [120, 9_600], [240, 0])
  await pass()
  expect(limits(1)[0]).toEqual([
    { from: NIGHT, limitW: 0 },
    { from: plus(NIGHT, minutes(120)), limitW: 9_600 },
    { from: plus(NIGHT, minutes(240)), limitW: 0 },
  ])
})
