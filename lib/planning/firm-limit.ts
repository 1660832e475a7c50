import { type Milliamps, milliamps, powerAt, type Watts, type Wiring } from '#lib/units/units.ts'

/** What is known of a node's hardware and contract. `continuousIncluded`: the breaker may carry its rating for hours. */
export type NodeRating = {
  breakerMa?: Milliamps
  volts: number
  wiring: Wiring
  phases: 1 | 2 | 3
  continuousIncluded: boolean
  contractW?: Watts
}

/** Vehicles charge for hours: a breaker that is not rated for continuous load carries 80 % of its rating (NEC 210.20). */
const CONTINUOUS_SHARE = 0.8

/** Current per phase that the breaker carries for hours; undefined without a breaker. */
export const firmLimitMa = ({ breakerMa, continuousIncluded }: NodeRating): Milliamps | undefined =>
  breakerMa === undefined ? undefined : milliamps(Math.floor(continuousIncluded ? breakerMa : breakerMa * CONTINUOUS_SHARE))

/** The power a node carries for hours: the smaller of breaker and contract. A node with neither has no limit of its own (undefined). */
export const firmLimitW = (node: NodeRating): Watts | undefined => {
  const current = firmLimitMa(node)
  const breakerW = current === undefined ? undefined : powerAt(current, node)
  if (breakerW === undefined || node.contractW === undefined) return breakerW ?? node.contractW
  return Math.min(breakerW, node.contractW) as Watts
}

/** What one phase conductor carries for hours, as current × line-to-neutral voltage: the envelope's `phaseLimit`. Undefined without a breaker. */
export const firmPhaseW = (node: NodeRating): Watts | undefined => {
  const current = firmLimitMa(node)
  if (current === undefined) return undefined
  return Math.floor((current / 1000) * (node.wiring === 'L-N' ? node.volts : node.volts / Math.sqrt(3))) as Watts
}
