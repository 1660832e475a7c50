import type { Peaks } from './peaks.ts'

// The least total of energy and demand charges over the site's peaks, from below: each solved question leaves a cut (source: Kelley 1960;
// Benders 1962). Few peaks, few cuts: the corner is found by trying all.

/** With the peaks p: energy costs at least `constant` − slopes·p (a tangent); or `constant` − slopes·p may not be above 0 (not all could be served). */
export type Cut = {
  isTangent: boolean
  constant: number
  slopes: number[]
  /** The cut's arcs: weight by slot and node, money per W·ms (of a tangent) or 1. */
  values: Float64Array
}

/** Where all cuts together are lowest; `weights` of the cuts prove it: no point of them is lower. */
export type Lowest = { cost: number; peaks: Peaks; weights: number[] }

type Row = { coefficients: number[]; bound: number; cut: number }

/** Minimum of θ + Σ perW·p under the cuts and low ≤ p ≤ most; undefined when there is no tangent yet and θ is left out. */
export const lowestOf = (cuts: Cut[], perW: number[], low: Peaks, most: Peaks): Lowest | undefined => {
  const dims = perW.length
  const hasTangent = cuts.some(({ isTangent }) => isTangent)
  const size = dims + (hasTangent ? 1 : 0)
  // rows: coefficients · (p, θ) ≥ bound
  const rows: Row[] = cuts.map(({ isTangent, constant, slopes }, cut) => ({
    coefficients: hasTangent ? [...slopes, isTangent ? 1 : 0] : slopes,
    bound: constant,
    cut,
  }))
  for (let i = 0; i < dims; i += 1) {
    const unit = (sign: number) => Array.from({ length: size }, (_, k) => (k === i ? sign : 0))
    rows.push({ coefficients: unit(1), bound: low[i]!, cut: -1 }, { coefficients: unit(-1), bound: -most[i]!, cut: -1 })
  }
  const cost = [...perW, ...(hasTangent ? [1] : [])]
  let best: Lowest | undefined
  const choose = (from: number, chosen: Row[]): void => {
    if (chosen.length === size) {
      const found = cornerOf(chosen, rows, cost)
      if (found && (!best || found.cost < best.cost)) {
        const weights = cuts.map(() => 0)
        chosen.forEach(({ cut }, i) => {
          if (cut >= 0) weights[cut]! = found.weights[i]!
        })
        best = { cost: found.cost, peaks: found.point.slice(0, dims), weights }
      }
      return
    }
    for (let i = from; i < rows.length; i += 1) choose(i + 1, [...chosen, rows[i]!])
  }
  choose(0, [])
  return best
}

/** The corner of these rows, if it keeps all others and no direction from it is lower. */
const cornerOf = (chosen: Row[], rows: Row[], cost: number[]) => {
  const point = solve(
    chosen.map(({ coefficients }) => coefficients),
    chosen.map(({ bound }) => bound),
  )
  if (!point) return undefined
  for (const { coefficients, bound } of rows) {
    const value = dot(coefficients, point)
    if (value < bound - 1e-7 * (1 + Math.abs(bound))) return undefined
  }
  // multipliers: Σ weight × row = cost, all ≥ 0
  const weights = solve(
    cost.map((_, k) => chosen.map(({ coefficients }) => coefficients[k]!)),
    cost,
  )
  if (!weights || weights.some((weight) => weight < -1e-9)) return undefined
  return { point, weights: weights.map((weight) => Math.max(0, weight)), cost: dot(cost, point) }
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, each, i) => sum + each * b[i]!, 0)

/** Gauss with pivots, rows scaled; undefined when the rows do not meet in one point. */
const solve = (matrix: number[][], right: number[]): number[] | undefined => {
  const size = right.length
  const rows = matrix.map((row, i) => {
    const scale = Math.max(...row.map(Math.abs)) || 1
    return [...row.map((each) => each / scale), right[i]! / scale]
  })
  for (let k = 0; k < size; k += 1) {
    let pivot = k
    for (let i = k + 1; i < size; i += 1) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i
    if (Math.abs(rows[pivot]![k]!) < 1e-12) return undefined
    ;[rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!]
    for (let i = 0; i < size; i += 1) {
      if (i === k) continue
      const factor = rows[i]![k]! / rows[k]![k]!
      if (factor !== 0) for (let j = k; j <= size; j += 1) rows[i]![j]! -= factor * rows[k]![j]!
    }
  }
  return rows.map((row, k) => row[size]! / row[k]!)
}
