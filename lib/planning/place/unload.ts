import { type Amounts, NOTHING } from './amounts.ts'
import { fullest, isAnyOver, type Lines, lineAt } from './lines.ts'
import { trade } from './trades.ts'

/** So many others are asked in vain for one vehicle in one slot. */
const VAIN = 24

/**
 * Where a line has too much in slot `t`, vehicles on it give way to others that are not, which give them their place in a later slot (from
 * `first` on): no slot gets more or less. Those who come last in `here` give way first. Answers who has come to it that was not in `here`.
 */
export const unload = (amounts: Amounts, lines: Lines, here: number[], t: number, first = t + 1): number[] => {
  const { network, given, can, has, words } = amounts
  const { seats, slots, until, spanMs } = network
  const come: number[] = []
  const word = t >> 5
  const bit = 1 << (t & 31)
  for (let x = here.length - 1; x >= 0; x -= 1) {
    const i = here[x]!
    let tries = 0
    let line = fullest(lines, i, t)
    // those beside it hang on the same nodes
    for (let far = 1; far < seats && tries < VAIN; far += 1) {
      if (line < 0 || given[i * slots + t]! <= NOTHING) break
      let moved = false
      for (let u = i - far; u <= i + far; u += 2 * far) {
        if (u < 0 || u >= seats || (can[u * words + word]! & bit) === 0 || lines.isOn[line * seats + u] === 1) continue
        if (!meet(has, can, words, u, i, first, until[u]!)) continue
        const over = -(lineAt(lines, line, t) / lines.perW[i]!) * spanMs[t]!
        if (over <= NOTHING) break
        tries += 1
        const was = given[u * slots + t]!
        if (trade(amounts, u, i, t, Math.min(over, given[i * slots + t]!), first) <= 0) continue
        if (was <= 0) come.push(u)
        moved = true
      }
      if (moved) line = fullest(lines, i, t)
    }
  }
  return come
}

/** Has `u` something in a slot from `first` on where `i` could take more? */
const meet = (has: Int32Array, can: Int32Array, words: number, u: number, i: number, first: number, until: number): boolean => {
  for (let w = first >> 5; w <= (until - 1) >> 5; w += 1)
    if ((has[u * words + w]! & can[i * words + w]! & (w === first >> 5 ? -1 << (first & 31) : -1)) !== 0) return true
  return false
}

/** The same for all slots before any of them is settled, over all of the time. */
export const unloadAll = (amounts: Amounts, lines: Lines): void => {
  const { network, has, words } = amounts
  const { seats, slots } = network
  for (let t = 0; t < slots; t += 1) {
    if (!isAnyOver(lines, t)) continue
    const here: number[] = []
    for (let i = 0; i < seats; i += 1) if ((has[i * words + (t >> 5)]! & (1 << (t & 31))) !== 0) here.push(i)
    if (here.some((i) => fullest(lines, i, t) >= 0)) unload(amounts, lines, here, t, 0)
  }
}
