import { expect, test } from 'vitest'
import { watts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { depot, portOf, van } from '../depot-fixture.ts'
import { addEnergy } from '../fill.ts'
import type { PlanningInput } from '../input.ts'
import { plan } from '../plan.ts'
import { emptySchedule, missingOf, type Schedule } from '../schedule.ts'
import { intoReserve } from './into-reserve.ts'

const SLOTS = 12
/** An hour under 9.6 kW, of which the envelope keeps 4.8 for the port of `kept`; that one stays for the hour. */
const kept = (other: ReturnType<typeof van>, needKwh = 4.8): PlanningInput =>
  depot(9.6, [van('kept', '18:00', needKwh), other], {
    slots: SLOTS,
    ports: [portOf('kept', { reservedW: new Array(SLOTS).fill(watts(4_800)) }), portOf(other.id)],
  })
const amperes = ({ steps }: Schedule, v: number): number[] => Array.from(steps[v]!)

test('a vehicle takes what is kept for its port first: what all share is free for who leaves before it', () => {
  const schedule = emptySchedule(boardOf(kept(van('other', '17:30', 2.4))))
  // it charges at 9.6 kW for half an hour: the other one finds nothing
  addEnergy(schedule, 0, schedule.board.seats[0]!.target, [0, 1, 2, 3, 4, 5])
  expect(amperes(schedule, 0)).toEqual([40, 40, 40, 40, 40, 40, 0, 0, 0, 0, 0, 0])
  intoReserve(schedule, 0)
  expect(missingOf(schedule, 0)).toBe(0)
  expect(amperes(schedule, 0)).toEqual(new Array(SLOTS).fill(20))
  expect(addEnergy(schedule, 1, schedule.board.seats[1]!.target, [0, 1, 2, 3, 4, 5])).toBe(schedule.board.seats[1]!.target)
})

test('who may not pause, tapers or was put first stays as it is, and so does who has nothing kept for its port', () => {
  for (const change of [{ mayPause: false }, { chargeFirst: true }, { taper: [{ afterWh: 0, maxW: 19_200 }] }] as const) {
    const input = kept(van('other', '17:30', 2.4))
    const [first, ...others] = input.needs
    const schedule = emptySchedule(boardOf({ ...input, needs: [{ ...first!, ...(change as object) }, ...others] }))
    addEnergy(schedule, 0, schedule.board.seats[0]!.target, [0, 1, 2, 3, 4, 5])
    const before = amperes(schedule, 0).slice()
    intoReserve(schedule, 0)
    intoReserve(schedule, 1)
    expect(amperes(schedule, 0)).toEqual(before)
  }
})

test('the plan itself: a van with half an hour is ready beside one whose port has a reserve', () => {
  expect(plan(kept(van('other', '17:30', 2.4))).shortfalls).toEqual([])
})
