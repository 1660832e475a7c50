import { type Bits, lowest, within } from './bits.ts'
import type { Flow } from './max-flow.ts'

/** What those who want more reach, by moving others: the least that limits keep from them. */
export const reach = ({ network, through, left, open, reached, queue }: Flow, { slotWords, seatWords, seatCan, slotHas }: Bits): void => {
  const { seats, nodes, leaf, from, until, parent, room, kidsFrom, kidsUntil, seatsFrom, seatsUntil } = network
  const seenSlots = new Int32Array(nodes * slotWords)
  const seenSeats = new Int32Array(seatWords)
  reached.fill(0)
  let [head, tail] = [0, 0]
  const add = (at: number): void => {
    reached[at] = 1
    queue[tail++] = at
  }
  const addNode = (t: number, n: number): void => {
    add(seats + t * nodes + n)
    seenSlots[n * slotWords + (t >> 5)]! |= 1 << (t & 31)
  }
  for (let v = 0; v < seats; v += 1) {
    if (left[v]! <= 0) continue
    add(v)
    seenSeats[v >> 5]! |= 1 << (v & 31)
  }
  while (head < tail) {
    const at = queue[head++]!
    if (at < seats) {
      for (let w = from[at]! >> 5; w <= (until[at]! - 1) >> 5; w += 1) {
        let word = seatCan[at * slotWords + w]! & ~seenSlots[leaf[at]! * slotWords + w]! & within(w, from[at]!, until[at]!)
        for (; word !== 0; word &= word - 1) {
          const t = (w << 5) + lowest(word)
          // a closed slot in which nothing flows leads nowhere
          if (open[t] !== 0 || through[t * nodes]! > 0) addNode(t, leaf[at]!)
        }
      }
      continue
    }
    const cell = at - seats
    const t = (cell / nodes) | 0
    const n = cell - t * nodes
    if (n > 0 && reached[at - n + parent[n]!] === 0 && through[cell]! < room[cell]!) addNode(t, parent[n]!)
    if (through[cell]! <= 0) continue
    for (let kid = kidsFrom[n]!; kid < kidsUntil[n]!; kid += 1)
      if (reached[at - n + kid] === 0 && through[cell - n + kid]! > 0) addNode(t, kid)
    for (let w = seatsFrom[n]! >> 5; w <= (seatsUntil[n]! - 1) >> 5; w += 1) {
      let word = slotHas[t * seatWords + w]! & ~seenSeats[w]! & within(w, seatsFrom[n]!, seatsUntil[n]!)
      seenSeats[w]! |= word
      for (; word !== 0; word &= word - 1) add((w << 5) + lowest(word))
    }
  }
}
