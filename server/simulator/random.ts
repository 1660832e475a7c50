/** Numbers in [0, 1) that are the same for the same seed and name: mulberry32 over a small string hash. */
export function seeded(seed: number, name = ''): () => number {
  let state = seed | 0
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
