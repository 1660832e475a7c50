import { expect, test } from 'vitest'
import { boardOf } from '../board.ts'
import { energyCostMicro } from '../cost.ts'
import { depot, van } from '../depot-fixture.ts'
import { addEnergy } from '../fill.ts'
import { meritOf } from '../merit.ts'
import { plan } from '../plan.ts'
import { emptySchedule, energyOf } from '../schedule.ts'
import { rePlaced } from './replaced.ts'

const SLOTS = 12
const cheapLast = {
  slots: SLOTS,
  policy: 'cheapest' as const,
  prices: { microPerKwh: Array.from({ length: SLOTS }, (_, t) => (t < 6 ? 300_000 : 100_000)), demand: [] },
}
const upTo = (n: number) => Array.from({ length: n }, (_, t) => t)

test('a vehicle leaves dear slots for cheaper ones in which there is room; it has as much as before', () => {
  const board = boardOf(depot(38.4, [van('a', '18:00', 4.8), van('b', '18:00', 4.8)], cheapLast))
  const schedule = emptySchedule(board)
  for (const v of [0, 1]) addEnergy(schedule, v, board.seats[v]!.target, upTo(SLOTS))
  const anew = rePlaced(schedule, meritOf(board.input))
  expect(energyCostMicro(anew)).toBe(9.6 * 100_000)
  expect([0, 1].map((v) => energyOf(anew, v))).toEqual(board.seats.map(({ target }) => target))
})

test('who was put first stays as it is', () => {
  const board = boardOf(depot(38.4, [van('a', '18:00', 4.8), van('b', '18:00', 4.8, { chargeFirst: true })], cheapLast))
  const schedule = emptySchedule(board)
  for (const v of [0, 1]) addEnergy(schedule, v, board.seats[v]!.target, upTo(SLOTS))
  const [before] = [schedule.steps.map((row) => [...row])]
  const anew = rePlaced(schedule, meritOf(board.input))
  expect([...anew.steps[0]!].slice(0, 3)).toEqual([0, 0, 0])
  expect([...anew.steps[1]!]).toEqual(before[1])
})

test('one that would not wake still has no pause, and no limit is passed', () => {
  const board = boardOf(depot(19.2, [van('a', '18:00', 9.6, { mayPause: false }), van('b', '18:00', 9.6)], cheapLast))
  const schedule = emptySchedule(board)
  addEnergy(schedule, 0, board.seats[0]!.target, upTo(SLOTS))
  addEnergy(schedule, 1, board.seats[1]!.target, upTo(SLOTS))
  const anew = rePlaced(schedule, meritOf(board.input))
  expect([...anew.steps[0]!]).toEqual(upTo(SLOTS).map((t) => (t < 6 ? 80 : 0)))
})

test('the plan: welcome energy is in the cheap half, though a whole block of it began in the dear one', () => {
  const { allocations } = plan(depot(19.2, [van('a', '18:00', 1, { extraWh: 8_600 as never })], cheapLast))
  expect(allocations[0]!.powerW.slice(0, 5).every((w) => w === 0)).toBe(true)
})
