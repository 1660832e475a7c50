import { expect, test } from 'vitest'
import { milliamps } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { depot, portOf, van } from '../depot-fixture.ts'
import { relax } from '../flow/relax.ts'
import { meritOf } from '../merit.ts'
import { emptySchedule } from '../schedule.ts'
import { inWholeSteps } from './in-whole-steps.ts'
import { draw, lineAt, linesOf } from './lines.ts'

const SLOTS = 12
const rowOf = (mA: number) => new Array(SLOTS).fill(milliamps(mA))

/** Two vans between the same two lines and a third between others, so that the three lines carry more than these two; the first half hour is cheap. */
const wholeOf = (lineMa: number, needKwh: number) => {
  const cheapFirst = Array.from({ length: SLOTS }, (_, t) => (t < 6 ? 100_000 : 300_000))
  const input = depot(100, [van('a', '18:00', needKwh), van('b', '18:00', needKwh), van('c', '18:00', 0.5)], {
    ports: [portOf('a'), portOf('b'), portOf('c', { phases: ['l2', 'l3'] })],
    slots: SLOTS,
    prices: { microPerKwh: cheapFirst, demand: [] },
  })
  const [root, ...others] = input.nodes
  const limitMa = { l1: rowOf(lineMa), l2: rowOf(lineMa), l3: rowOf(lineMa) }
  const board = boardOf({ ...input, nodes: [{ ...root!, limitMa }, ...others] })
  const merit = meritOf(board.input)
  const wanted = board.seats.map(({ target }) => target)
  const schedule = emptySchedule(board)
  const whole = inWholeSteps(schedule, relax(board, merit.of, wanted, { isMoney: true }), wanted, merit.of)
  return { schedule, flow: whole.flow }
}
const roomsOf = ({ schedule, flow }: ReturnType<typeof wholeOf>): number[] => {
  const { network, given } = flow
  const lines = linesOf(schedule, network)!
  for (let t = 0; t < SLOTS; t += 1)
    for (let i = 0; i < network.seats; i += 1) draw(lines, i, t, given[t * network.seats + i]! / network.spanMs[t]!)
  return Array.from({ length: SLOTS }, (_, t) => Math.round(lineAt(lines, 0, t)))
}

test('what a line cannot carry is had in other slots, though they are dearer', () => {
  const found = wholeOf(60_000, 5)
  expect(found.flow.left.every((left) => left === 0)).toBe(true)
  expect(Math.min(...roomsOf(found))).toBeGreaterThanOrEqual(-100)
})

test('what it can have nowhere else stays where it was: nothing of it is lost before all is settled', () => {
  const found = wholeOf(30_000, 4.5)
  expect(found.flow.left.every((left) => left === 0)).toBe(true)
  expect(Math.min(...roomsOf(found))).toBeLessThan(-1_000)
})
