import { instant } from '#lib/time/instant.ts'
import type { Circumstances, Installed } from './limit.ts'
import type { Profile } from './profile.ts'

// The charger of the golden tables: two ports, 240 V single-phase, 80 A each (19,200 W). For tests only.

export const at = (time: string) => instant(`2026-03-10T${time}Z`)
const WIRES = { volts: 240, phases: 1, maxAmps: 80, switchesPhases: false } as const
export const THREE_PHASE = { volts: 230, phases: 3, maxAmps: 32, switchesPhases: false } as const

type Part = Partial<Omit<Profile, 'chargingSchedule'>> & Partial<Profile['chargingSchedule']> & { on?: number; received?: string }
let nextId = 1
export const profile = (purpose: Profile['chargingProfilePurpose'], periods: [number, number, number?][], part: Part = {}): Installed => ({
  connectorId: part.on ?? (purpose === 'ChargePointMaxProfile' ? 0 : 1),
  receivedAt: at(part.received ?? '20:00:00'),
  profile: {
    chargingProfileId: part.chargingProfileId ?? nextId++,
    transactionId: part.transactionId,
    stackLevel: part.stackLevel ?? 0,
    chargingProfilePurpose: purpose,
    chargingProfileKind: part.chargingProfileKind ?? 'Absolute',
    recurrencyKind: part.recurrencyKind,
    validFrom: part.validFrom,
    validTo: part.validTo,
    chargingSchedule: {
      duration: part.duration,
      startSchedule: part.chargingProfileKind === 'Relative' ? undefined : (part.startSchedule ?? '2026-03-10T20:00:00Z'),
      chargingRateUnit: part.chargingRateUnit ?? 'A',
      chargingSchedulePeriod: periods.map(([startPeriod, limit, numberPhases]) => ({ startPeriod, limit, numberPhases })),
      minChargingRate: part.minChargingRate,
    },
  },
})
export const txDefault = (periods: [number, number, number?][], part: Part = {}) => profile('TxDefaultProfile', periods, part)
export const tx = (periods: [number, number, number?][], part: Part = {}) => profile('TxProfile', periods, part)
export const max = (periods: [number, number, number?][], part: Part = {}) => profile('ChargePointMaxProfile', periods, part)
export const relative = { chargingProfileKind: 'Relative' } as const

/** A transaction, number 77, runs on port 1 since 20:00 unless said otherwise. */
export const charger = (profiles: Installed[], change: Partial<Circumstances> & { charging?: 'nobody' | string } = {}): Circumstances => ({
  profiles,
  wires: WIRES,
  afterDuration: 'toDefault',
  ports: 2,
  transactionOn: (port) =>
    change.charging === 'nobody' || port !== 1 ? undefined : { startedAt: at(change.charging ?? '20:00:00'), transactionId: 77 },
  ...change,
})

/** What it says, the charger, the time on 2026-03-10 (UTC), the expected W, and why. */
export type Row = [says: string, charger: Circumstances, time: string, expectedW: number, because: string]
