import type { PortStatus } from '#lib/charging/event.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'
import type { Steps } from './limit.ts'
import { refusedStart } from './refused-start.ts'

/** All that a bay card needs of one port, from one query. Moments are UTC ms, powers W. */
export type PortViewRow = {
  id: string
  chargerId: string
  chargerName: string
  depotId: string
  number: number
  bay: string
  maxW: number
  status: PortStatus
  statusAt: Instant | null
  errorCode: string | null
  vendorErrorCode: string | null
  pluggedAt: Instant | null
  powerW: number | null
  powerAt: Instant | null
  fallbackW: number
  fallbackConfirmed: boolean
  heldReason: string | null
  heldSince: Instant | null
  online: boolean
  seenAt: Instant | null
  disobedientSince: Instant | null
  extraW: number
  sessionId: number | null
  startedAt: Instant | null
  energyWh: number | null
  costMinor: number | null
  currency: string | null
  idTag: string | null
  vehicleId: string | null
  vehicleName: string | null
  socPct: number | null
  socAt: Instant | null
  socSource: string | null
  /** When the vehicle or its meter was last heard to tell a state of charge. */
  socSaidAt: Instant | null
  targetPct: number | null
  departsAt: Instant | null
  onRoadUntil: Instant | null
  reservationId: number | null
  reservedFor: string | null
  reservedUntil: Instant | null
  /** The charger can keep ports free. */
  reserves: boolean
  wanted: Steps | null
  sent: Steps | null
  sentOutcome: string | null
  accepted: Steps | null
  acceptedAt: Instant | null
  /** The limit that was accepted two minutes ago. */
  earlier: Steps | null
}

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

// a session without a vehicle stays without one: the van that usually stands here may be on the road; at a charger that nobody let in stands none,
// nor where its card was refused while it was taken elsewhere
const PORTS = `
SELECT p.id, p.charger_id AS "chargerId", c.name AS "chargerName", c.depot_id AS "depotId", p.number, p.bay, p.max_w AS "maxW",
  p.status, ${ms('p.status_at')} AS "statusAt", p.error_code AS "errorCode", p.vendor_error_code AS "vendorErrorCode",
  ${ms('p.plugged_at')} AS "pluggedAt", p.power_w AS "powerW", ${ms('p.power_at')} AS "powerAt",
  p.fallback_w AS "fallbackW", p.fallback_confirmed_at IS NOT NULL AS "fallbackConfirmed",
  p.held_reason AS "heldReason", ${ms('p.inoperative_at')} AS "heldSince",
  c.connected_at IS NOT NULL AS online, ${ms('c.seen_at')} AS "seenAt", ${ms('c.disobedient_since')} AS "disobedientSince", c.extra_w AS "extraW",
  s.id AS "sessionId", ${ms('s.started_at')} AS "startedAt", s.energy_wh::float8 AS "energyWh", s.cost_minor::float8 AS "costMinor",
  s.currency, s.id_tag AS "idTag",
  v.id AS "vehicleId", v.name AS "vehicleName", v.soc_pct AS "socPct", ${ms('v.soc_at')} AS "socAt", v.soc_source AS "socSource", ${ms('v.soc_received_at')} AS "socSaidAt",
  v.target_soc_pct AS "targetPct",
  ${ms('next.departs_at')} AS "departsAt", ${ms('road.returns_at')} AS "onRoadUntil",
  res.id AS "reservationId", res.whom AS "reservedFor", ${ms('res.expires_at')} AS "reservedUntil",
  coalesce((c.quirks->>'reserves')::boolean, false) AS reserves,
  w.curve AS wanted, sent.curve AS sent, sent.outcome AS "sentOutcome", ok.curve AS accepted, ${ms('ok.answered_at')} AS "acceptedAt",
  was.curve AS earlier
FROM port p JOIN charger c ON c.id = p.charger_id AND c.retired_at IS NULL
LEFT JOIN (SELECT DISTINCT ON (port_id) * FROM session WHERE stopped_at IS NULL ORDER BY port_id, 'unknownPort' = ANY(flags), started_at DESC, id DESC) s ON s.port_id = p.id
LEFT JOIN (
  SELECT DISTINCT ON (home_port_id) home_port_id, id FROM vehicle h WHERE home_port_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM session o JOIN port op ON op.id = o.port_id JOIN charger oc ON oc.id = op.charger_id
      WHERE o.stopped_at IS NULL AND o.vehicle_id = h.id AND o.port_id <> h.home_port_id AND oc.registration = 'accepted')
  ORDER BY home_port_id, id
) home ON home.home_port_id = p.id
LEFT JOIN vehicle v ON c.registration = 'accepted' AND v.id = CASE
  WHEN s.id IS NULL THEN home.id
  WHEN ${refusedStart('s')} AND EXISTS (SELECT FROM session o JOIN port op ON op.id = o.port_id JOIN charger oc ON oc.id = op.charger_id
    WHERE o.stopped_at IS NULL AND o.vehicle_id = s.vehicle_id AND o.port_id <> p.id AND oc.registration = 'accepted' AND NOT ${refusedStart('o')}) THEN NULL
  ELSE s.vehicle_id END
LEFT JOIN LATERAL (SELECT departs_at FROM duty WHERE vehicle_id = v.id AND departs_at > $2 ORDER BY departs_at LIMIT 1) next ON true
LEFT JOIN LATERAL (
  SELECT CASE WHEN returns_at > $2 THEN returns_at END AS returns_at FROM duty
  WHERE vehicle_id = v.id AND departs_at <= $2 ORDER BY departs_at DESC LIMIT 1
) road ON true
LEFT JOIN LATERAL (
  SELECT r.id, r.expires_at, coalesce((SELECT name FROM vehicle WHERE id = r.vehicle_id), r.id_tag) AS whom FROM reservation r
  WHERE r.charger_id = c.id AND r.state IN ('accepted', 'unknown') AND r.expires_at > $2
    AND (r.number = p.number OR (r.number = 0 AND p.status = 'reserved')) ORDER BY r.number DESC, r.id DESC LIMIT 1
) res ON true
LEFT JOIN limit_wanted w ON w.port_id = p.id
LEFT JOIN LATERAL (
  SELECT curve, outcome FROM limit_sent
  WHERE port_id = p.id AND s.id IS NOT NULL AND session_id = s.id AND kind = 'session' AND outcome <> 'notSent' ORDER BY id DESC LIMIT 1
) sent ON true
LEFT JOIN LATERAL (
  SELECT curve, answered_at FROM limit_sent
  WHERE port_id = p.id AND s.id IS NOT NULL AND session_id = s.id AND kind = 'session' AND outcome = 'accepted' ORDER BY id DESC LIMIT 1
) ok ON true
LEFT JOIN LATERAL (
  SELECT curve FROM limit_sent
  WHERE port_id = p.id AND s.id IS NOT NULL AND session_id = s.id AND kind = 'session' AND outcome = 'accepted'
    AND answered_at <= $2::timestamptz - interval '2 minutes' ORDER BY id DESC LIMIT 1
) was ON true
WHERE `

