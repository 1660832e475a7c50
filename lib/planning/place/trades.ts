import type { Flow } from '../flow/max-flow.ts'
import type { Network } from '../flow/network.ts'

// Moves within a flow that change no slot's sum for the worse: what one vehicle takes now another one takes later in its place.

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
  /** Energy still to come by seat, from the slot under way on; and what no slot has for it. */
  ahead: Float64Array
  debt: Float64Array
}

export const amountsOf = ({ network, given, through, site }: Flow, price: ArrayLike<number>): Amounts => {
  const { seats, slots } = network
  const amounts: Amounts = {
    network,
    price,
    given: new Float64Array(seats * slots),
    most: new Float64Array(seats * slots),
    through: through.slice(),
    site,
    ahead: new Float64Array(seats),
    debt: new Float64Array(seats),
  }
  for (let t = 0; t < slots; t += 1) {
    for (let i = 0; i < seats; i += 1) {
      amounts.given[i * slots + t] = given[t * seats + i]!
      amounts.most[i * slots + t] = network.most[t * seats + i]!
      amounts.ahead[i]! += given[t * seats + i]!
    }
  }
  return amounts
}

/** `i` takes up to `wants` more in slot `t` from `j`, which takes in later slots what `i` has there. Answers how much that was. */
export const trade = (amounts: Amounts, i: number, j: number, t: number, wants: number): number => {
  const { network, given, most } = amounts
  const { slots, until } = network
  const [atI, atJ] = [i * slots, j * slots]
  let left = Math.min(wants, given[atJ + t]!, most[atI + t]! - given[atI + t]!)
  let moved = 0
  let common = -1
  for (let s = Math.min(until[i]!, until[j]!) - 1; s > t && left > 0; s -= 1) {
    const has = given[atI + s]!
    if (has <= 0) continue
    const free = most[atJ + s]! - given[atJ + s]!
    if (free <= 0) continue
    if (common < 0) {
      common = sharedBy(network, i, j)
      left = Math.min(left, roomUpTo(amounts, i, t, common))
    }
    const amount = Math.min(left, has, free, roomUpTo(amounts, j, s, common))
    if (amount <= 0) continue
    carry(amounts, i, t, amount)
    carry(amounts, i, s, -amount)
    carry(amounts, j, t, -amount)
    carry(amounts, j, s, amount)
    moved += amount
    left -= amount
  }
  return moved
}

/** `i` takes up to `wants` more in slot `t` where there is room, from its own later slots that are no cheaper. */
export const pull = (amounts: Amounts, i: number, t: number, wants: number): void => {
  const { network, given, price } = amounts
  const { slots, until } = network
  let left = Math.min(wants, roomAt(amounts, i, t))
  for (let s = until[i]! - 1; s > t && left > 0; s -= 1) {
    if (given[i * slots + s]! <= 0 || price[s]! < price[t]!) continue
    const amount = Math.min(left, given[i * slots + s]!)
    carry(amounts, i, t, amount)
    carry(amounts, i, s, -amount)
    left -= amount
  }
}

/** `i` has `energy` in slot `t` in place of what the flow said: the difference comes off later where that is dearest, or is added later where there is room. */
export const setEnergy = (amounts: Amounts, i: number, t: number, energy: number): void => {
  const more = energy - amounts.given[i * amounts.network.slots + t]!
  carry(amounts, i, t, more)
  if (more > 0) takeOff(amounts, i, t, more)
  else if (more < 0) owe(amounts, i, t, -more)
}

/** Room for `i` in slot `t` that nobody has to give up. */
export const roomAt = (amounts: Amounts, i: number, t: number): number =>
  Math.min(amounts.site[t]! - amounts.through[t * amounts.network.nodes]!, roomUpTo(amounts, i, t, 0))

/** What `i` could take more in later slots if others gave way, up to `enough`. */
export const roomLater = ({ network, given, most }: Amounts, i: number, t: number, enough: number): number => {
  const { slots, until } = network
  let room = 0
  for (let s = t + 1; s < until[i]! && room < enough; s += 1) room += most[i * slots + s]! - given[i * slots + s]!
  return room
}

const takeOff = (amounts: Amounts, i: number, t: number, amount: number): void => {
  const { ahead, debt, price, given, network } = amounts
  const { slots, until } = network
  let left = amount
  const paid = Math.min(left, debt[i]!)
  debt[i]! -= paid
  ahead[i]! += paid
  left -= paid
  while (left > 0) {
    let best = -1
    for (let s = until[i]! - 1; s > t; s -= 1) if (given[i * slots + s]! > 0 && (best < 0 || price[s]! > price[best]!)) best = s
    if (best < 0) break
    const less = Math.min(left, given[i * slots + best]!)
    carry(amounts, i, best, -less)
    left -= less
  }
  ahead[i]! += left
}

const owe = (amounts: Amounts, i: number, t: number, amount: number): void => {
  const { ahead, debt, price, given, most, network, site, through } = amounts
  const { slots, nodes, until } = network
  let left = amount
  while (left > NOTHING) {
    let best = -1
    let room = 0
    for (let s = t + 1; s < until[i]!; s += 1) {
      if (best >= 0 && price[s]! >= price[best]!) continue
      let free = Math.min(most[i * slots + s]! - given[i * slots + s]!, site[s]! - through[s * nodes]!)
      if (free <= NOTHING) continue
      free = Math.min(free, roomUpTo(amounts, i, s, 0))
      if (free <= NOTHING) continue
      best = s
      room = free
    }
    if (best < 0) break
    const more = Math.min(left, room)
    carry(amounts, i, best, more)
    left -= more
  }
  debt[i]! += left
  ahead[i]! -= left
}

const carry = ({ network, given, through }: Amounts, i: number, t: number, amount: number): void => {
  const { slots, nodes, leaf, parent } = network
  given[i * slots + t]! += amount
  for (let n = leaf[i]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += amount
}

/** The lowest node that both hang on. */
const sharedBy = ({ leaf, parent }: Network, i: number, j: number): number => {
  for (let n = leaf[i]!; n > 0; n = parent[n]!) for (let m = leaf[j]!; m > 0; m = parent[m]!) if (m === n) return n
  return 0
}

/** Room in slot `t` on the way from `i` up to `top`, which is not asked itself. */
const roomUpTo = ({ network, through }: Amounts, i: number, t: number, top: number): number => {
  const { nodes, leaf, parent, room } = network
  let free = Number.POSITIVE_INFINITY
  for (let n = leaf[i]!; n !== top && n > 0; n = parent[n]!) free = Math.min(free, room[t * nodes + n]! - through[t * nodes + n]!)
  return free
}
