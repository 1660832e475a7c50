import { mark } from './bits.ts'
import type { Flow } from './max-flow.ts'

/** What a seat can be given more in a slot at once, as far as limits allow. */
const roomFor = ({ network, given, through, site }: Flow, v: number, t: number, wants: number): number => {
  const { seats, nodes, leaf, most, parent, room } = network
  let add = Math.min(wants, most[t * seats + v]! - given[t * seats + v]!, site[t]! - through[t * nodes]!)
  for (let n = leaf[v]!; n > 0 && add > 0; n = parent[n]!) add = Math.min(add, room[t * nodes + n]! - through[t * nodes + n]!)
  return add
}

/** A seat has `amount` more (or less) in a slot; whoever does so by himself unsets `flow.bits`. */
export const carry = ({ network, given, through }: Flow, v: number, t: number, amount: number): void => {
  const { seats, nodes, leaf, parent } = network
  given[t * seats + v]! += amount
  for (let n = leaf[v]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += amount
}

const giveTo = (flow: Flow, v: number, t: number, add: number): void => {
  const { network, given, left, bits } = flow
  carry(flow, v, t, add)
  left[v]! -= add
  const at = t * network.seats + v
  if (bits) mark(bits, v, t, true, given[at]! < network.most[at]!)
}

/** Gives seats (in `order`) what they want in free room, slot by slot: no seat loses anything. Most of what Dinic would do, at a fraction of its work. */
export const fillFree = (flow: Flow, order: Int32Array, slots: Int32Array): void => {
  const { network, left, open } = flow
  const { from, until } = network
  for (let i = 0; i < order.length; i += 1) {
    const v = order[i]!
    for (let s = 0; s < slots.length && left[v]! > 0; s += 1) {
      const t = slots[s]!
      if (t < from[v]! || open[t] === 0) continue
      // slots come in the order of time
      if (t >= until[v]!) break
      const add = roomFor(flow, v, t, left[v]!)
      if (add > 0) giveTo(flow, v, t, add)
    }
  }
}

/** What another answer gives in these slots, as far as it is allowed here. */
export const fillAs = (flow: Flow, given: Float64Array, slots: Int32Array): void => {
  const { seats } = flow.network
  for (let s = 0; s < slots.length; s += 1) {
    const t = slots[s]!
    for (let v = 0; v < seats; v += 1) {
      const like = given[t * seats + v]!
      if (like <= 0) continue
      const add = roomFor(flow, v, t, Math.min(like, flow.left[v]!))
      if (add > 0) giveTo(flow, v, t, add)
    }
  }
}
