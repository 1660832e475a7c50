import type { Instant } from '#lib/time/instant.ts'
import type { Model } from './model.ts'
import { powerOff, powerOn } from './power.ts'
import { securityEvent } from './security-event.ts'
import type { Station } from './station.ts'
import { endTransaction } from './transaction.ts'

// Everything that can be wrong with a charger, by name.

export type Reading = { registerWh: number; powerW: number }
export type Fault = {
  says: string
  start?: (station: Station) => void
  end?: (station: Station) => void
  /** Done again and again, every so many depot seconds. */
  again?: { everyS: number; act: (station: Station) => void }
  /** Ends by itself after so many depot seconds. */
  lastsS?: number
  /** Hears and says nothing; `dead`: answers no ping either. */
  deaf?: 'deaf' | 'dead'
  refuses?: ReadonlySet<string>
  ignoresProfiles?: true
  forgets?: true
  losesProfiles?: true
  /** What is different about the model while the fault lasts. */
  bends?: (model: Model) => Partial<Model>
  failsTo?: 'upload' | 'download' | 'install'
  revokesSigner?: true
  /** The lock of the cable does not open. */
  isJammed?: true
  refusesList?: true
  repeats?: true
  /** The port reports itself broken, with this error. */
  breaks?: { errorCode: string; vendorErrorCode: string }
  /** What the meter tells instead of the truth; `registerThenWh` is where the register stood when the fault began. */
  meter?: (truth: Reading, registerThenWh: number) => Reading
  /** How far the device's clock is off at a moment, ms. */
  skewMs?: (at: Instant) => number
}

export type FaultName =
  | 'dropsSocket'
  | 'refuses'
  | 'acceptsAndIgnores'
  | 'repeatsMessages'
  | 'offlineHour'
  | 'offline'
  | 'liesAboutMeter'
  | 'forgetsOnReboot'
  | 'silent'
  | 'deadSocket'
  | 'badFrames'
  | 'meterBackwards'
  | 'clockWrong'
  | 'clockReset'
  | 'clockInFuture'
  | 'powerLoss'
  | 'groundFault'
  | 'losesProfilesOnReboot'
  | 'onePeriodOnly'
  | 'keepsFirstPeriodOnly'
  | 'refusesZero'
  | 'wattsOnly'
  | 'ampsOnly'
  | 'stackLevelZeroOnly'
  | 'minimum7A'
  | 'splitsMaxProfileOverConnectors'
  | 'noSmartCharging'
  | 'whitepaperUnknown'
  | 'failsToUpload'
  | 'failsToDownload'
  | 'failsToInstall'
  | 'knowsSignerAsRevoked'
  | 'lockJammed'
  | 'tampered'
  | 'listFull'

const MINUTE_MS = 60_000

export const FAULTS: Record<FaultName, Fault> = {
  dropsSocket: {
    says: 'cuts its socket at once and every three minutes, and comes back',
    start: (station) => station.link.drop(),
    again: { everyS: 180, act: (station) => station.link.drop() },
  },
  refuses: { says: 'rejects every charging profile', refuses: new Set(['SetChargingProfile']) },
  acceptsAndIgnores: { says: 'accepts charging profiles, lists them, and draws what it likes', ignoresProfiles: true },
  repeatsMessages: {
    says: 'sends each message twice, and StartTransaction once more under a new id',
    repeats: true,
  },
  offlineHour: {
    says: 'has no network for an hour, then delivers what it kept',
    start: loseNetwork,
    lastsS: 3_600,
    end: findNetwork,
  },
  offline: { says: 'has no network until the fault ends', start: loseNetwork, end: findNetwork },
  liesAboutMeter: {
    says: 'tells 60 % of its energy and power',
    meter: ({ registerWh, powerW }, then) => ({ registerWh: then + (registerWh - then) * 0.6, powerW: powerW * 0.6 }),
  },
  forgetsOnReboot: { says: 'forgets profiles, settings, transactions and messages in a reboot', forgets: true },
  silent: { says: 'keeps its socket open, answers pings, and nothing else', deaf: 'deaf' },
  deadSocket: { says: 'keeps its socket open and answers nothing at all, as behind a broken router', deaf: 'dead' },
  badFrames: {
    says: 'sends frames that no charger should',
    start: (station) => {
      for (const text of BAD_FRAMES) station.link.raw(text)
    },
    again: {
      everyS: 120,
      act: (station) => {
        for (const text of BAD_FRAMES) station.link.raw(text)
      },
    },
  },
  meterBackwards: {
    says: 'its register jumps back by 5 kWh',
    meter: ({ registerWh, powerW }) => ({ registerWh: Math.max(0, registerWh - 5_000), powerW }),
  },
  clockWrong: { says: 'its clock is 37 minutes late', skewMs: () => -37 * MINUTE_MS },
  clockReset: { says: 'its clock fell back to 1970', skewMs: (at) => -at + (at % (1_440 * MINUTE_MS)) },
  clockInFuture: { says: 'its clock is 70 years ahead', skewMs: () => 70 * 365 * 1_440 * MINUTE_MS },
  powerLoss: {
    says: 'lost its power in the middle of what it did; comes back when the fault ends',
    start: (station) => powerOff(station, 'PowerLoss'),
    end: (station) => powerOn(station),
  },
  groundFault: {
    says: 'finds a ground fault, ends what it did, and is out of order until the fault ends',
    breaks: { errorCode: 'GroundFailure', vendorErrorCode: 'CX002' },
    start: (station) => {
      for (const port of station.ports) endTransaction(station, port, 'Other')
    },
  },
  losesProfilesOnReboot: { says: 'forgets its charging profiles in a reboot, and nothing else', losesProfiles: true },
  onePeriodOnly: { says: 'takes schedules of one period only, and says so', bends: () => ({ maxPeriods: 1 }) },
  keepsFirstPeriodOnly: { says: 'takes schedules of many periods and keeps the first one', bends: () => ({ keepsFirstPeriodOnly: true }) },
  refusesZero: { says: 'refuses a limit of 0: it cannot pause', bends: () => ({ refusesZero: true }) },
  wattsOnly: { says: 'takes limits in watts only', bends: () => ({ units: ['W'] }) },
  ampsOnly: { says: 'takes limits in amperes only', bends: () => ({ units: ['A'] }) },
  stackLevelZeroOnly: { says: 'takes stack level 0 only', bends: () => ({ maxStackLevel: 0 }) },
  minimum7A: { says: 'refuses limits between 0 and 7 A', bends: () => ({ minAmps: 7, refusesBelowMinimum: true }) },
  splitsMaxProfileOverConnectors: {
    says: 'divides ChargePointMaxProfile evenly among its ports, used or not',
    bends: () => ({ chargePointMax: 'split' }),
  },
  noSmartCharging: { says: 'knows no charging profiles at all', bends: ({ lacks }) => ({ lacks: [...lacks, ...SMART_CHARGING] }) },
  whitepaperUnknown: { says: 'knows nothing of the security whitepaper', bends: ({ lacks }) => ({ lacks: [...lacks, ...WHITEPAPER] }) },
  failsToUpload: { says: 'cannot send its log files', failsTo: 'upload' },
  failsToDownload: { says: 'cannot fetch firmware', failsTo: 'download' },
  failsToInstall: { says: 'fetches firmware and cannot install it', failsTo: 'install' },
  knowsSignerAsRevoked: { says: 'holds the certificate that signed the firmware for revoked', revokesSigner: true },
  lockJammed: { says: 'cannot open the lock of the cable', isJammed: true },
  listFull: { says: 'cannot store the local list it is sent', refusesList: true },
  tampered: {
    says: 'its door was opened: it tells so',
    start: (station) => securityEvent(station, 'TamperDetectionActivated', 'door open'),
  },
}

