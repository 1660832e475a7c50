import { expect, test } from 'vitest'
import type { Watts } from '#lib/units/units.ts'
import { boardOfSome } from './around.ts'
import { boardOf } from './board.ts'
import { depot, van } from './depot-fixture.ts'
import { addEnergy } from './fill.ts'
import { inBlocks } from './in-blocks.ts'
import { withLateNodes } from './late-nodes.ts'
import { meritOf, upTo } from './merit.ts'
import { emptySchedule, missingOf, type Schedule } from './schedule.ts'
import { lessMissing, missingBy } from './score.ts'

const SLOTS = 12
/** Two circuits of 19.2 kW, two vans each: at both `first` took what its neighbour needs, which leaves earlier. */
const twoCircuits = (siteKw: number) => {
  const needs = [van('a', '18:00', 9.6), van('b', '17:30', 9.6), van('c', '18:00', 9.6), van('d', '17:30', 9.6)]
  const input = depot(siteKw, needs, { slots: SLOTS })
  const limitW = new Array<Watts>(SLOTS).fill(19_200 as Watts)
  for (const id of ['left', 'right']) input.nodes.push({ ...input.nodes[0]!, id, parent: 'service', limitW })
  input.ports.forEach((port, i) => {
    port.node = i < 2 ? 'left' : 'right'
  })
  const schedule = emptySchedule(boardOf(input))
  for (const v of [0, 2]) addEnergy(schedule, v, schedule.board.seats[v]!.target, upTo(SLOTS))
  return schedule
}
const anew = (board: Schedule['board']) => inBlocks(board, meritOf(board.input), [], 'departure')
const late = (schedule: Schedule) => schedule.board.seats.flatMap(({ need }, v) => (missingOf(schedule, v) > 0 ? [need.id] : []))

test('where a circuit is tight those on it are planned anew in what all others leave; nothing is passed and all are ready', () => {
  const before = twoCircuits(38.4)
  expect(late(before)).toEqual(['b', 'd'])
  const after = withLateNodes(before, anew, lessMissing)
  expect(late(after)).toEqual([])
  for (const rows of after.room) expect(Math.min(...rows)).toBeGreaterThanOrEqual(0)
})

test('a site that is full with many below it is not planned anew for one', () => {
  const idle = Array.from({ length: 300 }, (_, i) => van(`idle${i}`, '18:00', 0))
  const input = depot(19.2, [van('a', '18:00', 9.6), van('b', '17:30', 9.6), ...idle], { slots: SLOTS })
  const schedule = emptySchedule(boardOf(input))
  addEnergy(schedule, 0, schedule.board.seats[0]!.target, upTo(SLOTS))
  expect(withLateNodes(schedule, () => expect.fail('not asked'), lessMissing)).toBe(schedule)
})

test('a circuit that is planned no better stays as it is', () => {
  const before = twoCircuits(38.4)
  const asked: string[][] = []
  const idle = (board: Schedule['board']) => {
    asked.push(board.seats.map(({ need }) => need.id))
    return emptySchedule(board)
  }
  expect(missingBy(withLateNodes(before, idle, lessMissing))).toEqual(missingBy(before))
  expect(asked).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('some seats as a depot of their own: their nodes alone, with what the others leave', () => {
  const schedule = twoCircuits(38.4)
  const board = boardOfSome(schedule, [3])
  expect(board.nodeIds).toEqual(['service', 'right'])
  expect(board.seats[0]!.path).toEqual([1, 0])
  expect([...board.room[1]!.slice(0, 7)]).toEqual([0, 0, 0, 0, 0, 0, 19_200])
  expect(board.baseW[0]).toBe(38_400)
})
