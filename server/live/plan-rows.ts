import type { PortView } from '#lib/api/board.ts'
import type { PlanRow } from '#lib/api/plan.ts'
import { explain, explainShortfall, stopIn, type Words } from '#lib/planning/explain.ts'
import type { Need } from '#lib/planning/input.ts'
import { type Planned, readyBy } from '#lib/planning/plan-index.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import type { FleetRow } from '#server/store/fleet-view.ts'
import type { StoredPlan } from '#server/store/plan.ts'
import type { Departing } from './departures.ts'
import type { planHolds } from './plan-holds.ts'
import { planWords } from './plan-words.ts'
import type { PortSurroundings } from './port-view.ts'
import { remedyWords, sharedCause } from './remedy-words.ts'

type RowFacts = {
  vehicle: FleetRow
  departure: Departing | undefined
  port: PortView | undefined
  stored: StoredPlan | undefined
  around: PortSurroundings
  holds: ReturnType<typeof planHolds> | undefined
  charged: { from: Instant; powerW: number }[]
  now: Instant
}

/** The row of a vehicle of the fleet. */
export function rowOf({ vehicle, departure, port, stored, around, holds, charged, now }: RowFacts): PlanRow {
  const planned = around.planned.get(vehicle.id)
  const need = stored?.input.needs.find(({ id }) => id === vehicle.id)
  const words = planWords(around, now)
  const plugged = port?.vehicle?.plugged === true && port.vehicle.id === vehicle.id
  const { ready } = departure ?? {}
  const word = WORD[ready?.verdict ?? 'onTrack']
  return {
    vehicleId: vehicle.id,
    name: vehicle.name,
    ofFleet: true,
    portId: port?.id ?? null,
    bay: port?.bay ?? null,
    mark: plugged && port ? port.mark : (ready?.mark ?? 'off'),
    word: plugged && port ? port.word : departure ? word : vehicle.departsAt === null ? 'No duty' : 'Leaves later',
    socPct: vehicle.socPct,
    targetPct: vehicle.targetSocPct,
    pluggedFrom: plugged ? (port?.session?.startedAt ?? now) : vehicle.onRoadUntil,
    departsAt: vehicle.departsAt,
    readyAt: readyBy(planned, vehicle.departsAt),
    charged: closed(charged.map(({ from, powerW }) => ({ from: instant(Number(from)), powerW }))),
    unconfirmed: !plugged || port?.online === false || port?.session?.id === undefined,
    maxW: Math.min(vehicle.maxW, port?.maxW ?? vehicle.maxW),
    needWh: need?.energyWh ?? 0,
    note: planned?.shortfall ? explainShortfall(planned.shortfall, words) : (ready?.cause ?? plugInNote(planned, words.time)),
    firstUntil: need?.chargeFirst && vehicle.priorityUntil !== null && vehicle.priorityUntil > now ? vehicle.priorityUntil : null,
    ...plannedPart({ planned, port, stored, holds, words, now }),
  }
}

type GuestFacts = Pick<RowFacts, 'port' | 'stored' | 'around' | 'holds' | 'now'> & { need: Need }

/** The row of a vehicle that is not of the fleet: what it needs and how long it stays is assumed, its name is its bay's. */
export function guestRow({ need, port, stored, around, holds, now }: GuestFacts): PlanRow {
  const planned = around.planned.get(need.id)
  const words = planWords(around, now)
  return {
    vehicleId: need.id,
    name: words.vehicle!(need.id),
    ofFleet: false,
    portId: port?.id ?? null,
    bay: port?.bay ?? null,
    mark: port?.mark ?? 'off',
    word: port?.word ?? 'Gone',
    socPct: null,
    targetPct: null,
    pluggedFrom: port?.session?.startedAt ?? null,
    departsAt: need.departs,
    readyAt: readyBy(planned, need.departs),
    charged: [],
    unconfirmed: port?.online === false,
    maxW: need.maxW,
    needWh: need.energyWh,
    note: planned?.shortfall ? explainShortfall(planned.shortfall, words) : null,
    firstUntil: null,
    ...plannedPart({ planned, port, stored, holds, words, now }),
  }
}

/** What the plan has for it, and why. */
function plannedPart({
  planned,
  port,
  stored,
  holds,
  words,
  now,
}: Pick<RowFacts, 'port' | 'stored' | 'holds' | 'now'> & { planned: Planned | undefined; words: Words }) {
  const until = planned?.reason.kind === 'waits' ? planned.reason.until : undefined
  return {
    planned: stored && planned ? plannedSteps(stored.plan, planned, now) : [],
    missingWh: planned?.shortfall?.missingWh ?? 0,
    shortBecause: planned?.shortfall ? sharedCause(planned.shortfall.cause, words) : null,
    why: planned ? explain(planned.reason, words) : 'Not in the plan.',
    holds: planned && holds && !stopIn(planned.reason) ? holds(planned, port?.id, until) : [],
    holdsUntil: until ?? null,
    extraCostMicro: planned?.reason.kind === 'charging' ? planned.reason.extraCostMicro : 0,
    remedies: (planned?.shortfall?.remedies ?? []).map((each) => ({ word: remedyWords(each, words).word, kind: each.kind })),
  }
}

const plugInNote = (planned: Planned | undefined, time: (at: Instant) => string): string | null =>
  planned?.plugInBy === undefined ? null : `To be plugged in by ${time(planned.plugInBy)}.`

const WORD = { ready: 'Ready', onTrack: 'On track', atRisk: 'At risk', late: 'Late' } as const

/** Quarter hours as steps that fall to nothing where a quarter is missing. */
const closed = (quarters: { from: Instant; powerW: number }[]): { from: Instant; powerW: number }[] =>
  quarters.flatMap((quarter, i) => {
    const end = plus(quarter.from, minutes(15))
    return quarters[i + 1]?.from === end ? [quarter] : [quarter, { from: end, powerW: 0 }]
  })

const plannedSteps = ({ from, slotMinutes }: Plan, { powerW }: Planned, now: Instant): { from: Instant; powerW: number }[] => {
  const steps = powerW.flatMap((w, slot) => {
    if (w === (powerW[slot - 1] ?? 0) && slot > 0) return []
    return [{ from: Math.max(now, from + slot * minutes(slotMinutes)) as Instant, powerW: w }]
  })
  const end = plus(from, powerW.length * minutes(slotMinutes))
  return (powerW.at(-1) ?? 0) > 0 ? [...steps, { from: end, powerW: 0 }] : steps
}