/** Ports of a depot, by bay. */
export const depotPortRows = async ({ pool }: Database, depotId: string, now: Instant): Promise<PortViewRow[]> =>
  (await pool.query<PortViewRow>(`${PORTS} c.depot_id = $1 ORDER BY length(p.bay), p.bay, p.id`, [depotId, new Date(now)])).rows

/** Some ports, in no order; those that are not there are left out. */
export const portRows = async ({ pool }: Database, portIds: string[], now: Instant): Promise<PortViewRow[]> =>
  (await pool.query<PortViewRow>(`${PORTS} p.id = ANY($1)`, [portIds, new Date(now)])).rows

export type DepotRow = {
  id: string
  name: string
  zone: string
  currency: string
  policy: string
  demo: boolean
  stoppedAt: Date | null
}
export const depotRow = ({ prisma }: Database, id: string): Promise<DepotRow | null> =>
  prisma.depot.findUnique({
    where: { id },
    select: { id: true, name: true, zone: true, currency: true, policy: true, demo: true, stoppedAt: true },
  })

/** All depots, or some, by name. */
export const depotRows = ({ prisma }: Database, ids: string[] | 'all'): Promise<DepotRow[]> =>
  prisma.depot.findMany({
    where: ids === 'all' ? {} : { id: { in: ids } },
    orderBy: { name: 'asc' },
    select: { id: true, name: true, zone: true, currency: true, policy: true, demo: true, stoppedAt: true },
  })

/** Names of vehicles, nodes, chargers and ports of a depot by id, for sentences; of vehicles that are not of the fleet by their bay. */
export async function namesOf({ pool }: Database, depotId: string): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ id: string; name: string }>(
    `SELECT id, name FROM vehicle WHERE depot_id = $1 UNION ALL SELECT id, name FROM site_node WHERE depot_id = $1
     UNION ALL SELECT id, name FROM charger WHERE depot_id = $1
     UNION ALL SELECT 'session-' || s.id, 'Guest at bay ' || p.bay FROM session s JOIN port p ON p.id = s.port_id
       WHERE s.depot_id = $1 AND s.stopped_at IS NULL AND s.vehicle_id IS NULL
     UNION ALL SELECT p.id, 'port ' || p.bay FROM port p JOIN charger c ON c.id = p.charger_id WHERE c.depot_id = $1`,
    [depotId],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** The node that each charger of a depot hangs on. */
export const chargerNodes = async ({ prisma }: Database, depotId: string): Promise<Map<string, string>> =>
  new Map((await prisma.charger.findMany({ where: { depotId }, select: { id: true, nodeId: true } })).map(({ id, nodeId }) => [id, nodeId]))

/** A locked-out node and a charger under it. */
export type LockOutRow = { chargerId: string; nodeId: string; node: string; since: Date; by: string | null }

/** Chargers under a locked-out node, each with the nearest one. */
export const lockOutRows = async ({ pool }: Database, depotId: string): Promise<LockOutRow[]> =>
  (
    await pool.query<LockOutRow>(
      `WITH RECURSIVE under AS (
         SELECT id, id AS top, 0 AS depth FROM site_node WHERE depot_id = $1 AND locked_out_at IS NOT NULL
         UNION ALL SELECT n.id, u.top, u.depth + 1 FROM site_node n JOIN under u ON n.parent_id = u.id WHERE u.depth < 64
       )
       SELECT DISTINCT ON (c.id) c.id AS "chargerId", t.id AS "nodeId", t.name AS node, t.locked_out_at AS since, t.locked_out_by AS by
       FROM under u JOIN charger c ON c.node_id = u.id AND c.retired_at IS NULL JOIN site_node t ON t.id = u.top ORDER BY c.id, u.depth`,
      [depotId],
    )
  ).rows
