import type { Network } from './network.ts'

// Dinic's algorithm on the network of `network.ts`, without building its arcs: a seat reaches its leaf in each slot that it is there, a node
// its parent, its children and seats as far as something flows from them (source: Dinic 1970).

export type Flow = {
  network: Network
  /** Energy per slot and seat, and through each node: as `most` and `room`. */
  given: Float64Array
  through: Float64Array
  /** What each seat may still be given. */
  left: Float64Array
  /** Slots that may take energy; what is given in others moves only between seats. */
  open: Uint8Array
  /** Room of the site per slot; lower than the network's where a peak is kept. */
  site: Float64Array
  /** After `fillUp` found no more: which seats could take more, and which slots' nodes they reach. `reached[seats + t * nodes + n]`. */
  reached: Int32Array
}

export const emptyFlow = (network: Network): Flow => ({
  network,
  given: new Float64Array(network.slots * network.seats),
  through: new Float64Array(network.slots * network.nodes),
  left: new Float64Array(network.seats),
  open: new Uint8Array(network.slots),
  site: Float64Array.from({ length: network.slots }, (_, t) => network.room[t * network.nodes]!),
  reached: new Int32Array(network.seats + network.slots * network.nodes),
})

/** Gives seats (in `order`) what they want in free room, slot by slot: no seat loses anything. Most of what Dinic would do, at a fraction of its work. */
export const fillFree = (flow: Flow, order: Int32Array, slots: Int32Array): void => {
  const { network, given, through, left, site, open } = flow
  const { seats, nodes, leaf, from, until, most, parent, room } = network
  for (let i = 0; i < order.length; i += 1) {
    const v = order[i]!
    let wants = left[v]!
    for (let s = 0; s < slots.length && wants > 0; s += 1) {
      const t = slots[s]!
      if (t < from[v]! || t >= until[v]! || open[t] === 0) continue
      let add = Math.min(wants, most[t * seats + v]! - given[t * seats + v]!, site[t]! - through[t * nodes]!)
      for (let n = leaf[v]!; n > 0 && add > 0; n = parent[n]!) add = Math.min(add, room[t * nodes + n]! - through[t * nodes + n]!)
      if (add <= 0) continue
      given[t * seats + v]! += add
      for (let n = leaf[v]!; n >= 0; n = parent[n]!) through[t * nodes + n]! += add
      wants -= add
    }
    left[v] = wants
  }
}

const DEAD = -1

/** Gives as much as can be given in the open slots, moving between seats what must be moved. Answers how much that was. */
export const fillUp = (flow: Flow): number => {
  const { network, given, through, left, open, site, reached: level } = flow
  const { seats, nodes, slots, leaf, from, until, most, parent, room, kidsFrom, kidsUntil, seatsFrom, seatsUntil } = network
  const queue = new Int32Array(seats + slots * nodes)
  const next = new Int32Array(seats + slots * nodes)
  let sink = 0

  /** Distances from the seats that want more; false when no open slot with room is reached. */
  const measure = (): boolean => {
    level.fill(0)
    let [head, tail] = [0, 0]
    sink = 0
    for (let v = 0; v < seats; v += 1) {
      if (left[v]! <= 0) continue
      level[v] = 1
      queue[tail++] = v
    }
    while (head < tail) {
      const at = queue[head++]!
      const far = level[at]! + 1
      // whoever is as far as the site's rim leads to no shorter way
      if (sink > 0 && far > sink) break
      if (at < seats) {
        for (let t = from[at]!, end = until[at]!; t < end; t += 1) {
          const to = seats + t * nodes + leaf[at]!
          if (level[to] === 0 && given[t * seats + at]! < most[t * seats + at]!) {
            level[to] = far
            queue[tail++] = to
          }
        }
        continue
      }
      const cell = at - seats
      const t = (cell / nodes) | 0
      const n = cell - t * nodes
      if (n === 0) {
        if (open[t] === 1 && through[cell]! < site[t]!) sink = far
      } else {
        const up = at - n + parent[n]!
        if (level[up] === 0 && through[cell]! < room[cell]!) {
          level[up] = far
          queue[tail++] = up
        }
      }
      if (through[cell]! <= 0) continue
      for (let kid = kidsFrom[n]!; kid < kidsUntil[n]!; kid += 1) {
        const down = at - n + kid
        if (level[down] === 0 && through[cell - n + kid]! > 0) {
          level[down] = far
          queue[tail++] = down
        }
      }
      for (let v = seatsFrom[n]!; v < seatsUntil[n]!; v += 1) {
        if (level[v] === 0 && given[t * seats + v]! > 0) {
          level[v] = far
          queue[tail++] = v
        }
      }
    }
    return sink > 0
  }

  const fromSeat = (v: number, wanted: number): number => {
    const far = level[v]! + 1
    let moved = 0
    for (let t = next[v]!; t < until[v]!; t += 1) {
      next[v] = t
      const free = most[t * seats + v]! - given[t * seats + v]!
      if (free <= 0 || level[seats + t * nodes + leaf[v]!] !== far) continue
      const got = fromNode(t, leaf[v]!, Math.min(wanted - moved, free))
      given[t * seats + v]! += got
      moved += got
      if (moved >= wanted) return moved
    }
    next[v] = until[v]!
    // nothing more can go this way
    level[v] = DEAD
    return moved
  }

  const fromNode = (t: number, n: number, wanted: number): number => {
    const cell = t * nodes + n
    const at = seats + cell
    const far = level[at]! + 1
    let moved = 0
    // 0 = up, then the children, then the seats
    if (next[at] === 0) {
      const free = n === 0 ? (open[t] === 1 && far === sink ? site[t]! - through[cell]! : 0) : room[cell]! - through[cell]!
      if (free > 0 && (n === 0 || level[at - n + parent[n]!] === far)) {
        const most = Math.min(wanted, free)
        const got = n === 0 ? most : fromNode(t, parent[n]!, most)
        through[cell]! += got
        moved += got
        if (moved >= wanted) return moved
      }
      next[at] = 1
    }
    const kids = kidsUntil[n]! - kidsFrom[n]!
    for (let i = next[at]! - 1; i < kids; i += 1) {
      next[at] = i + 1
      const kid = kidsFrom[n]! + i
      const has = through[cell - n + kid]!
      if (has <= 0 || level[at - n + kid] !== far) continue
      const got = fromNode(t, kid, Math.min(wanted - moved, has))
      through[cell - n + kid]! -= got
      moved += got
      if (moved >= wanted) return moved
    }
    const end = seatsUntil[n]! - seatsFrom[n]!
    for (let i = Math.max(0, next[at]! - 1 - kids); i < end; i += 1) {
      next[at] = 1 + kids + i
      const v = seatsFrom[n]! + i
      const has = given[t * seats + v]!
      if (has <= 0 || level[v] !== far) continue
      const got = fromSeat(v, Math.min(wanted - moved, has))
      given[t * seats + v]! -= got
      moved += got
      if (moved >= wanted) return moved
    }
    next[at] = 1 + kids + end
    level[at] = DEAD
    return moved
  }

  let total = 0
  while (measure()) {
    for (let v = 0; v < seats; v += 1) next[v] = from[v]!
    next.fill(0, seats)
    for (let v = 0; v < seats; v += 1) {
      if (left[v]! <= 0) continue
      const got = fromSeat(v, left[v]!)
      left[v]! -= got
      total += got
    }
  }
  return total
}
