import type { Flow } from '../flow/max-flow.ts'
import type { Network } from '../flow/network.ts'
import { draw, type Lines } from './lines.ts'

/** Amounts under this are none, W·ms. */
export const NOTHING = 1e6

/** A flow by seat and slot (`given[i * slots + t]`), the slots side by side, with what is not placed in it. */
export type Amounts = {
  network: Network
  price: ArrayLike<number>
  given: Float64Array
  most: Float64Array
  through: Float64Array
  site: Float64Array
  lines: Lines | undefined
  /** A bit for each slot, 32 in a word (`words` for each seat): where the seat has something, and where it could take more. */
  words: number
  has: Int32Array
  can: Int32Array
  /** The same for each node (`words` for each) and each line: where it has no room at all. */
  fullNodes: Int32Array
  fullLines: Int32Array
  /** Energy still to come by seat, from the slot under way on; and what no slot has for it. */
  ahead: Float64Array
  debt: Float64Array
}

export const amountsOf = ({ network, given, through, site }: Flow, price: ArrayLike<number>, lines?: Lines): Amounts => {
  const { seats, slots, spanMs } = network
  const words = (slots + 31) >> 5
  const amounts: Amounts = {
    network,
    price,
    given: new Float64Array(seats * slots),
    most: new Float64Array(seats * slots),
    through: through.slice(),
    site,
    lines,
    words,
    has: new Int32Array(seats * words),
    can: new Int32Array(seats * words),
    fullNodes: new Int32Array(network.nodes * words),
    fullLines: new Int32Array((lines?.count ?? 0) * words),
    ahead: new Float64Array(seats),
    debt: new Float64Array(seats),
  }
  for (let i = 0; i < seats; i += 1) {
    for (let t = network.from[i]!; t < network.until[i]!; t += 1) {
      const energy = given[t * seats + i]!
      amounts.given[i * slots + t] = energy
      amounts.most[i * slots + t] = network.most[t * seats + i]!
      amounts.ahead[i]! += energy
      if (lines && energy > 0) draw(lines, i, t, energy / spanMs[t]!)
      mark(amounts, i, t)
    }
  }
  for (let t = 0; t < slots; t += 1) {
    for (let n = 0; n < network.nodes; n += 1) markNode(amounts, n, t)
    for (let line = 0; lines && line < lines.count; line += 1) markLine(amounts, lines, line, t)
  }
  return amounts
}

/** Gives the seat `amount` more in slot `t`. */
export const carry = (amounts: Amounts, i: number, t: number, amount: number): void => {
  const { network, given, through, lines } = amounts
  const { slots, nodes, leaf, parent, spanMs } = network
  given[i * slots + t]! += amount
  for (let n = leaf[i]!; n >= 0; n = parent[n]!) {
    through[t * nodes + n]! += amount
    markNode(amounts, n, t)
  }
  if (lines) {
    draw(lines, i, t, amount / spanMs[t]!)
    const own = lines.of[i]!
    for (let x = 0; x < own.length; x += 1) markLine(amounts, lines, own[x]!, t)
  }
  mark(amounts, i, t)
}

const markNode = ({ network, through, words, fullNodes }: Amounts, n: number, t: number): void => {
  const at = t * network.nodes + n
  const word = n * words + (t >> 5)
  if (through[at]! >= network.room[at]!) fullNodes[word]! |= 1 << (t & 31)
  else fullNodes[word]! &= ~(1 << (t & 31))
}

const markLine = ({ words, fullLines }: Amounts, { room, count }: Lines, line: number, t: number): void => {
  const word = line * words + (t >> 5)
  if (room[t * count + line]! <= 0) fullLines[word]! |= 1 << (t & 31)
  else fullLines[word]! &= ~(1 << (t & 31))
}

/** Sets the seat's two bits of a slot. */
const mark = ({ network, given, most, words, has, can }: Amounts, i: number, t: number): void => {
  const at = i * network.slots + t
  const word = i * words + (t >> 5)
  const bit = 1 << (t & 31)
  if (given[at]! > 0) has[word]! |= bit
  else has[word]! &= ~bit
  if (given[at]! < most[at]!) can[word]! |= bit
  else can[word]! &= ~bit
}
