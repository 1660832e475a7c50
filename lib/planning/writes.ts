import { type Instant, minutes, seconds } from '#lib/time/instant.ts'
import type { Curve } from './curve.ts'
import { type DepotFacts, type FactPort, inUse } from './depot-facts.ts'
import type { PortId } from './input.ts'
import { sameParts } from './phase-parts.ts'

// When a limit may be written to a charger: writes wear its flash memory (source: spec "ocpp", The envelope).

/** Why a port does not have what is wanted yet. */
export type Waiting = 'offline' | 'inFlight' | 'backOff' | 'budget' | 'settling' | 'fallbackFirst' | 'later'

/** At most so many limits to a charger within 24 hours, outside safety. */
export const WRITES_A_DAY = 100
/** Of those, kept for what people ask for, for the first limits of sessions, and for what puts a limit right that would be passed later. */
const KEPT_WRITES = 20
/** After so many in a day each one more makes the next wait so much longer: plans that change their mind do not spend the night's writes in its first hours. */
const FREE_WRITES = 20
const PAUSE_MS = seconds(30)
const FAR_WRITES_EACH_MS = minutes(60)
const FIRST_RETRY_MS = seconds(5)
const LAST_RETRY_MS = minutes(10)

/** The limit that the charger is known to follow for its session; undefined when an answer is missing, or a reboot may have lost it. */
export const acknowledged = (port: FactPort): Curve | undefined => {
  const last = port.limits.at(-1)
  if (last?.outcome !== 'accepted' || last.sessionId !== port.sessions[0]) return undefined
  // a limit on one phase says nothing of three
  if (!sameParts(last.parts, inUse(port).parts)) return undefined
  // a reboot, or whatever put the fallback in doubt, may have taken it
  const since = Math.max(port.bootedAt ?? 0, port.fallbackConfirmedAt ?? 0)
  if ((last.acceptedAt ?? 0) < since) return undefined
  return last.curve
}

/** Why a port's limit is not written now; undefined: it may be. `safety`: a limit would be passed soon; `urgent`: one would be passed some time. */
export const whyWait = (
  port: FactPort,
  differs: 'now' | 'later',
  { safety, urgent }: { safety: boolean; urgent: boolean },
  now: Instant,
): Waiting | undefined => {
  if (!port.online) return 'offline'
  if (port.inFlight) return 'inFlight'
  if (port.fallbackConfirmedAt === undefined) return 'fallbackFirst'
  if (backsOff(port.limitTries, now)) return 'backOff'
  const last = port.limitTries.lastSentAt
  if (differs === 'later' && !port.asked && last !== undefined && now - last < FAR_WRITES_EACH_MS) return 'later'
  const isOwed = port.asked || urgent || acknowledged(port) === undefined
  if (safety) return undefined
  if (port.writesToday >= WRITES_A_DAY - (isOwed ? 0 : KEPT_WRITES)) return 'budget'
  const pauseMs = isOwed ? 0 : Math.max(0, port.writesToday - FREE_WRITES) * PAUSE_MS
  return last !== undefined && now - last < pauseMs ? 'later' : undefined
}

export const backsOff = ({ failures, lastSentAt }: FactPort['limitTries'], now: Instant): boolean =>
  failures > 0 && lastSentAt !== undefined && now < lastSentAt + Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS)

/** When a back-off, a far write or a settling cut will be over: the moment to look again. Undefined: nothing is waited for. */
export const lookAgainAt = ({ now, ports }: DepotFacts, waiting: Map<PortId, Waiting>): Instant | undefined => {
  const moments = ports.flatMap((port) => {
    const settling = port.limits.flatMap(({ countsAt }) => (countsAt !== undefined && countsAt > now ? [countsAt] : []))
    const retry = [port.fallbackTries, port.limitTries].flatMap(({ failures, lastSentAt }) =>
      failures > 0 && lastSentAt !== undefined && waiting.get(port.id) === 'backOff'
        ? [lastSentAt + Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS)]
        : [],
    )
    const fallback = port.fallbackCountsAt !== undefined && port.fallbackCountsAt > now ? [port.fallbackCountsAt] : []
    return [...settling, ...fallback, ...retry.filter((at) => at > now)]
  })
  return moments.length === 0 ? undefined : (Math.min(...moments) as Instant)
}
