import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import { refusedStart } from './refused-start.ts'

/** What steering and planning know of a depot, as plain data read in one transaction. Moments are instants, powers are W. */
export type Site = {
  depot: {
    id: string
    name: string
    zone: string
    currency: string
    policy: string
    plugAndGo: boolean
    fallbackPermille: number
    stoppedAt: Instant | undefined
  }
  nodes: SiteNodeRow[]
  chargers: ChargerRow[]
  ports: PortRow[]
  sessions: SessionRow[]
}
export type SiteNodeRow = {
  id: string
  parentId: string | null
  kind: string
  name: string
  breakerMa: number | null
  limitIncludesContinuous: boolean
  volts: number
  wiring: string
  phases: number
  limitW: number | null
  phaseLimitMa: number | null
  lockedOutAt: Instant | undefined
  lockedOutBy: string | null
}
export type ChargerRow = {
  id: string
  nodeId: string
  name: string
  maxW: number
  bootedAt: Instant | undefined
  seenAt: Instant | undefined
  firmware: string | null
  identity: string
  /** accepted | pending | rejected */
  registration: string
  localListVersion: number | null
  quirks: Record<string, unknown>
  clockOffsetMs: number
  disobedientSince: Instant | undefined
  extraW: number
}
export type PortRow = {
  id: string
  chargerId: string
  number: number
  bay: string
  maxW: number
  minW: number
  stepMa: number
  phases: number
  volts: number
  wiring: string
  /** "l2 l3 l1": conductors of the site, in the order of its own. */
  lines: string | null
  /** A plug of direct current: the vehicle's phases do not matter. */
  directCurrent: boolean
  status: string
  pluggedAt: Instant | undefined
  powerW: number | null
  powerAt: Instant | undefined
  fallbackW: number
  fallbackConfirmedAt: Instant | undefined
  fallbackCountsAt: Instant | undefined
  heldReason: string | null
  inoperativeAt: Instant | undefined
}
/** An open session. */
export type SessionRow = {
  id: number
  portId: string
  vehicleId: string | null
  idTag: string
  startedAt: Instant
  energyWh: number
  vehiclePhases: number | null
  /** Its card was not let charge, and nothing was charged. */
  refused: boolean
  /** It began while its port was out of use. */
  startedHeld: boolean
  /** Its connector is not in our records: it stands at the charger's first port, and keeps nobody from starting there. */
  elsewhere: boolean
}

const at = (date: Date | null): Instant | undefined => (date ? instant(date) : undefined)

/** As the statement says it: moments are ms, and null where there is none. */
type Said<Row> = { [Key in keyof Row]: undefined extends Row[Key] ? Exclude<Row[Key], undefined> | null : Row[Key] }
type SaidSite = {
  depot: Said<Site['depot']>
  nodes: Said<SiteNodeRow>[]
  chargers: Said<ChargerRow>[]
  ports: Said<PortRow>[]
  sessions: SessionRow[]
}
const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

// the compiler tells which column is missing: one that is not read would be taken for one without a value
const DEPOT: Record<keyof Site['depot'], string> = {
  ...{ id: 'd.id', name: 'd.name', zone: 'd.zone', currency: 'd.currency', policy: 'd.policy', plugAndGo: 'd.plug_and_go' },
  ...{ fallbackPermille: 'd.fallback_permille', stoppedAt: ms('d.stopped_at') },
}
const NODE: Record<keyof SiteNodeRow, string> = {
  ...{ id: 'n.id', parentId: 'n.parent_id', kind: 'n.kind', name: 'n.name', breakerMa: 'n.breaker_ma' },
  ...{ limitIncludesContinuous: 'n.limit_includes_continuous', volts: 'n.volts', wiring: 'n.wiring', phases: 'n.phases' },
  ...{ limitW: 'n.limit_w', phaseLimitMa: 'n.phase_limit_ma', lockedOutAt: ms('n.locked_out_at'), lockedOutBy: 'n.locked_out_by' },
}
const CHARGER: Record<keyof ChargerRow, string> = {
  ...{ id: 'c.id', nodeId: 'c.node_id', name: 'c.name', maxW: 'c.max_w', bootedAt: ms('c.booted_at'), seenAt: ms('c.seen_at') },
  ...{ firmware: 'c.firmware', identity: 'c.identity', registration: 'c.registration', localListVersion: 'c.local_list_version' },
  ...{ quirks: 'c.quirks', clockOffsetMs: 'c.clock_offset_ms', disobedientSince: ms('c.disobedient_since'), extraW: 'c.extra_w' },
}
const PORT: Record<keyof PortRow, string> = {
  ...{ id: 'p.id', chargerId: 'p.charger_id', number: 'p.number', bay: 'p.bay', maxW: 'p.max_w', minW: 'p.min_w', stepMa: 'p.step_ma' },
  ...{ phases: 'p.phases', volts: 'p.volts', wiring: 'p.wiring', lines: 'p.lines', status: 'p.status', pluggedAt: ms('p.plugged_at') },
  ...{ powerW: 'p.power_w', powerAt: ms('p.power_at'), fallbackW: 'p.fallback_w', fallbackConfirmedAt: ms('p.fallback_confirmed_at') },
  directCurrent: "EXISTS (SELECT FROM connector k WHERE k.port_id = p.id AND k.standard ~* 'ccs|chademo|mcs')",
  ...{ fallbackCountsAt: ms('p.fallback_counts_at'), heldReason: 'p.held_reason', inoperativeAt: ms('p.inoperative_at') },
}
const SESSION: Record<keyof SessionRow, string> = {
  ...{
    id: 's.id',
    portId: 's.port_id',
    vehicleId: 's.vehicle_id',
    idTag: 's.id_tag',
    startedAt: ms('s.started_at'),
    energyWh: 's.energy_wh',
    vehiclePhases: '(SELECT v.phases FROM vehicle v WHERE v.id = s.vehicle_id)',
    refused: refusedStart('s'),
    startedHeld: "'heldPort' = ANY(s.flags)",
    elsewhere: "'unknownPort' = ANY(s.flags)",
  },
}
const object = (columns: Record<string, string>) =>
  `json_build_object(${Object.entries(columns).map(([name, column]) => `'${name}', ${column}`)})`
