import { within } from '../flow/bits.ts'
import type { Network } from '../flow/network.ts'
import { type Amounts, carry, NOTHING } from './amounts.ts'
import { EVEN, lineRoomW } from './lines.ts'

// Moves within a flow that change no slot's sum for the worse: what one vehicle takes now another one takes later in its place.

/**
 * `i` takes up to `wants` more in slot `t` from `j`, which takes in later slots (from `first` on) what `i` has there. Answers how much that
 * was.
 */
export const trade = (amounts: Amounts, i: number, j: number, t: number, wants: number, first = t + 1): number => {
  const { network, given, most, words, has, can } = amounts
  const { slots, until } = network
  const [atI, atJ] = [i * slots, j * slots]
  let left = Math.min(wants, given[atJ + t]!, most[atI + t]! - given[atI + t]!)
  let moved = 0
  let common = -1
  const end = Math.min(until[i]!, until[j]!)
  for (let w = (end - 1) >> 5; w >= first >> 5 && left > 0; w -= 1) {
    let both = has[i * words + w]! & can[j * words + w]!
    if (both === 0) continue
    both &= within(w, first, end)
    if (w === t >> 5) both &= ~(1 << (t & 31))
    if (both === 0) continue
    if (common < 0) {
      common = sharedBy(network, i, j)
      left = lineRoom(amounts, i, j, t, roomUpTo(amounts, i, t, common, left))
      if (left <= 0) return moved
    }
    both &= ~fullFor(amounts, j, i, w, common)
    while (both !== 0 && left > 0) {
      const bit = 31 - Math.clz32(both)
      both &= ~(1 << bit)
      const s = (w << 5) + bit
      const amount = lineRoom(
        amounts,
        j,
        i,
        s,
        roomUpTo(amounts, j, s, common, Math.min(left, given[atI + s]!, most[atJ + s]! - given[atJ + s]!)),
      )
      if (amount <= 0) continue
      carry(amounts, i, t, amount)
      carry(amounts, i, s, -amount)
      carry(amounts, j, t, -amount)
      carry(amounts, j, s, amount)
      moved += amount
      left -= amount
    }
  }
  return moved
}

/** `i` takes up to `wants` more in slot `t` where there is room, from its own later slots that are no cheaper. */
export const pull = (amounts: Amounts, i: number, t: number, wants: number): void => {
  const { network, given, price } = amounts
  const { slots, until } = network
  let left = Math.min(wants, roomAt(amounts, i, t))
  if (left <= 0) return
  for (
    let s = lastIn(amounts.has, amounts.words, i, t + 1, until[i]!);
    s > t && left > 0;
    s = lastIn(amounts.has, amounts.words, i, t + 1, s)
  ) {
    if (price[s]! < price[t]!) continue
    const amount = Math.min(left, given[i * slots + s]!)
    carry(amounts, i, t, amount)
    carry(amounts, i, s, -amount)
    left -= amount
  }
}

/** `i` has `energy` in slot `t` in place of what the flow said: the difference comes off later where that is dearest, or is added later where there is room. */
export const setEnergy = (amounts: Amounts, i: number, t: number, energy: number): void => {
  const more = energy - amounts.given[i * amounts.network.slots + t]!
  if (more === 0) return
  carry(amounts, i, t, more)
  if (more > 0) takeOff(amounts, i, t, more)
  else owe(amounts, i, t, -more)
}

/**
 * Slots (of word `w`) in which `i` has no room on its way up to `top`, or on a line, though `j` gives as much way there (−1: nobody does). A slot that is
 * not told may have none either.
 */
const fullFor = ({ network, lines, words, fullNodes, fullLines }: Amounts, i: number, j: number, w: number, top: number): number => {
  const { leaf, parent, seats } = network
  let full = 0
  for (let n = leaf[i]!; n !== top && n > 0; n = parent[n]!) full |= fullNodes[n * words + w]!
  if (!lines || (j >= 0 && lines.alike[i] === lines.alike[j])) return full
  const own = lines.of[i]!
  const shared = j >= 0 && lines.perW[i]! - lines.perW[j]! <= EVEN
  for (let x = 0; x < own.length; x += 1) if (!shared || lines.isOn[own[x]! * seats + j] === 0) full |= fullLines[own[x]! * words + w]!
  return full
}

