import type { Instant } from '#lib/time/instant.ts'
import type { WattHours, Watts } from '#lib/units/units.ts'
import type { FirmwareState } from './firmware-progress.ts'

/** Our word for what a port does; the protocol's words are turned into it at the door (lib/ocpp). */
export const portStatuses = [
  'free',
  'plugged',
  'charging',
  'pausedByCharger',
  'pausedByVehicle',
  'finishing',
  'reserved',
  'unavailable',
  'faulted',
  'unknown',
] as const
export type PortStatus = (typeof portStatuses)[number]

/** What the charger was told about a token. */
export type Verdict = 'accepted' | 'blocked' | 'expired' | 'invalid' | 'concurrent'

export type Reading = {
  at: Instant
  energyWh?: WattHours
  powerW?: Watts
  /** Per phase, as measured. */
  currentMa: number[]
  voltageMv: number[]
  offeredMa?: number
  socPct?: number
  context: 'periodic' | 'clock' | 'begin' | 'end' | 'trigger' | 'other'
  flags: string[]
}

/** What a charger told at boot of its meter and its SIM card; null: nothing. */
export type BootedMeter = { meterType: string | null; meterSerial: string | null; iccid: string | null; imsi: string | null }

/** What a charger said, in our words. `at` is the device's time corrected by its clock offset; `late` marks messages queued offline. */
export type ChargingEvent =
  | {
      kind: 'connected'
      at: Instant
      address: string
      /** OCPP security profile it proved; the TLS version, where we saw it; the end of its client certificate (real time, ms). */
      link?: { profile: number; tlsVersion: string | null; certificateEndsAt: number | null; fingerprint?: string }
      /** The security profile that is confirmed by this connection, and is the least one from now on. */
      raised?: number
    }
  | { kind: 'disconnected'; at: Instant; code: number }
  | { kind: 'booted'; at: Instant; vendor: string; model: string; serial?: string; firmware?: string; meter?: BootedMeter }
  | { kind: 'heard'; at: Instant }
  | { kind: 'status'; at: Instant; port: number; status: PortStatus; errorCode?: string; vendorErrorCode?: string; info?: string }
  | { kind: 'authorized'; at: Instant; idTag: string; verdict: Verdict }
  | {
      kind: 'started'
      at: Instant
      port: number
      idTag: string
      verdict: Verdict
      meterStartWh: WattHours
      late: boolean
      flags: string[]
      /** As the charger names it; once recorded, the reservation that this start used. */
      reservationId?: number
      /** What a retry repeats, by the device's own uncorrected time. Absent: made of the fields above. */
      startKey?: string
    }
  | {
      kind: 'stopped'
      at: Instant
      port: number
      sessionId: number
      meterStopWh: WattHours
      reason: string
      idTag?: string
      late: boolean
      flags: string[]
    }
  /** `moved`: where this took the update that it means; set when it is recorded. */
  | { kind: 'firmware'; at: Instant; status: string; requestId?: number; signed: boolean; moved?: FirmwareState }
  | { kind: 'logSent'; at: Instant; status: string; requestId?: number; diagnostics: boolean }
  | { kind: 'metered'; port: number; sessionId?: number; readings: Reading[]; late: boolean }
  /** Reported by SecurityEventNotification; `at` is the device's own time, which tells a repetition. */
  | { kind: 'securityEvent'; at: Instant; type: string; info?: string }
  /** It asked for a certificate, by a good request (PEM) for this public key (SHA-256, hex). */
  | { kind: 'certificateAsked'; at: Instant; request: string; keyDigest: string; name: string }

/** An event after its commit, with the ids of what it belongs to. */
export type RecordedEvent = ChargingEvent & { depotId: string; chargerId: string; portId?: string; session?: number; receivedAt: Instant }
