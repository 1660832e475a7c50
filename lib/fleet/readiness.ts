import type { Mark } from '#lib/api/words.ts'
import { act, type PortState } from '#lib/charging/port-state.ts'
import { decimal, percent } from '#lib/format/number.ts'
import { nearText, spanText } from '#lib/format/time.ts'
import type { Planned } from '#lib/planning/plan-index.ts'
import { hours, type Instant, instant, minutes } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'

/** What is known of a vehicle that is to leave. Energies in Wh at the battery. */
export type DepartureFacts = {
  name: string
  departsAt: Instant
  batteryWh: number
  maxW: number
  efficiency: number
  socPct: number | null
  /** What the battery must hold at departure. */
  requiredWh: number
  plugged: boolean
  /** On the road until then. */
  dueAt: Instant | null
  port: { bay: string; online: boolean; state: Pick<PortState, 'mark' | 'word' | 'needsAction' | 'why' | 'act'> } | null
  planned: Planned | undefined
  now: Instant
  zone: Zone
}

export type Verdict = 'ready' | 'onTrack' | 'atRisk' | 'late'
export type Readiness = {
  verdict: Verdict
  mark: Mark
  /** Why it is at risk or late; null otherwise. */
  cause: string | null
  /** `34 of 85 %` or `23 min late`; null while all is well. */
  atDeparture: string | null
  /** After this moment no act helps in time; null when it is past or unknown. */
  actBefore: Instant | null
  act: PortState['act']
}

/** An unplugged vehicle is nobody's worry yet while so much time is left over. */
const CALM_MS = minutes(45)

/**
 * Will it leave on time with what it needs? `ready`: has it. `onTrack`: the plan gives it. `late`: the plan does its best and it is not
 * enough. `atRisk`: a person must do something first (plug in, repair, look).
 */
export function readiness(facts: DepartureFacts): Readiness {
  const { socPct, batteryWh, requiredWh, planned, port, now, departsAt } = facts
  const missingWh = socPct === null ? null : Math.max(0, requiredWh - (batteryWh * socPct) / 100)
  if (missingWh === 0) return well('ready', 'normal')
  const chargeMs = missingWh === null ? null : (missingWh / (facts.maxW * facts.efficiency)) * hours(1)
  const latestStart = chargeMs === null ? null : instant(Math.floor(departsAt - chargeMs))
  const actBefore = latestStart !== null && latestStart > now ? latestStart : null
  if (facts.plugged && port?.state.needsAction) {
    const { mark, word, why } = port.state
    return {
      verdict: 'atRisk',
      mark,
      cause: `${word} at ${port.bay}. ${why}`,
      atDeparture: atDeparture(facts),
      actBefore,
      act: port.state.act,
    }
  }
  const shortfall = planned?.shortfall
  if (facts.plugged || facts.dueAt !== null) {
    if (shortfall && shortfall.missingWh > batteryWh / 100)
      return {
        verdict: 'late',
        mark: 'serious',
        cause: null,
        atDeparture: lateText(facts, shortfall.missingWh),
        actBefore: null,
        act: null,
      }
    if (facts.dueAt !== null && latestStart !== null && facts.dueAt > latestStart)
      return {
        verdict: 'late',
        mark: 'serious',
        cause: dueTooLate(facts),
        atDeparture: lateText(facts, missingWh!),
        actBefore: null,
        act: null,
      }
    return well('onTrack', 'standby')
  }
  if (latestStart !== null && latestStart - now > CALM_MS && port?.online) return { ...well('onTrack', 'standby'), act: act('plugIn') }
  const cause = port && !port.online ? `Not plugged in, and port ${port.bay} is offline.` : 'Not plugged in.'
  return { verdict: 'atRisk', mark: 'caution', cause, atDeparture: atDeparture(facts), actBefore, act: act('plugIn') }
}

const well = (verdict: Verdict, mark: Mark): Readiness => ({ verdict, mark, cause: null, atDeparture: null, actBefore: null, act: null })

/** If nothing more flows. */
const atDeparture = ({ socPct, requiredWh, batteryWh }: DepartureFacts): string =>
  `${socPct === null ? '?' : decimal(Math.min(100, socPct), 0)} of ${percent((requiredWh / batteryWh) * 100)}`

/** How much later it is ready when it goes on charging as fast as it can. */
const lateText = ({ maxW, efficiency }: DepartureFacts, missingWh: number): string =>
  `${spanText(Math.max(minutes(1), (missingWh / (maxW * efficiency)) * hours(1)))} late`

const dueTooLate = ({ dueAt, now, zone }: DepartureFacts): string =>
  `Comes back ${nearText(dueAt!, now, zone)}, too late to be charged in time.`
