import { expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { boardOf } from '../board.ts'
import { depot, five, van } from '../depot-fixture.ts'
import { networkOf } from './network.ts'
import { countingParts, hasParts } from './parts.ts'
import { relax } from './relax.ts'

const WH = 3_600_000
/** Leaves two minutes after the beginning of the seventh slot. */
const leaves = plus(five, minutes(32))
const flat = { slots: 12, prices: { microPerKwh: new Array<number>(12).fill(100_000), demand: [] } }
const relaxed = (kwh: number, capKw = 19.2) => {
  const board = boardOf(depot(capKw, [van('a', '18:00', kwh, { departs: leaves }), van('b', '18:00', 12)], flat))
  const upTo = board.seats.map(({ target }) => target)
  return relax(board, board.input.prices.microPerKwh, upTo, { isMoney: true })
}
const cell = ({ network }: { network: ReturnType<typeof networkOf> }, v: number, t: number) =>
  network.most[t * network.seats + network.boardSeat.indexOf(v)]!

test('a vehicle with time to spare leaves the slot alone in which it leaves, where power is scarce', () => {
  // 5 + 12 kWh of the 19.2 that the hour has
  const found = relaxed(5)
  expect(cell(found, 0, 6)).toBe(0)
  expect(cell(found, 0, 5)).toBe(19_200 * minutes(5))
})

test('one that needs it has it, and the node is lower by what nobody can take for the rest of the slot', () => {
  // 9.6 kWh until the slot, 0.64 in two minutes of it: 10 need both
  const found = relaxed(10, 40)
  expect(cell(found, 0, 6)).toBe(19_200 * minutes(2))
  expect(found.wanted[found.network.boardSeat.indexOf(0)]).toBe(10_000 * WH)
  expect(found.network.wasted[6]).toBe(19_200 * minutes(3))
  expect(found.network.wasted.filter((w) => w > 0)).toHaveLength(1)
  // limits as they are stay for the proof
  expect(cell({ network: found.loose }, 0, 6)).toBe(19_200 * minutes(2))
  expect(found.loose.wasted.every((w) => w === 0)).toBe(true)
})

test('where all come and go with the clock there is nothing to count', () => {
  const whole = boardOf(depot(19.2, [van('a', '18:00', 5), van('b', '18:00', 8)], flat))
  const upTo = whole.seats.map(({ target }) => target)
  const network = networkOf(whole, 1, upTo)
  expect(hasParts(whole, network)).toBe(false)
  const values = new Float64Array(network.slots * network.nodes)
  const counted = countingParts(whole, network, { price: flat.prices.microPerKwh, values, wanted: Float64Array.from(upTo) })
  expect([...counted.most]).toEqual([...network.most])
  expect([...counted.room]).toEqual([...network.room])
})

test('where not all can be ready a vehicle has a part of a slot only as far as others make no more of it', () => {
  // 19.2 kWh for 30: the slot in which it leaves is worth all of itself to the other one, and two fifths to it
  const crowded = relaxed(12, 19.2)
  expect(cell(crowded, 0, 6)).toBe(0)
  expect([...crowded.wanted].reduce((sum, each) => sum + each, 0)).toBe(19_200 * WH)
  // alone it takes the part as well, though it is not enough
  const board = boardOf(depot(9.6, [van('a', '18:00', 12, { departs: leaves })], flat))
  const alone = relax(board, board.input.prices.microPerKwh, [12_000 * WH], { isMoney: true })
  expect(alone.wanted[0]).toBe(9_600 * minutes(32))
})
