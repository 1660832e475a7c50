import { expect, test } from 'vitest'
import { wattHours, watts } from '#lib/units/units.ts'
import { placeBlocks } from './blocks.ts'
import { boardOf } from './board.ts'
import { depot, van } from './depot-fixture.ts'
import type { Need } from './input.ts'
import { meritOf } from './merit.ts'
import { emptySchedule, energyOf, setSteps } from './schedule.ts'
import { blocksOf } from './score.ts'

// A vehicle that would not wake after a pause beside one that has slots 3 and 4: the room for it is 0–2 and 5–11.
const beside = (kwh: number, change: Partial<Need>) => {
  const input = depot(19.2, [van('a', '18:00', 3.2), van('b', '18:00', kwh, { mayPause: false, ...change })], { slots: 12 })
  const schedule = emptySchedule(boardOf(input))
  for (const t of [3, 4]) setSteps(schedule, 0, t, 80)
  placeBlocks(schedule, 1, meritOf(input), schedule.board.seats[1]!.target)
  return schedule
}

test('put first, it has the first run that is long enough, not the first slots', () => {
  expect(Array.from(beside(4, { chargeFirst: true }).steps[1]!)).toEqual([80, 80, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  const long = beside(8, { chargeFirst: true })
  expect(blocksOf(long.steps[1]!)).toBe(1)
  expect(long.steps[1]!.indexOf(80)).toBe(5)
  expect(energyOf(long, 1)).toBe(long.board.seats[1]!.target)
})

test('one that tapers has one run too, as long as the taper makes it', () => {
  const taper = [{ afterWh: wattHours(1_600), maxW: watts(4_800) }]
  // 1.6 kWh in one slot, the rest at 4.8 kW: 0.4 kWh a slot
  const schedule = beside(4, { taper })
  expect(blocksOf(schedule.steps[1]!)).toBe(1)
  expect(schedule.steps[1]!.findIndex((steps) => steps > 0)).toBe(5)
  expect(energyOf(schedule, 1) / schedule.board.seats[1]!.target).toBeCloseTo(1, 2)
})
