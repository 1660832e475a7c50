import { type Milliamps, milliamps, powerAt, type Watts, type Wiring, watts } from '#lib/units/units.ts'

/** What is known of a node's hardware and contract. `continuousIncluded`: the breaker may carry its rating for hours. */
export type NodeRating = {
  breakerMa?: Milliamps
  volts: number
  wiring: Wiring
  phases: 1 | 2 | 3
  continuousIncluded: boolean
  contractW?: Watts
  /** What the contract allows on each phase, for hours. */
  phaseLimitMa?: Milliamps
}

/** A node as it is written down. */
export type RatedNode = {
  breakerMa: number | null
  limitW: number | null
  phaseLimitMa: number | null
  volts: number
  wiring: string
  phases: number
  limitIncludesContinuous: boolean
}

export const ratingOf = ({ breakerMa, limitW, phaseLimitMa: most, ...node }: RatedNode): NodeRating => ({
  ...(breakerMa === null ? {} : { breakerMa: milliamps(breakerMa) }),
  ...(limitW === null ? {} : { contractW: watts(limitW) }),
  ...(most === null ? {} : { phaseLimitMa: milliamps(most) }),
  volts: node.volts,
  wiring: node.wiring === 'L-N' ? 'L-N' : 'L-L',
  phases: node.phases as 1 | 2 | 3,
  continuousIncluded: node.limitIncludesContinuous,
})

/** Vehicles charge for hours: a breaker that is not rated for continuous load carries 80 % of its rating (NEC 210.20). */
const CONTINUOUS_SHARE = 0.8

/** Current per phase that the breaker carries for hours; undefined without a breaker. */
export const firmLimitMa = ({ breakerMa, continuousIncluded }: NodeRating): Milliamps | undefined =>
  breakerMa === undefined ? undefined : milliamps(Math.floor(continuousIncluded ? breakerMa : breakerMa * CONTINUOUS_SHARE))

/** Current that each phase carries for hours: the smaller of breaker and contract; undefined with neither. */
export const phaseLimitMa = (node: NodeRating): Milliamps | undefined => {
  const breaker = firmLimitMa(node)
  if (breaker === undefined || node.phaseLimitMa === undefined) return breaker ?? node.phaseLimitMa
  return Math.min(breaker, node.phaseLimitMa) as Milliamps
}

/** The power a node carries for hours: the smaller of breaker and contract. A node with neither has no limit of its own (undefined). */
export const firmLimitW = (node: NodeRating): Watts | undefined => {
  const current = phaseLimitMa(node)
  const currentW = current === undefined ? undefined : powerAt(current, node)
  if (currentW === undefined || node.contractW === undefined) return currentW ?? node.contractW
  return Math.min(currentW, node.contractW) as Watts
}
