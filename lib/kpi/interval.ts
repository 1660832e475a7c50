/** Fewer observations than this say nothing about a rate. */
export const ENOUGH = 30

const Z95 = 1.959963984540054

/** Wilson's 95 % interval of a share, 0 … 1. `of` > 0. */
export function wilson(successes: number, of: number): [number, number] {
  const p = successes / of
  const z2 = Z95 * Z95
  const middle = p + z2 / (2 * of)
  const half = Z95 * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of))
  const scale = 1 + z2 / of
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)]
}

/** Nearest rank: the smallest value that at least `share` of all values do not pass. NaN of none. */
export function percentile(values: number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)]!
}
