import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Curve } from './curve.ts'
import type { NodeId, PortId } from './input.ts'

/** A limit that was written down as sent. `sequence` grows by one per port and never comes back. */
export type SentLimit = {
  sequence: number
  curve: Curve
  sentAt: Instant
  outcome: 'pending' | 'timeout' | 'accepted' | 'refused'
  /** From when an accepted limit counts as followed; unset = it does not count yet. */
  countsAt?: Instant
}

/** All that is known of what one port may be following. `nodePath` runs from its circuit (or charger) up to the service connection. */
export type PortHolding = {
  portId: PortId
  nodePath: NodeId[]
  nameplateW: Watts
  /** The fallback was accepted since the last event that may have wiped it. */
  fallbackConfirmed: boolean
  fallbackW: Watts
  /** Held inoperative, accepted by the charger: it gives nothing. */
  inoperative: boolean
  sent: SentLimit[]
  /** Excess measured on a port that does not follow its limit. */
  extraW: Watts
}
