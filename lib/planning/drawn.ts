import { type Instant, minutes } from '#lib/time/instant.ts'
import { powerAt, type Watts } from '#lib/units/units.ts'
import { valueAt } from './curve.ts'
import type { FactPort } from './depot-facts.ts'
import { powerAtMost } from './set-point.ts'
import { acknowledged } from './writes.ts'

// What vehicles draw of what they are given: what one leaves is given to others, and one that does not wake after a pause is never paused again.

/** `at`: of the reading. `energyWh`: what the session has got so far. */
export type Seen = { powerW: number; at: Instant; energyWh: number }
/** `capW`: the vehicle takes no more for now. `asleep`: it was paused, is allowed again, and does not go on. */
export type Drawing = {
  sessionId: number
  capW: Watts | undefined
  asleep: boolean
  /** It draws clearly less than it may since then, at most `mostW`. */
  underSince: Instant | undefined
  mostW: number
  /** Given less, it took much less still: it is left alone. */
  spoilt: boolean
  paused: boolean
  /** Allowed again after the pause. */
  raisedAt: Instant | undefined
}

/** An older reading says nothing of now. */
const FRESH_MS = minutes(2)
/** Clearly less than allowed, for so long: the rest is left to others … */
const UNDER = 0.8
const UNDER_MS = minutes(5)
/** … but for a margin, in which a vehicle that wants more again is noticed. */
const MARGIN = 1.15
const WANTS_MORE = 0.9
/** A vehicle on fewer phases than its port takes less of every limit: what it falls to then tells. */
const SPOILT = 0.5
/** A vehicle that draws less is not charging. */
const IDLE_W = 200
/** So long may a vehicle take to go on after a pause. */
const WAKES_MS = minutes(10)
/** One that never drew anything was not paused: it is full, or not ready yet. */
const HAS_CHARGED_WH = 300

const UNKNOWN: Omit<Drawing, 'sessionId'> = {
  capW: undefined,
  asleep: false,
  underSince: undefined,
  mostW: 0,
  spoilt: false,
  paused: false,
  raisedAt: undefined,
}

/** What is known of a port's session after a look at it; undefined without a session. */
export const drawing = (before: Drawing | undefined, port: FactPort, seen: Seen | undefined, now: Instant): Drawing | undefined => {
  const sessionId = port.sessions[0]
  if (sessionId === undefined) return undefined
  const was = before?.sessionId === sessionId ? before : { ...UNKNOWN, sessionId }
  const known = (change: Partial<Drawing>): Drawing => ({ ...was, ...change })
  if (!seen || now - seen.at > FRESH_MS) return known({ underSince: undefined })
  const allowed = acknowledged(port)
  const countsAt = port.limits.at(-1)?.countsAt
  // what it was given before may still be what it draws
  if (!allowed || countsAt === undefined || countsAt > seen.at) return was
  const allowedW = valueAt(allowed, seen.at)
  if (allowedW === 0)
    return known({ underSince: undefined, raisedAt: undefined, asleep: false, paused: was.paused || seen.energyWh >= HAS_CHARGED_WH })
  const waits = was.paused && seen.powerW < IDLE_W
  const raisedAt = waits ? (was.raisedAt ?? now) : undefined
  const asleep = raisedAt !== undefined && now - raisedAt >= WAKES_MS
  return known({ paused: waits, raisedAt, asleep, ...leftOver(was, port, seen.powerW, allowedW, now) })
}

const leftOver = (
  { capW, underSince, mostW, spoilt }: Drawing,
  { points }: FactPort,
  powerW: number,
  allowedW: number,
  now: Instant,
): Pick<Drawing, 'capW' | 'underSince' | 'mostW' | 'spoilt'> => {
  const nothing = { capW: undefined, underSince: undefined, mostW: 0, spoilt }
  if (capW !== undefined) {
    if (mostW >= IDLE_W && powerW < SPOILT * mostW) return { ...nothing, spoilt: true }
    return powerW <= WANTS_MORE * Math.min(capW, allowedW) ? { ...nothing, capW, mostW } : nothing
  }
  if (spoilt || powerW >= UNDER * allowedW) return nothing
  const since = underSince ?? now
  const most = Math.max(underSince === undefined ? 0 : mostW, powerW)
  if (now - since < UNDER_MS) return { ...nothing, underSince: since, mostW: most }
  const next = powerAtMost(most * MARGIN, points) + powerAt(points.stepMa, points.circuit)
  return { ...nothing, capW: Math.max(points.minW, next) as Watts, mostW: most }
}