const SMART_CHARGING = ['SetChargingProfile', 'ClearChargingProfile', 'GetCompositeSchedule']
/** What came with the security whitepaper, edition 2. */
const WHITEPAPER = [
  'CertificateSigned',
  'DeleteCertificate',
  'ExtendedTriggerMessage',
  'GetInstalledCertificateIds',
  'GetLog',
  'InstallCertificate',
  'SignedUpdateFirmware',
]

function loseNetwork(station: Station): void {
  station.offline = true
  station.link.disconnect('abruptly')
}

function findNetwork(station: Station): void {
  // two faults may have taken it
  station.offline = [...station.faults.values()].some(({ fault }) => fault.end === findNetwork)
  if (!station.offline && station.power === 'on') station.link.connect()
}

/** Malformed JSON, no OCPP at all, wrong types, unknown actions, impossible values; the last one is too big to take. */
export const BAD_FRAMES: readonly string[] = [
  '{',
  '',
  'null',
  '[]',
  '[2]',
  '[2,"bad-1"]',
  '[2,7,"Heartbeat",{}]',
  '[2,"bad-2","Heartbeat"]',
  '[2,"bad-3","Heartbeat",[]]',
  '[9,"bad-4","Heartbeat",{}]',
  '[2,"bad-5","OpenTheDoor",{}]',
  '[2,"bad-6","StatusNotification",{"connectorId":"one","status":"Available","errorCode":"NoError"}]',
  '[2,"bad-7","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"yesterday","sampledValue":[{"value":"many"}]}]}]',
  '[2,"bad-8","StartTransaction",{"connectorId":-3,"idTag":"a tag that is much longer than twenty","meterStart":1.5,"timestamp":"2026-02-30T25:00:00Z"}]',
  '[3,"never-asked",{"status":"Accepted"}]',
  '[4,"never-asked","GenericError","",{}]',
  `[2,"bad-9","DataTransfer",{"vendorId":"x","data":"${'x'.repeat(300 * 1024)}"}]`,
]

/** Switches a fault on or off. Twice on is once on. */
export function setFault(station: Station, name: FaultName, on: boolean): void {
  const running = station.faults.get(name)
  if (on === (running !== undefined)) return
  const fault = FAULTS[name]
  if (on) {
    station.faults.set(name, {
      fault,
      since: station.at,
      lastAt: station.at,
      registersWh: station.memory.ports.map((port) => port.registerWh),
    })
    bend(station)
    fault.start?.(station)
  } else {
    station.faults.delete(name)
    bend(station)
    fault.end?.(station)
  }
  station.log.info(
    { charger: station.identity, fault: name, on },
    `simulated charger ${station.identity} ${on ? fault.says : `no longer: ${fault.says}`}`,
  )
  station.changed()
}

function bend(station: Station): void {
  station.model = station.madeAs
  for (const { fault } of station.faults.values()) station.model = { ...station.model, ...fault.bends?.(station.model) }
}

/** The part of the faults that goes with time. */
export function stepFaults(station: Station): void {
  for (const [name, running] of [...station.faults]) {
    const { fault } = running
    if (fault.lastsS !== undefined && station.at - running.since >= fault.lastsS * 1000) setFault(station, name, false)
    else if (fault.again && station.at - running.lastAt >= fault.again.everyS * 1000) {
      running.lastAt = station.at
      fault.again.act(station)
    }
  }
}
