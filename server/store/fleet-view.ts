import type { Instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

export type FleetRow = {
  id: string
  name: string
  batteryWh: number
  maxW: number
  efficiencyPermille: number
  whPerKm: number
  targetSocPct: number
  socPct: number | null
  homePortId: string | null
  /** The next departure; null: no duty is known. */
  departsAt: Instant | null
  energyWh: number | null
  /** On the road until then. */
  onRoadUntil: Instant | null
  /** A person's wish to serve it before others ends then. */
  priorityUntil: Instant | null
}

/** Every vehicle of a depot with its next departure, the earliest first. */
export const fleetRows = async ({ pool }: Database, depotId: string, now: Instant): Promise<FleetRow[]> =>
  (
    await pool.query<FleetRow>(
      `SELECT v.id, v.name, v.battery_wh AS "batteryWh", v.max_w AS "maxW", v.efficiency_permille AS "efficiencyPermille",
         v.wh_per_km AS "whPerKm", v.target_soc_pct AS "targetSocPct", v.soc_pct AS "socPct", v.home_port_id AS "homePortId",
         ${ms('next.departs_at')} AS "departsAt", next.energy_wh AS "energyWh", ${ms('road.returns_at')} AS "onRoadUntil",
         ${ms('v.priority_until')} AS "priorityUntil"
       FROM vehicle v
       LEFT JOIN LATERAL (SELECT departs_at, energy_wh FROM duty WHERE vehicle_id = v.id AND departs_at > $2 ORDER BY departs_at LIMIT 1) next ON true
       LEFT JOIN LATERAL (
         SELECT CASE WHEN returns_at > $2 THEN returns_at END AS returns_at FROM duty
         WHERE vehicle_id = v.id AND departs_at <= $2 ORDER BY departs_at DESC LIMIT 1
       ) road ON true
       WHERE v.depot_id = $1 ORDER BY next.departs_at NULLS LAST, v.name`,
      [depotId, new Date(now)],
    )
  ).rows

/** When telematics last told of any vehicle of the depot; null: never. */
export async function telematicsHeardAt({ prisma }: Database, depotId: string): Promise<Date | null> {
  const { _max } = await prisma.vehicle.aggregate({
    where: { depotId, socSource: { in: ['telematics', 'estimate'] } },
    _max: { socReceivedAt: true },
  })
  return _max.socReceivedAt
}

export type ReviewRow = { kind: string; times: number; firstAt: Instant; lastAt: Instant; subject: string | null }

/** What needs a person's review since a moment, one row a kind; `subject` of the last one, a charger by its name. */
export const reviewRows = async ({ pool }: Database, depotId: string, since: Instant): Promise<ReviewRow[]> =>
  (
    await pool.query<ReviewRow>(
      `SELECT told.kind, told.times, told."firstAt", told."lastAt", coalesce(charger.name, replace(told.subject, ':', ' ')) AS subject
       FROM (
         SELECT kind, count(*)::int AS times, ${ms('min(at)')} AS "firstAt", ${ms('max(at)')} AS "lastAt",
           (array_agg(subject ORDER BY id DESC))[1] AS subject
         FROM journal WHERE depot_id = $1 AND at >= $2 AND kind LIKE 'review.%' GROUP BY kind
       ) told LEFT JOIN charger ON told.subject = 'charger:' || charger.id
       ORDER BY told."lastAt" DESC`,
      [depotId, new Date(since)],
    )
  ).rows

export type KnockingRow = {
  identity: string
  firstAt: Instant
  lastAt: Instant
  times: number
  address: string
  reason: string
  /** It is registered in this depot; null: a stranger. */
  charger: { id: string; name: string } | null
}

/** Who was turned away at the door, the last one first: strangers, and chargers of this depot; those of others are told there. */
export const knockingRows = async ({ pool }: Database, depotId: string): Promise<KnockingRow[]> =>
  (
    await pool.query<KnockingRow>(
      `SELECT k.identity, ${ms('k.first_at')} AS "firstAt", ${ms('k.last_at')} AS "lastAt", k.times, k.address, k.reason,
         CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'name', c.name) END AS charger
       FROM knocking k LEFT JOIN charger c ON c.identity = k.identity AND c.retired_at IS NULL
       WHERE c.id IS NULL OR c.depot_id = $1
       ORDER BY k.last_at DESC LIMIT 200`,
      [depotId],
    )
  ).rows

/** How far the demo's history has been filled in; null: there is none to fill, or it is full. */
export async function historyProgress({ prisma }: Database, depotId: string): Promise<{ done: number; of: number } | null> {
  const value = (await prisma.setting.findUnique({ where: { key: `history:${depotId}` } }))?.value as
    | { done: number; of: number }
    | undefined
  return value && value.done < value.of ? { done: value.done, of: value.of } : null
}
