import { describe, expect, test } from 'vitest'
import { type Milliamps, milliamps } from '#lib/units/units.ts'
import { boardOf, WH } from '../board.ts'
import { depot, portOf, van } from '../depot-fixture.ts'
import type { PlanningInput } from '../input.ts'
import { emptySchedule, energyOf, missingOf, type Schedule, setSteps } from '../schedule.ts'
import { budgetFor, exchange } from './exchange.ts'
import { trim } from './trim.ts'

/** A schedule of rows of amperes. */
const scheduleOf = (input: PlanningInput, rows: number[][]): Schedule => {
  const schedule = emptySchedule(boardOf(input))
  rows.forEach((row, v) => {
    row.forEach((steps, t) => {
      setSteps(schedule, v, t, steps)
    })
  })
  return schedule
}
const rowsOf = ({ steps }: Schedule): number[][] => steps.map((row) => Array.from(row))
const asked = (schedule: Schedule, seats: number[], mayMove = (_: number) => true) => ({
  seats,
  wanted: schedule.board.seats.map(({ target }) => target),
  price: new Float64Array(schedule.board.slots),
  budget: budgetFor(schedule.board),
  mayMove,
})

describe('what is missing is found by moving others', () => {
  // three slots of 80 A each: c may charge in the first only, b in the first two
  const input = depot(19.2, [van('a', '17:15', 1.6), van('b', '17:10', 1.6), van('c', '17:05', 1.6)], { slots: 3 })
  const full = [
    [0, 80, 0],
    [80, 0, 0],
    [0, 0, 0],
  ]

  test('along a path through two others to the free slot', () => {
    const schedule = scheduleOf(input, full)
    exchange(schedule, asked(schedule, [2]))
    expect(rowsOf(schedule)).toEqual([
      [0, 0, 80],
      [0, 80, 0],
      [80, 0, 0],
    ])
  })
  test('not of one that may not be moved', () => {
    const schedule = scheduleOf(input, full)
    exchange(
      schedule,
      asked(schedule, [2], (u) => u !== 0),
    )
    expect(rowsOf(schedule)).toEqual(full)
  })
  test('within a budget of work', () => {
    const schedule = scheduleOf(input, full)
    exchange(schedule, { ...asked(schedule, [2]), budget: { cells: 2 } })
    expect(rowsOf(schedule)).toEqual(full)
  })
})

describe('where nothing is free', () => {
  const two = (priority: number) => depot(19.2, [van('a', '17:10', 3.2), van('b', '17:10', 1.6, { priority })], { slots: 2 })
  const rows = [
    [80, 80],
    [0, 0],
  ]
  test('the lower priority gives way', () => {
    const schedule = scheduleOf(two(1), rows)
    exchange(schedule, asked(schedule, [1]))
    expect(missingOf(schedule, 1)).toBe(0)
    expect(missingOf(schedule, 0)).toBe(1600 * WH)
  })
  test('an equal that is ready does not', () => {
    const schedule = scheduleOf(two(0), rows)
    exchange(schedule, asked(schedule, [1]))
    expect(rowsOf(schedule)).toEqual(rows)
  })
  test('an equal that is late by more does: fewer are late', () => {
    const input = depot(19.2, [van('a', '17:10', 12), van('b', '17:10', 1.6)], { slots: 2 })
    const schedule = scheduleOf(input, rows)
    exchange(schedule, asked(schedule, [1]))
    expect(missingOf(schedule, 1)).toBe(0)
    expect(energyOf(schedule, 0)).toBe(1600 * WH)
  })
})

test('only who is on the phase that is full gives way', () => {
  const input = depot(80, [van('a', '17:10', 0.96), van('b', '17:10', 0.96), van('c', '17:05', 0.96)], { slots: 2 })
  const of = (amps: number) => new Array<Milliamps>(2).fill(milliamps(amps * 1000))
  input.nodes[0]!.limitMa = { l1: of(48), l2: of(150), l3: of(96) }
  input.ports[1] = portOf('b', { phases: ['l2', 'l3'] })
  const schedule = scheduleOf(input, [
    [48, 0],
    [48, 0],
    [0, 0],
  ])
  exchange(schedule, asked(schedule, [2]))
  expect(rowsOf(schedule)).toEqual([
    [0, 48],
    [48, 0],
    [48, 0],
  ])
})

test('what whole steps give beyond the need is taken off where it is dearest, at the end of a run', () => {
  const input = depot(80, [van('a', '18:00', 4)], { slots: 4 })
  const schedule = scheduleOf(input, [[80, 80, 80, 0]])
  trim(schedule, 0, 4_000 * WH, [3, 1, 1, 1])
  // 4.8 kWh for 4: 40 A of the dear slot are too much
  expect(rowsOf(schedule)[0]).toEqual([40, 80, 80, 0])
  trim(schedule, 0, 4_000 * WH, [3, 1, 1, 1])
  expect(rowsOf(schedule)[0]).toEqual([40, 80, 80, 0])
})
