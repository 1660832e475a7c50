import { type Bits, bitsOf, lowest, mark, within } from './bits.ts'
import type { Network } from './network.ts'
import { reach } from './reach.ts'

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
  level: Int32Array
  queue: Int32Array
  next: Int32Array
  /** Kept by all that is done here; whoever changes `given` or `most` by other ways unsets them. */
  bits: Bits | undefined
}

export const emptyFlow = (network: Network): Flow => ({
  network,
  given: new Float64Array(network.slots * network.seats),
  through: new Float64Array(network.slots * network.nodes),
  left: new Float64Array(network.seats),
  open: new Uint8Array(network.slots),
  site: Float64Array.from({ length: network.slots }, (_, t) => network.room[t * network.nodes]!),
  reached: new Int32Array(network.seats + network.slots * network.nodes),
  level: new Int32Array(network.seats + network.slots * network.nodes),
  queue: new Int32Array(network.seats + network.slots * network.nodes),
  next: new Int32Array(network.seats + network.slots * network.nodes),
  bits: undefined,
})

const DEAD = -1
/** Amounts are whole W·ms, or nearly: what numbers lose is not looked for. */
const LEAST = 1

/**
 * Gives as much as can be given in the open slots, moving between seats what must be moved. Answers how much that was; with `isCut` it tells
 * in `reached` what those who want more reach. `opened`: where slots are opened little by little, those that were not open the last time;
 * what nobody could reach of the others then nobody can now.
 */
