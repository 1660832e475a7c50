import type { Network } from './network.ts'

/**
 * Who has something and who could take more, a bit each: by seat over the slots (32 slots in a word) and by slot over the seats. A search
 * through a network passes over what leads nowhere 32 at a time.
 */
export type Bits = {
  slotWords: number
  seatWords: number
  /** `seatHas[seat * slotWords + word]`, `slotHas[slot * seatWords + word]`. */
  seatHas: Int32Array
  seatCan: Int32Array
  slotHas: Int32Array
  slotCan: Int32Array
}

export const bitsOf = ({ seats, slots, most }: Network, given: Float64Array): Bits => {
  const slotWords = (slots + 31) >> 5
  const seatWords = (seats + 31) >> 5
  const bits: Bits = {
    slotWords,
    seatWords,
    seatHas: new Int32Array(seats * slotWords),
    seatCan: new Int32Array(seats * slotWords),
    slotHas: new Int32Array(slots * seatWords),
    slotCan: new Int32Array(slots * seatWords),
  }
  for (let t = 0; t < slots; t += 1) {
    const slotBit = 1 << (t & 31)
    for (let v = 0; v < seats; v += 1) {
      const at = t * seats + v
      if (most[at]! <= 0 && given[at]! <= 0) continue
      const bySeat = v * slotWords + (t >> 5)
      const bySlot = t * seatWords + (v >> 5)
      const seatBit = 1 << (v & 31)
      if (given[at]! > 0) {
        bits.seatHas[bySeat]! |= slotBit
        bits.slotHas[bySlot]! |= seatBit
      }
      if (given[at]! < most[at]!) {
        bits.seatCan[bySeat]! |= slotBit
        bits.slotCan[bySlot]! |= seatBit
      }
    }
  }
  return bits
}

/** Tells what seat `v` has in slot `t` now. */
export const mark = (bits: Bits, v: number, t: number, has: boolean, can: boolean): void => {
  const bySeat = v * bits.slotWords + (t >> 5)
  const bySlot = t * bits.seatWords + (v >> 5)
  const slotBit = 1 << (t & 31)
  const seatBit = 1 << (v & 31)
  if (has) {
    bits.seatHas[bySeat]! |= slotBit
    bits.slotHas[bySlot]! |= seatBit
  } else {
    bits.seatHas[bySeat]! &= ~slotBit
    bits.slotHas[bySlot]! &= ~seatBit
  }
  if (can) {
    bits.seatCan[bySeat]! |= slotBit
    bits.slotCan[bySlot]! |= seatBit
  } else {
    bits.seatCan[bySeat]! &= ~slotBit
    bits.slotCan[bySlot]! &= ~seatBit
  }
}

/** The bits of word `w` that lie in `[from, until)`. */
export const within = (w: number, from: number, until: number): number => {
  let bits = -1
  if (w === from >> 5) bits &= -1 << (from & 31)
  if (w === until >> 5) bits &= (1 << (until & 31)) - 1
  return bits
}

/** The place of the lowest bit of a word that has one. */
export const lowest = (word: number): number => 31 - Math.clz32(word & -word)