const list = (columns: Record<string, string>, order: string, from: string) =>
  `(SELECT coalesce(json_agg(${object(columns)} ORDER BY ${order}), '[]') FROM ${from})`

// one text, past Prisma: a pass over 200 chargers reads some ten thousand values, and there may be fifty such depots
const SITE = `
  SELECT ${object({
    depot: object(DEPOT),
    nodes: list(NODE, 'n.id', 'site_node n WHERE n.depot_id = d.id'),
    chargers: list(CHARGER, 'c.id', 'charger c WHERE c.depot_id = d.id AND c.retired_at IS NULL'),
    ports: list(PORT, 'c.id, p.number', 'charger c JOIN port p ON p.charger_id = c.id WHERE c.depot_id = d.id AND c.retired_at IS NULL'),
    sessions: list(
      SESSION,
      `'unknownPort' = ANY(s.flags), s.started_at DESC, s.id DESC`,
      'session s WHERE s.depot_id = d.id AND s.stopped_at IS NULL',
    ),
  })} AS site FROM depot d WHERE d.id = $1`

/** A depot with its tree, chargers in service, ports and open sessions (newest first; those at connectors that we do not know last). Undefined: there is no such depot. */
export async function readSite(db: Db, depotId: string): Promise<Site | undefined> {
  const [row] = await db.$queryRawUnsafe<{ site: SaidSite }[]>(SITE, depotId)
  if (!row) return undefined
  const { depot, nodes, chargers, ports, sessions } = row.site
  return {
    depot: { ...depot, stoppedAt: depot.stoppedAt ?? undefined },
    nodes: nodes.map((node) => ({ ...node, lockedOutAt: node.lockedOutAt ?? undefined })),
    chargers: chargers.map((charger) => ({
      ...charger,
      bootedAt: charger.bootedAt ?? undefined,
      seenAt: charger.seenAt ?? undefined,
      disobedientSince: charger.disobedientSince ?? undefined,
      quirks: charger.quirks ?? {},
    })),
    ports: ports.map((port) => ({
      ...port,
      pluggedAt: port.pluggedAt ?? undefined,
      powerAt: port.powerAt ?? undefined,
      fallbackConfirmedAt: port.fallbackConfirmedAt ?? undefined,
      fallbackCountsAt: port.fallbackCountsAt ?? undefined,
      inoperativeAt: port.inoperativeAt ?? undefined,
    })),
    sessions,
  }
}

export const depotIds = async (db: Db): Promise<string[]> =>
  (await db.depot.findMany({ select: { id: true }, orderBy: { id: 'asc' } })).map(({ id }) => id)

