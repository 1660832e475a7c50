import type { DepotFacts, FactPort } from '#lib/planning/depot-facts.ts'
import type { Watts } from '#lib/units/units.ts'

/** Which fallback each port should hold: 0, or the model's minimum where it takes no 0. */
export const wantedFallbacks = ({ ports }: DepotFacts, _permille: number): FactPort[] =>
  ports.map((port) => ({ ...port, wantedFallbackW: port.refusesZero ? port.points.minW : (0 as Watts) }))