export const fillUp = (flow: Flow, isCut = true, opened?: Int32Array): number => {
  const { network, given, through, left, open, site, level, queue, next } = flow
  flow.bits ??= bitsOf(network, given)
  const { bits } = flow
  const { slotWords, seatWords, seatHas, seatCan, slotHas, slotCan } = bits
  const { seats, nodes, slots, leaf, from, until, most, parent, room, kidsFrom, kidsUntil, seatsFrom, seatsUntil } = network

  const seenSlots = new Int32Array(nodes * slotWords)
  const seenSeats = new Int32Array(seatWords)

  /** How far each is from an open slot with room: 1 = the slot itself, 0 = out of reach. False when nobody who wants more is near one. */
  const measure = (): boolean => {
    level.fill(0)
    seenSlots.fill(0)
    seenSeats.fill(0)
    let [head, tail] = [0, 0]
    let waiting = 0
    for (let v = 0; v < seats; v += 1) if (left[v]! > 0) waiting += 1
    if (waiting === 0) return false
    const all = waiting
    const ends = opened ? opened.length : slots
    for (let x = 0; x < ends; x += 1) {
      const t = opened ? opened[x]! : x
      if (open[t] === 0 || through[t * nodes]! >= site[t]!) continue
      level[seats + t * nodes] = 1
      queue[tail++] = seats + t * nodes
      seenSlots[t >> 5]! |= 1 << (t & 31)
    }
    // nobody is farther than the last who wants more
    let farthest = Number.MAX_SAFE_INTEGER
    while (head < tail) {
      const at = queue[head++]!
      const far = level[at]! + 1
      if (far > farthest) break
      if (at < seats) {
        for (let w = from[at]! >> 5; w <= (until[at]! - 1) >> 5; w += 1) {
          let word = seatHas[at * slotWords + w]! & ~seenSlots[leaf[at]! * slotWords + w]!
          for (; word !== 0; word &= word - 1) {
            const by = seats + ((w << 5) + lowest(word)) * nodes + leaf[at]!
            level[by] = far
            queue[tail++] = by
          }
          seenSlots[leaf[at]! * slotWords + w]! |= seatHas[at * slotWords + w]!
        }
        continue
      }
      const cell = at - seats
      const t = (cell / nodes) | 0
      const n = cell - t * nodes
      if (n > 0) {
        const up = at - n + parent[n]!
        if (level[up] === 0 && through[cell]! > 0) {
          level[up] = far
          queue[tail++] = up
          seenSlots[parent[n]! * slotWords + (t >> 5)]! |= 1 << (t & 31)
        }
      }
      for (let kid = kidsFrom[n]!; kid < kidsUntil[n]!; kid += 1) {
        const down = at - n + kid
        if (level[down] === 0 && through[cell - n + kid]! < room[cell - n + kid]!) {
          level[down] = far
          queue[tail++] = down
          seenSlots[kid * slotWords + (t >> 5)]! |= 1 << (t & 31)
        }
      }
      for (let w = seatsFrom[n]! >> 5; w <= (seatsUntil[n]! - 1) >> 5; w += 1) {
        let word = slotCan[t * seatWords + w]! & ~seenSeats[w]! & within(w, seatsFrom[n]!, seatsUntil[n]!)
        seenSeats[w]! |= word
        for (; word !== 0; word &= word - 1) {
          const v = (w << 5) + lowest(word)
          level[v] = far
          queue[tail++] = v
          if (left[v]! <= 0) continue
          waiting -= 1
          if (waiting === 0) farthest = far
        }
      }
    }
    return waiting < all
  }

  const fromSeat = (v: number, wanted: number): number => {
    const far = level[v]! - 1
    let moved = 0
    for (let w = next[v]! >> 5; w <= (until[v]! - 1) >> 5; w += 1) {
      let word = seatCan[v * slotWords + w]! & within(w, next[v]!, until[v]!)
      for (; word !== 0; word &= word - 1) {
        const t = (w << 5) + lowest(word)
        if (level[seats + t * nodes + leaf[v]!] !== far) continue
        next[v] = t
        const cell = t * seats + v
        const got = fromNode(t, leaf[v]!, Math.min(wanted - moved, most[cell]! - given[cell]!))
        if (got <= 0) continue
        given[cell]! += got
        mark(bits, v, t, true, given[cell]! < most[cell]!)
        moved += got
        if (moved >= wanted) return moved
      }
      next[v] = Math.max(next[v]!, (w + 1) << 5)
    }
    next[v] = until[v]!
    // nothing more can go this way
    level[v] = DEAD
    return moved
  }

  const fromNode = (t: number, n: number, wanted: number): number => {
    const cell = t * nodes + n
    const at = seats + cell
    const far = level[at]! - 1
    let moved = 0
    // 0 = up, then the children, then the seats
    if (next[at] === 0) {
      const free = n === 0 ? (far === 0 ? site[t]! - through[cell]! : 0) : room[cell]! - through[cell]!
      if (free > 0 && (n === 0 || level[at - n + parent[n]!] === far)) {
        const most = Math.min(wanted, free)
        const got = n === 0 ? most : fromNode(t, parent[n]!, most)
        through[cell]! += got
        moved += got
        if (moved >= wanted) return moved
      }
      next[at] = 1
    }
    if (far > 0) {
      const kids = kidsUntil[n]! - kidsFrom[n]!
      for (let i = next[at]! - 1; i < kids; i += 1) {
        next[at] = i + 1
        const kid = kidsFrom[n]! + i
        if (level[at - n + kid] !== far) continue
        const has = through[cell - n + kid]!
        if (has <= 0) continue
        const got = fromNode(t, kid, Math.min(wanted - moved, has))
        through[cell - n + kid]! -= got
        moved += got
        if (moved >= wanted) return moved
      }
      const first = seatsFrom[n]! + Math.max(0, next[at]! - 1 - kids)
      const end = seatsUntil[n]!
      for (let w = first >> 5; w <= (end - 1) >> 5; w += 1) {
        let word = slotHas[t * seatWords + w]! & within(w, first, end)
        for (; word !== 0; word &= word - 1) {
          const v = (w << 5) + lowest(word)
          if (level[v] !== far) continue
          next[at] = 1 + kids + v - seatsFrom[n]!
          const cell = t * seats + v
          const got = fromSeat(v, Math.min(wanted - moved, given[cell]!))
          if (got <= 0) continue
          given[cell]! -= got
          mark(bits, v, t, given[cell]! > 0, true)
          moved += got
          if (moved >= wanted) return moved
        }
      }
      next[at] = 1 + kids + end - seatsFrom[n]!
    }
    level[at] = DEAD
    return moved
  }

  let total = 0
  for (let gained = LEAST; gained >= LEAST && measure(); ) {
    gained = 0
    for (let v = 0; v < seats; v += 1) next[v] = from[v]!
    next.fill(0, seats)
    for (let v = 0; v < seats; v += 1) {
      if (left[v]! <= 0 || level[v]! <= 0) continue
      const got = fromSeat(v, left[v]!)
      left[v]! -= got
      gained += got
    }
    total += gained
  }
  if (isCut) reach(flow, bits)
  return total
}