/** Room for `i` in slot `t` that nobody has to give up. */
export const roomAt = (amounts: Amounts, i: number, t: number): number =>
  lineRoom(amounts, i, -1, t, roomUpTo(amounts, i, t, 0, amounts.site[t]! - amounts.through[t * amounts.network.nodes]!))

/** What `i` could take more in later slots if others gave way, up to `enough`. */
export const roomLater = ({ network, given, most, can, words }: Amounts, i: number, t: number, enough: number): number => {
  const { slots, until } = network
  let room = 0
  for (let s = lastIn(can, words, i, t + 1, until[i]!); s > t && room < enough; s = lastIn(can, words, i, t + 1, s))
    room += most[i * slots + s]! - given[i * slots + s]!
  return room
}

/** What no slot had for `i` is looked for again after slot `t`. */
export const payBack = (amounts: Amounts, i: number, t: number): void => {
  const { debt, ahead } = amounts
  const owed = debt[i]!
  debt[i] = 0
  ahead[i]! += owed
  owe(amounts, i, t, owed)
}

const takeOff = (amounts: Amounts, i: number, t: number, amount: number): void => {
  const { ahead, debt, price, given, network, has, words } = amounts
  const { slots, until } = network
  let left = amount
  const paid = Math.min(left, debt[i]!)
  debt[i]! -= paid
  ahead[i]! += paid
  left -= paid
  while (left > 0) {
    let best = -1
    for (let s = lastIn(has, words, i, t + 1, until[i]!); s > t; s = lastIn(has, words, i, t + 1, s))
      if (best < 0 || price[s]! > price[best]!) best = s
    if (best < 0) break
    const less = Math.min(left, given[i * slots + best]!)
    carry(amounts, i, best, -less)
    left -= less
  }
  ahead[i]! += left
}

const owe = (amounts: Amounts, i: number, t: number, amount: number): void => {
  const { ahead, debt, price, given, most, network, can, words } = amounts
  const { slots, until } = network
  let left = amount
  while (left > NOTHING) {
    let best = -1
    let room = 0
    // of equal prices the first
    for (let w = (until[i]! - 1) >> 5; w >= (t + 1) >> 5; w -= 1) {
      let some = can[i * words + w]! & within(w, t + 1, until[i]!)
      if (some !== 0) some &= ~fullFor(amounts, i, -1, w, 0)
      while (some !== 0) {
        const bit = 31 - Math.clz32(some)
        some &= ~(1 << bit)
        const s = (w << 5) + bit
        if (best >= 0 && price[s]! > price[best]!) continue
        const free = Math.min(most[i * slots + s]! - given[i * slots + s]!, roomAt(amounts, i, s))
        if (free <= NOTHING) continue
        best = s
        room = free
      }
    }
    if (best < 0) break
    const more = Math.min(left, room)
    carry(amounts, i, best, more)
    left -= more
  }
  debt[i]! += left
  ahead[i]! -= left
}

/** The last slot in `[from, until)` with the seat's bit set; −1 = none. */
const lastIn = (bits: Int32Array, words: number, i: number, from: number, until: number): number => {
  for (let w = (until - 1) >> 5; w >= from >> 5; w -= 1) {
    const some = bits[i * words + w]! & within(w, from, until)
    if (some !== 0) return (w << 5) + 31 - Math.clz32(some)
  }
  return -1
}

/** The lowest node that both hang on: a parent comes before its children. */
const sharedBy = ({ leaf, parent }: Network, i: number, j: number): number => {
  let n = leaf[i]!
  let m = leaf[j]!
  while (n !== m) {
    if (n > m) n = parent[n]!
    else m = parent[m]!
  }
  return n
}

/** Room in slot `t` on the way from `i` up to `top`, which is not asked itself; at most `most`. */
const roomUpTo = ({ network, through }: Amounts, i: number, t: number, top: number, most: number): number => {
  const { nodes, leaf, parent, room } = network
  let free = most
  for (let n = leaf[i]!; n !== top && n > 0; n = parent[n]!) {
    const here = room[t * nodes + n]! - through[t * nodes + n]!
    if (here < free) free = here
  }
  return free
}

/** Room on the conductors of `i` in slot `t`, at most `most` W·ms, when `j` gives as much way (−1: nobody does). */
const lineRoom = ({ lines, network }: Amounts, i: number, j: number, t: number, most: number): number => {
  if (!lines || most <= 0) return most
  const spanMs = network.spanMs[t]!
  return lineRoomW(lines, i, j, t, most / spanMs) * spanMs
}
