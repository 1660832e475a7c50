import { hours } from '#lib/time/instant.ts'
import type { WattHours } from '#lib/units/units.ts'

/** What a depot plans with where nobody told it: a setting of the depot, said on its screen. */
export type Assumptions = {
  /** A vehicle that is not ours: the energy it is given, and how long it stays. */
  guestWh: WattHours
  guestStayMs: number
  /** A battery that never told its charge, %. */
  socPct: number
  /** A vehicle of ours without a duty leaves so long from now. */
  noDutyMs: number
}

/** Rather too much than too little. */
export const USUAL_ASSUMPTIONS: Assumptions = { guestWh: 30_000 as WattHours, guestStayMs: hours(8), socPct: 20, noDutyMs: hours(24) }
