import type { Wires } from './limit.ts'
import type { RateUnit } from './profile.ts'

/** How real models bend the meter values they send. */
export type Dialect =
  | 'noUnit'
  | 'kWhText'
  | 'floatNoise'
  | 'socPercentSign'
  | 'noContext'
  | 'noMilliseconds'
  | 'perPhaseOnly'
  | 'emptySampledValue'

/** A make of charger: its electrics and its ways. */
export type Model = {
  vendor: string
  name: string
  firmware: string
  wires: Wires
  /** The whole charger's own maximum; without it the ports' sum. */
  chargerMaxW?: number
  /** The least pilot current it can offer (IEC 61851: 6 A). */
  minAmps: number
  units: RateUnit[]
  maxStackLevel: number
  maxPeriods: number
  maxProfiles: number
  refusesZero: boolean
  afterDuration: 'toDefault' | 'fullPower'
  /** A limit between 0 and `minAmps` is refused instead of pausing. */
  refusesBelowMinimum: boolean
  /** Keeps only the first period of a schedule, although it takes them all. */
  keepsFirstPeriodOnly: boolean
  /** ChargePointMaxProfile is one limit for all ports together (§3.13.3); some models take it as each port's own, or split it evenly. */
  chargePointMax: 'shared' | 'eachPort' | 'split'
  /** Messages that this model does not know: answered with NotSupported. */
  lacks: readonly string[]
  /** How it sends log files. */
  uploadsBy: 'PUT' | 'POST'
  /** Seconds of depot time that writing new firmware takes. */
  installS: number
  /** Names itself in a certificate request by its identity or by its serial number. */
  csrNames: 'identity' | 'serial'
  /** Tells of each start, reset and setting of its clock, as the whitepaper's list of critical events has it. */
  tellsEveryCriticalEvent: boolean
  /** What becomes of a running transaction when the power comes back. */
  afterPowerLoss: 'stops' | 'resumes' | 'resumesBelowStart'
  /** Seconds of depot time from losing power, or from a reset, to the next connection attempt. */
  rebootS: number
  tellsSoc: boolean
  dialect: Dialect[]
}

/** A North American 80 A level-2 port: 19.2 kW at 240 V. */
export const LEVEL_2_80A: Model = {
  vendor: 'Yardwatt',
  name: 'Sim 80',
  firmware: '1.0.0',
  wires: { volts: 240, phases: 1, maxAmps: 80, switchesPhases: false },
  minAmps: 6,
  units: ['A', 'W'],
  maxStackLevel: 9,
  maxPeriods: 96,
  maxProfiles: 20,
  refusesZero: false,
  refusesBelowMinimum: false,
  keepsFirstPeriodOnly: false,
  afterDuration: 'toDefault',
  chargePointMax: 'shared',
  lacks: [],
  uploadsBy: 'PUT',
  installS: 30,
  csrNames: 'identity',
  tellsEveryCriticalEvent: false,
  afterPowerLoss: 'stops',
  rebootS: 10,
  tellsSoc: false,
  dialect: [],
}

/** A European 22 kW wall box: 3 × 230 V, 32 A. */
export const WALL_BOX_22KW: Model = {
  ...LEVEL_2_80A,
  name: 'Sim 22',
  wires: { volts: 230, phases: 3, maxAmps: 32, switchesPhases: false },
}
