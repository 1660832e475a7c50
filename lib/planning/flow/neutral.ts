import type { Flow } from './max-flow.ts'

/**
 * Fewer vehicles that get only a part of a slot, for the same money: two that have a part of the same two slots exchange, until one of them
 * has a slot whole or not at all. Slots keep their sums, vehicles their energy, nodes their limits.
 */
export const exchangeParts = (flow: Flow): void => {
  const { network, given } = flow
  const { seats, slots, most } = network
  const isPart = (v: number, t: number) => given[t * seats + v]! > 0 && given[t * seats + v]! < most[t * seats + v]!
  const pairs = new Map<number, number[]>()
  for (let v = 0; v < seats; v += 1) {
    const parts: number[] = []
    for (let t = network.from[v]!; t < network.until[v]!; t += 1) if (isPart(v, t)) parts.push(t)
    for (let i = 0; i < parts.length; i += 1) {
      for (let k = i + 1; k < parts.length; k += 1) {
        const key = parts[i]! * slots + parts[k]!
        const list = pairs.get(key)
        if (list) list.push(v)
        else pairs.set(key, [v])
      }
    }
  }
  for (const [key, list] of [...pairs].sort(([a], [b]) => a - b)) {
    if (list.length < 2) continue
    const [a, b] = [Math.floor(key / slots), key % slots]
    const has = (v: number) => isPart(v, a) && isPart(v, b)
    let open = -1
    for (const v of list) {
      if (!has(v)) continue
      if (open >= 0) {
        // whoever charges beside one of the two slots gets more of that one
        const [x, y] = leaning(flow, v, a, b) > leaning(flow, open, a, b) ? [v, open] : [open, v]
        shift(flow, x, y, a, b)
        if (has(open) && has(v)) shift(flow, y, x, a, b)
        if (has(open)) continue
      }
      open = has(v) ? v : -1
    }
  }
}

/** Does the seat charge beside `a` rather than beside `b`? */
const leaning = ({ network: { seats, most, slots }, given }: Flow, v: number, a: number, b: number): number => {
  const beside = (t: number) => (t >= 0 && t < slots && most[t * seats + v]! > 0 ? given[t * seats + v]! / most[t * seats + v]! : 0)
  return Math.max(beside(a - 1), beside(a + 1)) - Math.max(beside(b - 1), beside(b + 1))
}

/** Moves energy of `x` from slot `b` to `a`, and as much of `y` back, as far as both and the nodes allow. */
const shift = ({ network, given, through }: Flow, x: number, y: number, a: number, b: number): void => {
  const { seats, nodes, most, leaf, parent, room } = network
  const [ax, bx, ay, by] = [a * seats + x, b * seats + x, a * seats + y, b * seats + y]
  let amount = Math.min(most[ax]! - given[ax]!, given[bx]!, most[by]! - given[by]!, given[ay]!)
  const isShared = (n: number) => {
    for (let m = leaf[y]!; m >= 0; m = parent[m]!) if (m === n) return true
    return false
  }
  let common = leaf[x]!
  while (!isShared(common)) {
    amount = Math.min(amount, room[a * nodes + common]! - through[a * nodes + common]!)
    common = parent[common]!
  }
  for (let n = leaf[y]!; n !== common; n = parent[n]!) amount = Math.min(amount, room[b * nodes + n]! - through[b * nodes + n]!)
  if (amount <= 0) return
  given[ax]! += amount
  given[bx]! -= amount
  given[by]! += amount
  given[ay]! -= amount
  for (let n = leaf[x]!; n !== common; n = parent[n]!) {
    through[a * nodes + n]! += amount
    through[b * nodes + n]! -= amount
  }
  for (let n = leaf[y]!; n !== common; n = parent[n]!) {
    through[b * nodes + n]! += amount
    through[a * nodes + n]! -= amount
  }
}
