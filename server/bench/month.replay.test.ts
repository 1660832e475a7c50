import { expect, test } from 'vitest'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import { makeOracle } from '../judge/oracle.ts'
import { seenBefore, unannounced } from './month.learner.ts'
import { foreseen, live, type Visit, type World } from './month.replay.ts'
import { caltech, fromDay, noisyDepot } from './month.worlds.ts'

const FROM = Date.parse('2026-11-23T00:00:00Z')
const HOUR = 3_600_000
const visit = (id: string, arrives: number, departs: number, kwh: number, change: Partial<Visit> = {}): Visit => ({
  id,
  port: `p-${id}`,
  arrives: FROM + arrives * HOUR,
  departs: FROM + departs * HOUR,
  energyWh: kwh * 1000,
  maxW: 9_600,
  ...change,
})
const worldOf = (visits: Visit[], change: Partial<World> = {}): World => ({
  from: FROM,
  slots: 96,
  node: { limitW: 50_000, volts: 240, wiring: 'L-L' },
  port: { maxW: 9_600, minW: 1_440, phases: ['l1', 'l2'] },
  efficiency: 1,
  visits,
  microPerKwh: Array.from({ length: 96 }, (_, t) => (t < 48 ? 300_000 : 100_000)),
  baseW: new Array<number>(96).fill(1_000),
  microPerKw: 0,
  ...change,
})

test('one van with time to spare is charged in the cheap hours, as foresight would; base load and peak are counted', () => {
  const world = worldOf([visit('a', 1, 7, 9.6)], { microPerKw: 10_000 })
  const { energyMicro, peakW, missingWh, costMicro } = live(world, plan, { keeps: true })
  expect(missingWh).toBe(0)
  // 0.96 of money at the low price; at the high one it would be three times as much
  expect(energyMicro).toBeGreaterThanOrEqual(959_999)
  expect(energyMicro).toBeLessThan(1_060_000)
  expect(costMicro).toBeCloseTo(energyMicro + (peakW / 1000) * 10_000)
  expect(peakW).toBeGreaterThanOrEqual(1_000 + 9_600 / 6)
})

test('nobody is known before he is there, but for what a schedule says; who does not come is not waited for', () => {
  const asked: PlanningInput[] = []
  const spy = (input: PlanningInput) => {
    asked.push(input)
    return plan(input)
  }
  const expected = { arrives: FROM + 3 * HOUR, energyWh: 5_000 }
  const world = worldOf([
    visit('early', 1, 7, 4),
    visit('late', 4, 7, 4),
    visit('planned', 3.5, 7, 6, { expected }),
    visit('absent', 3, 7, 6, { expected, comes: false }),
  ])
  const { short, missingWh } = live(world, spy, { keeps: false })
  expect([short, missingWh]).toEqual([0, 0])
  for (const { now, needs } of asked) {
    const has = (id: string) => needs.some((need) => need.id === id)
    expect(has('early')).toBe(now >= FROM + HOUR && has('early'))
    if (now < FROM + 4 * HOUR) expect(has('late')).toBe(false)
    const planned = needs.find(({ id }) => id === 'planned')
    if (planned && now < FROM + 3.5 * HOUR) expect(planned.energyWh).toBe(5_000)
    if (now >= FROM + 4 * HOUR) expect(has('absent')).toBe(false)
  }
  expect(asked.some(({ needs }) => needs.some(({ id }) => id === 'absent'))).toBe(true)
})

test('foresight is never dearer than what was lived, and leaves out who did not come', async () => {
  const oracle = await makeOracle()
  const world = worldOf([visit('a', 0, 3, 12), visit('b', 2, 5, 15), visit('c', 2.5, 4, 9), visit('d', 1, 6, 9, { comes: false })], {
    microPerKw: 5_000_000,
  })
  const best = oracle.best(foreseen(world))
  expect(foreseen(world).needs).toHaveLength(3)
  const quiet = ['2026-11-23', '2026-11-24', '2026-11-25'].map((day) => ({ day, neededW: 20_000 }))
  for (const learner of [undefined, unannounced(world, []), unannounced(world, quiet)]) {
    const { costMicro, missingWh } = live(world, plan, { keeps: false, ...(learner ? { learner } : {}) })
    expect(missingWh).toBe(0)
    expect(costMicro).toBeGreaterThanOrEqual(best.costMicro * 0.9999)
  }
})

test('the worlds are the same in every run; the half-month has its sessions, its prices and its busiest day', () => {
  expect(caltech().visits).toHaveLength(475)
  expect(new Set(caltech().microPerKwh)).toEqual(new Set([60_870, 74_920, 86_900]))
  expect(caltech(3).visits).toEqual(caltech(3).visits)
  expect(caltech(3).visits.map(({ arrives }) => arrives)).not.toEqual(caltech().visits.map(({ arrives }) => arrives))
  const second = fromDay(caltech(), 7)
  expect([second.slots, second.microPerKwh.length, second.baseW.length]).toEqual([8 * 288, 8 * 288, 8 * 288])
  expect(second.microPerKwh).toEqual(caltech().microPerKwh.slice(-8 * 288))
  expect(seenBefore(second).slice(0, 4)).toEqual(seenBefore(caltech()).slice(7, 11))
  const peaks = seenBefore(caltech()).map(({ neededW }) => neededW)
  expect(Math.max(...peaks)).toBeGreaterThan(33_300)
  expect(Math.max(...peaks)).toBeLessThan(34_000)
  const depot = noisyDepot(1)
  const absent = depot.visits.filter(({ comes }) => comes === false).length / depot.visits.length
  expect(absent).toBeGreaterThan(0.01)
  expect(absent).toBeLessThan(0.06)
})
