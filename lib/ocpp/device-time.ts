import { type Instant, instant, minutes, seconds } from '#lib/time/instant.ts'

/** What is known when a message comes in. `offsetMs` = device clock minus ours, measured on live messages; `speed` = depot seconds per real second. */
export type Arrival = { receivedAt: Instant; offsetMs: number; speed: number }
/** `at`: the device's time, corrected. `live`: the best moment for "now" facts, never in the future. */
export type DeviceTime = { at: Instant; live: Instant; late: boolean; flags: string[] }

/** Offsets below this are noise of the network, which weighs more in a fast demo. */
export const skewThreshold = (speed: number): number => seconds(5) + seconds(1) * (speed - 1)
/** So long may a message be under way on a busy machine (5 s real); a fast depot clock makes more of it. No sign of a wrong clock. */
export const delayShown = (speed: number): number => seconds(5) * speed
const lateAfter = (speed: number): number => minutes(1) + seconds(2) * (speed - 1)
const FUTURE = minutes(5)
const FIRST = instant('2010-01-01T00:00:00Z')
const LOWEST = instant('0001-01-01T00:00:00Z')
const HIGHEST = instant('9999-12-31T23:59:59Z')

/**
 * Reads a device's timestamp. Late, future and absurd moments are kept and flagged (docs/ocpp.md, "Rules of our own");
 * a text that is no moment at all counts as received now.
 */
export function deviceTime(text: string, { receivedAt, offsetMs, speed }: Arrival): DeviceTime {
  const said = new Date(text).getTime()
  // year 1 is what some devices say for "I do not know", and what lenient16 puts in place of garbage
  if (!Number.isFinite(said) || said <= LOWEST) return { at: receivedAt, live: receivedAt, late: false, flags: ['unreadableTime'] }
  const flags: string[] = []
  const correct = Math.abs(offsetMs) > skewThreshold(speed)
  if (correct) flags.push('clockCorrected')
  const at = instant(Math.min(HIGHEST, Math.max(LOWEST, said - (correct ? offsetMs : 0))))
  if (at < FIRST) return { at, live: receivedAt, late: false, flags: [...flags, 'absurdTime'] }
  if (at > receivedAt + FUTURE) return { at, live: receivedAt, late: false, flags: [...flags, 'futureTime'] }
  const late = receivedAt - at > lateAfter(speed)
  if (late) flags.push('deliveredLate')
  return { at, live: at > receivedAt ? receivedAt : at, late, flags }
}

/** The offset that a live message shows; a clock that fell back to 1970 runs on from there, and is as good as any once that is known. */
export function offsetShown(text: string, receivedAt: Instant): number | undefined {
  const said = new Date(text).getTime()
  return Number.isFinite(said) && said > LOWEST ? Math.round(said - receivedAt) : undefined
}
