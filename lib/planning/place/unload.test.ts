import { expect, test } from 'vitest'
import { minutes } from '#lib/time/instant.ts'
import { type Milliamps, type Phase, watts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { depot, portOf, van } from '../depot-fixture.ts'
import { emptyFlow, type Flow } from '../flow/max-flow.ts'
import { networkOf } from '../flow/network.ts'
import { emptySchedule } from '../schedule.ts'
import { amountsOf } from './amounts.ts'
import { fullest, linesOf } from './lines.ts'

import { unload, unloadAll } from './unload.ts'

const SLOTS = 6
/** 4.8 kW between two lines: 20 A. */
const FULL = 4_800 * minutes(5)

/** Two vans between l1 and l2, one between l2 and l3; 30 A on each line. */
const three = (phases: Phase[][], given: (v: number, t: number) => number) => {
  const needs = phases.map((_, v) => van(`v${v}`, '17:30', 1, { maxW: watts(4_800) }))
  const input = depot(100, needs, { slots: SLOTS, ports: needs.map(({ id }, v) => portOf(id, { phases: phases[v]! })) })
  const row = () => new Array<Milliamps>(SLOTS).fill(30_000 as Milliamps)
  input.nodes[0]!.limitMa = { l1: row(), l2: new Array<Milliamps>(SLOTS).fill(100_000 as Milliamps), l3: row() }
  const board = boardOf(input)
  const network = networkOf(
    board,
    1,
    board.seats.map(({ target }) => target),
  )
  const flow: Flow = emptyFlow(network)
  for (let i = 0; i < network.seats; i += 1)
    for (let t = 0; t < SLOTS; t += 1) {
      flow.given[t * network.seats + i] = given(network.boardSeat[i]!, t)
      flow.through[t * network.nodes]! += given(network.boardSeat[i]!, t)
    }
  const lines = linesOf(emptySchedule(board), network)!
  const amounts = amountsOf(flow, input.prices.microPerKwh, lines)
  const of = (v: number, t: number) => amounts.given[Array.from(network.boardSeat).indexOf(v) * SLOTS + t]!
  return { amounts, lines, of, seats: Array.from({ length: network.seats }, (_, i) => i) }
}
const MIXED: Phase[][] = [
  ['l1', 'l2'],
  ['l1', 'l2'],
  ['l2', 'l3'],
]

test('two on one line where it carries one and a half: one gives way to a van on other lines, and has its slot later', () => {
  const { amounts, lines, of, seats } = three(MIXED, (v, t) => ((v < 2 ? t === 0 : t === 3) ? FULL : 0))
  expect(fullest(lines, seats.find((i) => amounts.network.boardSeat[i] === 0)!, 0)).toBeGreaterThanOrEqual(0)
  unload(amounts, lines, seats, 0)
  expect(seats.every((i) => fullest(lines, i, 0) < 0 && fullest(lines, i, 3) < 0)).toBe(true)
  // 40 A were on l1: ten of them are with the third van now, and come back in slot 3
  expect(of(0, 0) + of(1, 0)).toBeCloseTo(FULL * 1.5, -6)
  expect(of(2, 0)).toBeCloseTo(FULL * 0.5, -6)
  for (const v of [0, 1, 2]) expect(of(v, 0) + of(v, 3)).toBeCloseTo(FULL, -6)
})

test('from the slot on under way only; over all of the time before any slot is settled', () => {
  const { amounts, lines, of, seats } = three(MIXED, (v, t) => ((v < 2 ? t === 4 : t === 1) ? FULL : 0))
  unload(amounts, lines, seats, 4)
  expect(of(2, 4)).toBe(0)
  unloadAll(amounts, lines)
  expect(of(2, 4)).toBeCloseTo(FULL * 0.5, -6)
  expect(seats.every((i) => fullest(lines, i, 4) < 0)).toBe(true)
})

test('nobody on other lines: it stays, and settling leaves out what no line can carry', () => {
  const { amounts, lines, of, seats } = three(
    [
      ['l1', 'l2'],
      ['l1', 'l2'],
    ],
    (_, t) => (t === 0 ? FULL : 0),
  )
  unloadAll(amounts, lines)
  expect(of(0, 0) + of(1, 0)).toBe(2 * FULL)
  expect(fullest(lines, seats[0]!, 0)).toBeGreaterThanOrEqual(0)
})

test('lines that no vehicle can fill are none', () => {
  const board = boardOf(depot(100, [van('a', '17:30', 1)], { slots: SLOTS }))
  expect(linesOf(emptySchedule(board), networkOf(board, 1, [1]))).toBeUndefined()
})