/** Serialises whatever decides about a depot's power, across processes, until the end of the transaction. */
export const lockDepot = async (db: Db, depotId: string): Promise<void> => {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('steer'), hashtext(${depotId}))`
}

export type BaseLoadRow = {
  nodeId: string
  startsAt: Instant
  minutes: number
  /** Null: nothing was foreseen. */
  forecastW: number | null
  upperW: number | null
  measuredW: number | null
  measuredMeanW: number | null
  measuredHighestW: number | null
  measuredAt: Instant | undefined
  /** l1 to l3; empty: the meter tells the whole only. */
  measuredMa: number[]
}

/** Base load of a depot's nodes in `[from, until)`, ascending. */
export async function readBaseLoad(db: Db, depotId: string, from: Instant, until: Instant): Promise<BaseLoadRow[]> {
  const rows = await db.baseLoad.findMany({
    where: { node: { depotId }, startsAt: { gte: new Date(from), lt: new Date(until) } },
    orderBy: [{ nodeId: 'asc' }, { startsAt: 'asc' }],
  })
  const known = new Set(rows.map(({ nodeId }) => nodeId))
  const most = await db.baseLoad.groupBy({
    by: ['nodeId'],
    where: { node: { depotId } },
    _max: { upperW: true, forecastW: true, measuredW: true, measuredHighestW: true },
  })
  // a forecast that ran out is not a building that draws nothing: the most that was ever known of it counts
  const stale = most
    .filter(({ nodeId }) => !known.has(nodeId))
    .map(({ nodeId, _max }) => {
      const upperW = Math.max(_max.upperW ?? 0, _max.measuredW ?? 0, _max.measuredHighestW ?? 0)
      return {
        nodeId,
        startsAt: from,
        minutes: (until - from) / 60_000,
        forecastW: _max.forecastW ?? upperW,
        upperW,
        measuredW: null,
        measuredMeanW: null,
        measuredHighestW: null,
        measuredAt: undefined,
        measuredMa: [],
      }
    })
  return [...rows.map((row) => ({ ...row, startsAt: instant(row.startsAt), measuredAt: at(row.measuredAt) })), ...stale]
}

/** "Stop all": set by a person, lifted by a person. */
export const setStopped = (db: Db, depotId: string, at: Instant | null, by: string | null) =>
  db.depot.update({ where: { id: depotId }, data: { stoppedAt: at === null ? null : new Date(at), stoppedBy: by } })

export const setLockedOut = (db: Db, nodeId: string, at: Instant | null, by: string | null) =>
  db.siteNode.update({ where: { id: nodeId }, data: { lockedOutAt: at === null ? null : new Date(at), lockedOutBy: by } })

export const setPolicy = (db: Db, depotId: string, policy: string) => db.depot.update({ where: { id: depotId }, data: { policy } })

export const setPort = (
  db: Db,
  id: string,
  data: { heldReason?: string | null; inoperativeAt?: Date | null; fallbackW?: number; fallbackConfirmedAt?: Date | null },
) => db.port.update({ where: { id }, data })

/** The same for many ports at once. */
export const setPorts = (db: Db, ids: string[], data: { heldReason?: string | null; inoperativeAt?: Date | null }) =>
  db.port.updateMany({ where: { id: { in: ids } }, data })

export const setDisobedience = (db: Db, chargerId: string, since: Instant | null, extraW: number) =>
  db.charger.update({ where: { id: chargerId }, data: { disobedientSince: since === null ? null : new Date(since), extraW } })

export type Disobedience = { since: Instant | undefined; held: string | null }

/** Since when the chargers of these ports draw too much, and why a port is held. Which of several ports it is nobody wrote down: then undefined. */
export async function disobedienceOf(db: Db, portIds: string[]): Promise<Map<string, Disobedience>> {
  const rows = await db.$queryRaw<{ id: string; held: string | null; since: Date | null }[]>`
    SELECT p.id, p.held_reason AS held,
      CASE WHEN (SELECT count(*) FROM port o WHERE o.charger_id = p.charger_id) = 1 THEN c.disobedient_since END AS since
    FROM port p JOIN charger c ON c.id = p.charger_id WHERE p.id = ANY(${portIds}::text[])`
  return new Map(rows.map(({ id, held, since }) => [id, { held, since: at(since) }]))
}

/** Which of these depots are stopped, or have a part of their tree locked out. */
export async function depotsHeld(db: Db, depotIds: string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT d.id FROM depot d WHERE d.id = ANY(${depotIds}::text[])
      AND (d.stopped_at IS NOT NULL OR EXISTS (SELECT FROM site_node n WHERE n.depot_id = d.id AND n.locked_out_at IS NOT NULL))`
  return rows.map(({ id }) => id)
}

/** A session goes on that began while its port was out of use, and the port still is. */
export async function hasHeldStarts(db: Db, depotId: string): Promise<boolean> {
  const rows = await db.$queryRaw<object[]>`
    SELECT 1 FROM charger c JOIN port p ON p.charger_id = c.id AND p.held_reason IS NOT NULL
    JOIN session s ON s.port_id = p.id AND s.stopped_at IS NULL AND 'heldPort' = ANY(s.flags)
    WHERE c.depot_id = ${depotId} LIMIT 1`
  return rows.length > 0
}
