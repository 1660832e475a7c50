import { expect, test } from 'vitest'
import { watts } from '#lib/units/units.ts'
import { boardOf } from './board.ts'
import { depot, van } from './depot-fixture.ts'
import { meritOf, upTo } from './merit.ts'
import { plan } from './plan.ts'
import { cheapestRun } from './runs.ts'
import { emptySchedule, setSteps } from './schedule.ts'
import { blocksOf } from './score.ts'

const SLOTS = 12
/** Dear in the middle: two cheap slots, six dear ones, four cheap ones. */
const priced = {
  slots: SLOTS,
  policy: 'cheapest' as const,
  prices: { microPerKwh: upTo(SLOTS).map((t) => (t < 2 || t > 7 ? 100_000 : 500_000)), demand: [] },
}
const nonStop = (kwh: number) => van('a', '18:00', kwh, { mayPause: false })

test('a run goes on at its least where power is dear, and never stops', () => {
  // 9.6 kWh: all six cheap slots at full power; without a pause the dear ones between get the least, or the early cheap ones are left out
  const board = boardOf(depot(19.2, [nonStop(9.6)], priced))
  const { steps, energy } = cheapestRun(emptySchedule(board), 0, meritOf(board.input), board.seats[0]!.target)!
  expect(energy).toBe(board.seats[0]!.target)
  expect([...steps]).toEqual([80, 80, 6, 6, 6, 6, 6, 6, 80, 80, 80, 44])
})

test('less than the cheap end holds is one block there', () => {
  const board = boardOf(depot(19.2, [nonStop(6.4)], priced))
  const { steps } = cheapestRun(emptySchedule(board), 0, meritOf(board.input), board.seats[0]!.target)!
  expect([...steps]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 80, 80, 80, 80])
})

test('where none gives enough it is the one that gives most, through every narrow place', () => {
  const board = boardOf(depot(19.2, [nonStop(30)], { slots: SLOTS }))
  const schedule = emptySchedule(board)
  for (const t of [3, 4]) for (const rows of schedule.room) rows[t] = 2_400
  const { from, until, energy, steps } = cheapestRun(schedule, 0, meritOf(board.input), board.seats[0]!.target)!
  expect([from, until]).toEqual([0, 12])
  expect(steps[3]).toBe(10)
  expect(energy / 3_600_000).toBe(10 * 1_600 + 2 * 200)
  // a slot without room for the least ends it
  setSteps(schedule, 0, 0, 0)
  for (const rows of schedule.room) rows[3] = 1_000
  expect(cheapestRun(schedule, 0, meritOf(board.input), board.seats[0]!.target)!.from).toBe(4)
})

test('a van that would not wake is ready though its neighbours take most of the site for a while', () => {
  // one block at one power has 8 kWh at most, before or after the ten minutes of 5 kW
  const input = depot(19.2, [nonStop(12)], { slots: SLOTS })
  input.nodes[0]!.limitW = input.nodes[0]!.limitW.map((w, t) => (t === 5 || t === 6 ? watts(5_000) : w))
  const { shortfalls, allocations } = plan(input)
  expect(shortfalls).toEqual([])
  expect(blocksOf(allocations[0]!.powerW)).toBe(1)
})
