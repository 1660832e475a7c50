import type { PortView } from '#lib/api/board.ts'
import { FRESH_MS, type LockOut, portState } from '#lib/charging/port-state.ts'
import { isPlugged } from '#lib/charging/port-status.ts'
import { guestId } from '#lib/fleet/need.ts'
import { socIsStale } from '#lib/fleet/soc-freshness.ts'
import { explain } from '#lib/planning/explain.ts'
import { type Planned, readyBy } from '#lib/planning/plan-index.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Steps } from '#server/store/limit.ts'
import type { PortViewRow } from '#server/store/view.ts'
import { planWords } from './plan-words.ts'

/** What a port's view needs of its depot. */
export type PortSurroundings = {
  zone: Zone
  currency: string
  stoppedAt: Instant | null
  /** By charger: the locked-out node above it. */
  lockOuts: Map<string, LockOut & { nodeId: string }>
  planned: Map<string, Planned>
  names: Map<string, string>
}

/** What charger and vehicle may take to follow a new limit before a person should look; as in the query of `earlier`. */
const SETTLE_MS = minutes(2)

/** A bay card from a row. What is not known is null, never 0. */
export function portView(row: PortViewRow, around: PortSurroundings, now: Instant): PortView {
  // a session of a vehicle that is not ours is planned under its own name
  const planned = around.planned.get(row.vehicleId ?? (row.sessionId === null ? '' : guestId(row.sessionId)))
  const plugged = row.sessionId !== null || isPlugged(row.status) === true
  const powerW = powerNow(row, now)
  const limit = limitsNow(row, now)
  const dueAt = plugged ? null : row.onRoadUntil
  const vehicle = row.vehicleId === null ? null : { name: row.vehicleName!, socPct: row.socPct, targetPct: row.targetPct!, dueAt }
  const reservation =
    row.reservationId === null ? null : { id: row.reservationId, whom: row.reservedFor!, until: whole(row.reservedUntil!) }
  const reason = planned?.reason
  const state = portState({
    ...row,
    inoperative: row.heldSince !== null,
    stoppedAt: around.stoppedAt,
    lockOut: around.lockOuts.get(row.chargerId) ?? null,
    heldW: heldNow(row, now),
    session: row.startedAt === null ? null : { startedAt: row.startedAt },
    powerW,
    wantedW: limit.wantedW,
    acceptedW: limit.acceptedW,
    settled: isSettled(row, now),
    vehicle,
    reservation,
    planSays: planned ? explain(planned.reason, planWords(around, now)) : null,
    pausedUntil: reason?.kind === 'waits' ? (reason.until ?? null) : null,
    now,
    zone: around.zone,
  })
  return {
    id: row.id,
    chargerId: row.chargerId,
    chargerName: row.chargerName,
    number: row.number,
    bay: row.bay,
    ...state,
    online: row.online,
    seenAt: row.seenAt && whole(row.seenAt),
    powerW,
    powerAt: row.powerAt && whole(row.powerAt),
    maxW: row.maxW,
    limit,
    vehicle: vehicle && {
      id: row.vehicleId!,
      name: vehicle.name,
      plugged,
      socPct: vehicle.socPct,
      socAt: row.socAt && whole(row.socAt),
      socStale: socIsStale({ at: row.socAt, saidAt: row.socSaidAt, source: row.socSource }, now),
      targetPct: vehicle.targetPct,
      departsAt: row.departsAt && whole(row.departsAt),
      readyAt: readyBy(planned, row.departsAt && whole(row.departsAt)),
      dueAt: dueAt && whole(dueAt),
    },
    session:
      row.sessionId === null
        ? null
        : {
            id: row.sessionId,
            startedAt: whole(row.startedAt!),
            energyWh: row.energyWh!,
            cost: { minor: row.costMinor!, currency: row.currency ?? around.currency },
            idTag: row.idTag!,
          },
    reservation,
    planned: ahead(row.wanted, now),
  }
}

/** Nothing flows without a session; with one only a fresh reading of a reachable charger tells. */
export const powerNow = ({ online, sessionId, powerW, powerAt }: PortViewRow, now: Instant): number | null => {
  const fresh = powerAt !== null && now - powerAt < FRESH_MS
  if (!online) return null
  if (sessionId === null) return fresh ? powerW : 0
  return fresh ? powerW : null
}

/** What was wanted, sent and accepted, at a moment. */
export function limitsNow(row: PortViewRow, now: Instant): PortView['limit'] {
  if (row.sessionId === null) return { wantedW: null, sentW: null, acceptedW: null, seen: false }
  // without a limit of its own the session follows the stored fallback
  const acceptedW = at(row.accepted, now) ?? (row.fallbackConfirmed ? row.fallbackW : null)
  const seen =
    row.accepted !== null &&
    row.acceptedAt !== null &&
    row.powerAt !== null &&
    row.powerW !== null &&
    row.powerAt > row.acceptedAt &&
    row.powerW <= acceptedW! + Math.max(acceptedW! * 0.05, 500)
  return { wantedW: at(row.wanted, now), sentW: at(row.sent, now), acceptedW, seen }
}

/** Allowed now and two minutes ago as well, by what was accepted then: a limit, else the stored fallback. */
function isSettled({ earlier, startedAt, fallbackW }: PortViewRow, now: Instant): boolean {
  const before = (now - SETTLE_MS) as Instant
  return startedAt !== null && startedAt <= before && (at(earlier, before) ?? fallbackW) > 0
}

/** What the port may draw without our say, in W, while it cannot be reached or has not confirmed its fallback. 0 when it is in hand. */
export function heldNow(row: PortViewRow, now: Instant): number {
  if (row.seenAt === null || row.heldSince !== null) return 0
  if (!row.fallbackConfirmed) return row.maxW + row.extraW
  if (row.online) return row.extraW
  const followed = row.sessionId === null ? [] : [at(row.accepted, now), row.sentOutcome === 'refused' ? null : at(row.sent, now)]
  return Math.max(row.fallbackW, ...followed.map((w) => w ?? 0)) + row.extraW
}

/** The step in force; the first one holds since ever. */
const at = (steps: Steps | null, now: Instant): number | null => {
  if (!steps || steps.length === 0) return null
  return (steps.findLast(({ from }) => from <= now) ?? steps[0]!).limitW
}

const ahead = (steps: Steps | null, now: Instant): PortView['planned'] => {
  if (!steps || steps.length === 0) return []
  return [
    { from: now, powerW: at(steps, now)! },
    ...steps.filter(({ from }) => from > now).map(({ from, limitW }) => ({ from, powerW: limitW })),
  ]
}

/** Moments from a double have fractions of a millisecond. */
const whole = (at: number): Instant => Math.round(at) as Instant
