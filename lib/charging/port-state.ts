import type { Mark } from '#lib/api/words.ts'
import { capital } from '#lib/format/capital.ts'
import { limitText } from '#lib/format/energy.ts'
import { chargeToTarget } from '#lib/format/number.ts'
import { ageText, nearText } from '#lib/format/time.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { PortStatus } from './event.ts'
import { explainFault } from './fault.ts'

/** What is known of a port, in W, %, and moments of depot time. Null is unknown. */
export type PortFacts = {
  status: PortStatus
  errorCode: string | null
  vendorErrorCode: string | null
  online: boolean
  seenAt: Instant | null
  /** Held out of use by the safety rules or a person: the reason. */
  heldReason: string | null
  inoperative: boolean
  /** The charger draws more than it accepted. */
  disobedientSince: Instant | null
  /** "Stop all" of the depot. */
  stoppedAt: Instant | null
  /** A node above it is locked out. */
  lockOut: LockOut | null
  /** What it may follow while we cannot reach it; counted for it under the cap. */
  heldW: number
  session: { startedAt: Instant } | null
  pluggedAt: Instant | null
  powerW: number | null
  /** Limits of this moment; null: none. */
  wantedW: number | null
  acceptedW: number | null
  /** It has been allowed to charge for a while, so that charger and vehicle have had time to follow. */
  settled: boolean
  vehicle: { name: string; socPct: number | null; targetPct: number; dueAt: Instant | null } | null
  /** For whom it is kept free. */
  reservation: { whom: string; until: Instant } | null
  /** The charger can keep ports free. */
  reserves: boolean
  /** Why the plan has it so, one sentence; null: it is in no plan. */
  planSays: string | null
  /** Until when the plan holds it at nothing. */
  pausedUntil: Instant | null
  now: Instant
  zone: Zone
}

/** A node of the site that somebody has locked out; `by`: whom a person would ask. */
export type LockOut = { node: string; since: Instant; by: string | null }

export type Act =
  | 'reserve'
  | 'cancelReservation'
  | 'restartCharger'
  | 'startForDriver'
  | 'stopSession'
  | 'checkVehicle'
  | 'askUnplug'
  | 'plugIn'
  | 'openCharger'
export type PortState = {
  mark: Mark
  word: string
  /** A person must act: it will not get better by itself. */
  needsAction: boolean
  why: string
  act: { kind: Act; word: string; disabledReason: string | null } | null
}

/** Below this a vehicle is not charging, whatever the status says. */
const IDLE_W = 100
/** A reading older than this says nothing about now. */
export const FRESH_MS = minutes(3)
/** A vehicle is taken for full this near to its target. */
const NEARLY_PCT = 2

/** What a person sees of a port: shape, word, why, and the one thing to do (source: spec "ui" 5.4). */
export function portState(port: PortFacts): PortState {
  // somebody may be at work there
  if (port.lockOut && stillDraws(port, port.lockOut)) return lockedOut(port, port.lockOut)
  if (!port.online) return port.lockOut ? lockedOut(port, port.lockOut) : offline(port)
  if (port.status === 'faulted') return faulted(port)
  if (port.disobedientSince !== null)
    return needs('serious', 'Over its limit', 'Draws more than it accepted. Its excess is kept free from the others.', act('openCharger'))
  if (port.heldReason !== null) return needs('serious', 'Held by safety', sentence(port.heldReason), act('openCharger'))
  if (port.lockOut) return lockedOut(port, port.lockOut)
  if (port.stoppedAt !== null && port.status !== 'free')
    return quiet('paused', 'Stopped', `Everything was stopped at ${nearText(port.stoppedAt, port.now, port.zone)}. Lift it to go on.`)
  return BY_STATUS[port.status](port)
}

const BY_STATUS: Record<PortStatus, (port: PortFacts) => PortState> = {
  free: ({ vehicle, reserves, now, zone }) =>
    quiet(
      'standby',
      'Free',
      vehicle?.dueAt ? `${vehicle.name} is due ${nearText(vehicle.dueAt, now, zone)}.` : 'Nothing is plugged in.',
      reserves ? act('reserve') : null,
    ),
  plugged: (port) => (port.session ? held(port) : waiting(port)),
  charging: (port) =>
    (port.acceptedW ?? 1) === 0 && (port.powerW ?? 0) < IDLE_W
      ? held(port)
      : quiet('normal', 'Charging', port.planSays ?? 'Charges outside any plan.', act('stopSession')),
  pausedByCharger: (port) => (starting(port) ? startsNow : held(port)),
  pausedByVehicle: (port) => ((port.acceptedW ?? 1) === 0 ? held(port) : starting(port) ? startsNow : notDrawing(port)),
  finishing: ({ vehicle }) =>
    quiet('standby', 'Done – unplug', vehicle ? `${vehicle.name} may be unplugged.` : 'May be unplugged.', act('askUnplug')),
  reserved: ({ reservation, now, zone }) =>
    reservation
      ? quiet(
          'standby',
          `Reserved for ${reservation.whom} until ${nearText(reservation.until, now, zone)}`,
          'Kept free for it.',
          act('cancelReservation'),
        )
      : quiet('standby', 'Reserved', 'The charger keeps it for a reservation that was not made here.'),
  unavailable: () => quiet('off', 'Out of service', 'Taken out of use.'),
  faulted: (port) => faulted(port),
  unknown: () => quiet('off', 'Unknown', 'The charger has not said what this port does.'),
}

