import { expect, test } from 'vitest'
import { watts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { depot, van } from '../depot-fixture.ts'
import { addEnergy } from '../fill.ts'
import { meritOf, upTo } from '../merit.ts'
import { emptySchedule, energyOf } from '../schedule.ts'
import { ownPeaks } from './keep-to.ts'
import { shaved } from './shaved.ts'
import { underPeaks } from './under-peaks.ts'

const SLOTS = 12
/** Two vans that both charge in the first half hour. */
const together = () => {
  const demand = [{ microPerKw: 1_000_000, slots: new Array<boolean>(SLOTS).fill(true), peakSoFarW: watts(0) }]
  const prices = { microPerKwh: new Array<number>(SLOTS).fill(100_000), demand }
  const board = boardOf(depot(40, [van('a', '18:00', 9.6), van('b', '18:00', 9.6)], { slots: SLOTS, policy: 'cheapest', prices }))
  const schedule = emptySchedule(board)
  for (const v of [0, 1]) addEnergy(schedule, v, board.seats[v]!.target, upTo(SLOTS))
  return schedule
}

test('under a lower peak vehicles have in other slots what they give up; nobody has less', () => {
  const before = together()
  expect(ownPeaks(before)).toEqual([38_400])
  const after = shaved(before, [20_000], upTo(SLOTS))
  expect(ownPeaks(after)[0]).toBeLessThanOrEqual(20_000)
  for (const v of [0, 1]) expect(energyOf(after, v)).toBeGreaterThanOrEqual(energyOf(before, v))
  // what it was stays what it was
  expect(ownPeaks(before)).toEqual([38_400])
})

test('a peak under which all cannot be had is come near to', () => {
  const before = together()
  const after = shaved(before, [19_000], upTo(SLOTS))
  expect(ownPeaks(after)[0]).toBeLessThan(38_400)
  for (const v of [0, 1]) expect(energyOf(after, v)).toBeGreaterThanOrEqual(energyOf(before, v))
})

test('of peaks that are too low the nearest that all slots can be brought under is found', () => {
  const before = together()
  const merit = meritOf(before.board.input)
  expect(ownPeaks(underPeaks(before, [15_000], merit))[0]).toBeLessThan(21_500)
  expect(underPeaks(before, [38_400], merit)).toBe(before)
})
