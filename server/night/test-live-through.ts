import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { LoggedFrame } from '../simulator/link.ts'
import type { NightClock } from './night-clock.ts'
import type { Night } from './test-world.ts'

/** The gateway has this long (real ms) for what one second brings; then time goes on without it. */
const PATIENCE_MS = 2_000

export type Happening = { at: Instant; says: string; do: (night: Night) => unknown }

/**
 * Lives a night second by second: what is to happen, what chargers and vehicles do, and what the gateway makes of it, until all of it has been
 * said and written down. `each` looks at every second.
 */
export async function liveThrough(
  night: Night,
  clock: NightClock,
  until: Instant,
  happenings: Happening[],
  each: (at: Instant) => unknown = () => {},
): Promise<void> {
  const ahead = happenings.toSorted((a, b) => a.at - b.at)
  const heard = new Map<string, string>()
  while (clock.now() < until) {
    clock.moveTo(plus(clock.now(), seconds(1)))
    while (ahead[0] && ahead[0].at <= clock.now()) await ahead.shift()!.do(night)
    await each(clock.now())
    await quiet(night, heard)
  }
}

async function quiet(night: Night, heard: Map<string, string>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  do {
    await new Promise((soon) => setImmediate(soon))
    for (const charger of night.depot.chargers) {
      while (charger.isConnected() && waits(charger, heard) && performance.now() < end) await new Promise((soon) => setTimeout(soon, 1))
      // what was not answered in time is not waited for again
      const call = lastCall(charger.sent)
      if (call) heard.set(charger.identity, call.id)
    }
    await Promise.race([night.gateway.idle(), new Promise((late) => setTimeout(late, Math.max(1, end - performance.now())).unref())])
  } while (night.endpoint.stats().waiting > 0 && performance.now() < end)
}

type Talk = { identity: string; sent: LoggedFrame[]; received: LoggedFrame[] }

/** Is there a call of this charger under way? */
function waits({ identity, sent, received }: Talk, heard: Map<string, string>): boolean {
  const call = lastCall(sent)
  if (!call || heard.get(identity) === call.id) return false
  if (received.findLast(({ id, kind }) => id === call.id && kind !== 'call') === undefined) return true
  heard.set(identity, call.id)
  return false
}

const lastCall = (sent: LoggedFrame[]): LoggedFrame | undefined => sent.findLast(({ kind }) => kind === 'call')