/** What was read before the lock-out says nothing, unless the charger was seen since not to obey. */
const stillDraws = ({ online, powerW, disobedientSince, now }: PortFacts, { since }: LockOut): boolean =>
  online && (powerW ?? 0) >= IDLE_W && (now - since >= FRESH_MS || (disobedientSince !== null && disobedientSince >= since))

/** Whatever its status says: nothing may flow, and whoever works there relies on it. */
function lockedOut(port: PortFacts, lockOut: LockOut): PortState {
  const { online, seenAt, powerW, heldW, now, zone } = port
  const { node, since, by } = lockOut
  const told = `Locked out since ${nearText(since, now, zone)}${by === null ? '' : ` by ${by}`}`
  if (stillDraws(port, lockOut))
    return needs(
      'critical',
      'Locked out, still drawing',
      `${told}: ${capital(node)}. ${limitText(powerW!)} flow all the same: switch off at the breaker before anybody touches it.`,
      act('openCharger'),
    )
  const gone = online || seenAt === null ? '' : ` The charger was last seen ${ageText(seenAt, now)}.`
  const kept = online || heldW === 0 ? '' : ` ${limitText(heldW)} is kept free for it.`
  return quiet('off', 'Locked out', `${told}: ${capital(node)}. Nothing charges here until it is released.${gone}${kept}`)
}

function offline({ seenAt, now, heldW, session, planSays }: PortFacts): PortState {
  if (seenAt === null) return quiet('off', 'Never seen', 'This charger has not connected yet.', act('openCharger'))
  const counted = heldW > 0 ? ` ${limitText(heldW)} is kept free for it.` : ''
  const plan = session && planSays ? ' It goes on with the last plan it accepted.' : ''
  return needs('serious', 'Offline', `Last seen ${ageText(seenAt, now)}.${counted}${plan}`, act('openCharger'))
}

function faulted({ errorCode, vendorErrorCode }: PortFacts): PortState {
  const fault = explainFault(errorCode, vendorErrorCode) ?? {
    sentence: 'The charger reports a fault without a name.',
    nextStep: 'Look at the charger.',
  }
  // a restart is offered only where it is the right thing: never after a ground fault
  const kind = fault.nextStep.startsWith('Restart') ? 'restartCharger' : 'openCharger'
  return needs('critical', 'Fault', `${fault.sentence} ${fault.nextStep}`, act(kind))
}

/** Allowed only just now: a pause of before is no news yet. */
const starting = ({ acceptedW, settled }: PortFacts): boolean => !settled && acceptedW !== null && acceptedW > 0
const startsNow: PortState = {
  mark: 'paused',
  word: 'Starting',
  needsAction: false,
  why: 'It may charge since a moment; charger and vehicle take a little to follow.',
  act: null,
}

/** Gives nothing: by the plan (no alarm), or against it. */
function held(port: PortFacts): PortState {
  const allowed = port.acceptedW ?? port.wantedW
  if (allowed !== null && allowed > 0 && port.status === 'pausedByCharger')
    return needs(
      'serious',
      'Paused by charger',
      `May give ${limitText(allowed)} and gives none. The plan did not ask for this.`,
      act('openCharger'),
    )
  const until = port.pausedUntil ? ` until ${nearText(port.pausedUntil, port.now, port.zone)}` : ''
  return quiet('paused', `Paused by plan${until}`, port.planSays ?? 'Waits for its place in the plan.', act('stopSession'))
}

function notDrawing({ vehicle }: PortFacts): PortState {
  if (!vehicle || vehicle.socPct === null)
    return quiet('paused', 'Vehicle not drawing', 'The vehicle takes nothing; how full it is, is not known.', act('stopSession'))
  const charge = chargeToTarget(vehicle.socPct, vehicle.targetPct)
  if (vehicle.socPct >= vehicle.targetPct - NEARLY_PCT) return quiet('standby', 'Done', `Charged: ${charge}.`, act('askUnplug'))
  return needs('caution', 'Not drawing', `The vehicle stopped at ${charge}. A charge timer in it?`, act('checkVehicle'))
}

function waiting({ vehicle, pluggedAt, now, zone, planSays }: PortFacts): PortState {
  const since = pluggedAt === null ? 'Plugged in' : `Plugged ${nearText(pluggedAt, now, zone)}`
  const why = `${since}, no card shown.${vehicle && planSays ? ` ${planSays}` : ''}`
  return { mark: 'standby', word: 'Waiting for card', needsAction: true, why, act: act('startForDriver') }
}

const WORDS: Record<Act, string> = {
  reserve: 'Reserve',
  cancelReservation: 'Cancel reservation',
  restartCharger: 'Restart charger',
  startForDriver: 'Start for driver',
  stopSession: 'Stop charging',
  checkVehicle: 'Check vehicle',
  askUnplug: 'Ask to unplug',
  plugIn: 'Plug in',
  openCharger: 'Open charger',
}
export const act = (kind: Act, disabledReason: string | null = null) => ({ kind, word: WORDS[kind], disabledReason })

const quiet = (mark: Mark, word: string, why: string, next: PortState['act'] = null): PortState => ({
  mark,
  word,
  needsAction: false,
  why,
  act: next,
})
const needs = (mark: Mark, word: string, why: string, next: PortState['act']): PortState => ({
  mark,
  word,
  needsAction: true,
  why,
  act: next,
})

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
