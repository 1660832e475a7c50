import type { ConfigurationItem } from '#lib/ocpp/configuration16.ts'
import type { ListToken } from '#lib/ocpp/local-list.ts'
import { type OfflinePolicy, offlinePolicyOf } from '#lib/ocpp/offline-policy.ts'
import { type Instant, instant, iso } from '#lib/time/instant.ts'
import { itemsOf } from './configuration.ts'
import type { Db } from './database.ts'
import { Prisma } from './generated/client.ts'
import { pgJson } from './json.ts'

// Tokens as local lists of chargers need them: versions, what each changed, and how far each charger is.

/** Some tokens of a depot changed: one version each, in the transaction of the change. @returns the version that lists should be at. */
export async function noteTokenChanges(db: Db, depotId: string, idTags: string[], at: Instant): Promise<number> {
  const { localListVersion } = await db.depot.update({
    where: { id: depotId },
    data: { localListVersion: { increment: idTags.length } },
    select: { localListVersion: true },
  })
  const first = localListVersion - idTags.length + 1
  await db.tokenChange.createMany({ data: idTags.map((idTag, index) => ({ depotId, version: first + index, idTag })) })
  await db.token.updateMany({ where: { depotId, idTag: { in: idTags } }, data: { changedAt: new Date(at) } })
  return localListVersion
}

/** A list that is told in parts needs a version for each. */
export const raiseListVersion = (db: Db, depotId: string, least: number) =>
  db.depot.updateMany({ where: { id: depotId, localListVersion: { lt: least } }, data: { localListVersion: least } })

const PEOPLES = { kind: { not: 'central' } }

export const countTokens = (db: Db, depotId: string): Promise<number> => db.token.count({ where: { depotId, ...PEOPLES } })

/** Every token of a depot that a person or vehicle holds. `usedAt` is asked for where not all of them fit. */
export async function listTokens(db: Db, depotId: string, withUse: boolean): Promise<ListToken[]> {
  const rows = await db.token.findMany({
    where: { depotId, ...PEOPLES },
    select: { id: true, idTag: true, status: true, expiresAt: true, parentIdTag: true, changedAt: true },
  })
  const used = withUse ? await lastUses(db, depotId) : new Map<string, Date>()
  return rows.map(({ id, idTag, status, expiresAt, parentIdTag, changedAt }) => {
    const last = Math.max(used.get(id)?.getTime() ?? 0, changedAt?.getTime() ?? 0)
    return { idTag, status, parentIdTag, expiresAt: expiresAt && instant(expiresAt), usedAt: last > 0 ? instant(last) : null }
  })
}

/** When each token of a depot last began a session. */
async function lastUses(db: Db, depotId: string): Promise<Map<string, Date>> {
  const rows = await db.session.groupBy({ by: ['tokenId'], where: { depotId, tokenId: { not: null } }, _max: { startedAt: true } })
  return new Map(rows.flatMap(({ tokenId, _max }) => (tokenId && _max.startedAt ? [[tokenId, _max.startedAt] as const] : [])))
}

/** What changed after a version, in order. */
export const changesAfter = (db: Db, depotId: string, version: number) =>
  db.tokenChange.findMany({
    where: { depotId, version: { gt: version } },
    orderBy: { version: 'asc' },
    select: { version: true, idTag: true },
  })

export type ListCharger = {
  id: string
  depotId: string
  name: string
  connectedAt: Instant | null
  bootedAt: Instant | null
  items: ConfigurationItem[]
  policy: OfflinePolicy
  /** The version that it should be at, and the one that we know it to be at; null: not known. */
  wanted: number
  version: number | null
  /** When it last told or took a version. */
  at: Instant | null
  problem: string | null
  /** No token that changed up to this version is in its cache. */
  cacheVersion: number
}

const moment = (date: Date | null): Instant | null => date && instant(date)

const LIST = {
  id: true,
  depotId: true,
  name: true,
  connectedAt: true,
  bootedAt: true,
  configuration: true,
  localListVersion: true,
  localListAt: true,
  localListProblem: true,
  cacheVersion: true,
  depot: { select: { offlinePolicy: true, localListVersion: true } },
} as const

/** Chargers in service with how far their lists are, by name. */
export async function listChargers(db: Db, where: { id: string | { in: string[] } } | { depotId: string }): Promise<ListCharger[]> {
  const rows = await db.charger.findMany({ where: { ...where, retiredAt: null }, select: LIST, orderBy: [{ name: 'asc' }, { id: 'asc' }] })
  return rows.map((row) => ({
    id: row.id,
    depotId: row.depotId,
    name: row.name,
    connectedAt: moment(row.connectedAt),
    bootedAt: moment(row.bootedAt),
    items: itemsOf(row.configuration),
    policy: offlinePolicyOf(row.depot.offlinePolicy),
    wanted: row.depot.localListVersion,
    version: row.localListVersion,
    at: moment(row.localListAt),
    problem: row.localListProblem,
    cacheVersion: row.cacheVersion ?? 0,
  }))
}

/** Connected chargers of a depot whose list is not known to be where it should be, or that may hold a changed token in their cache. */
export async function chargersToTell(db: Db, depotId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM charger c JOIN depot d ON d.id = c.depot_id
    WHERE c.depot_id = ${depotId} AND c.retired_at IS NULL AND c.connected_at IS NOT NULL AND (
      c.local_list_at IS NULL OR c.local_list_at < c.connected_at OR c.local_list_at < c.booted_at
      OR (c.local_list_version IS NOT NULL AND c.local_list_version <> d.local_list_version)
      OR coalesce(c.cache_version, 0) < d.local_list_version
    ) ORDER BY c.id`
  return rows.map(({ id }) => id)
}

/** How far a charger's list is, where that is told: a property that is left out stays. */
export type ListWrite = { id: string; version?: number | null; at?: Instant | null; problem?: string | null; cacheVersion?: number }

/** Writes of many chargers, each named once. Chargers that somebody else is writing are passed over unless `wait`. @returns those that were not */
export async function saveLists(db: Db, writes: ListWrite[], wait: boolean): Promise<Set<string>> {
  const rows = writes.map(({ id, version, at, problem, cacheVersion }) => ({
    ...{ id, version, problem, at: at && iso(at), cache_version: cacheVersion },
    ...{ has_version: version !== undefined, has_at: at !== undefined, has_problem: problem !== undefined },
  }))
  const free = await db.$queryRaw<{ id: string }[]>`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${pgJson(rows)}::json) AS r(id text, version int, problem text, at timestamptz, cache_version int,
        has_version boolean, has_at boolean, has_problem boolean)
    ), free AS MATERIALIZED (
      SELECT c.id FROM charger c WHERE c.id IN (SELECT id FROM r) FOR NO KEY UPDATE OF c ${wait ? Prisma.empty : Prisma.sql`SKIP LOCKED`}
    )
    UPDATE charger c SET
      local_list_version = CASE WHEN r.has_version THEN r.version ELSE c.local_list_version END,
      local_list_at = CASE WHEN r.has_at THEN r.at ELSE c.local_list_at END,
      local_list_problem = CASE WHEN r.has_problem THEN r.problem ELSE c.local_list_problem END,
      cache_version = coalesce(r.cache_version, c.cache_version)
    FROM r JOIN free ON free.id = r.id WHERE c.id = r.id RETURNING c.id`
  return new Set(free.map(({ id }) => id))
}

export const saveList = (db: Db, id: string, data: Omit<ListWrite, 'id'>) => saveLists(db, [{ id, ...data }], true)

/** The chargers of a depot are asked anew for the version of their list. */
export const doubtLists = (db: Db, depotId: string) => db.charger.updateMany({ where: { depotId }, data: { localListAt: null } })

/** Was a token that changed after a version ever shown at this charger? Then its cache may hold what it was. */
export async function sawChangedToken(db: Db, chargerId: string, depotId: string, version: number): Promise<boolean> {
  const rows = await db.$queryRaw<{ seen: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM token_change t WHERE t.depot_id = ${depotId} AND t.version > ${version} AND (
        EXISTS (
          SELECT FROM session s WHERE s.port_id = ANY(ARRAY(SELECT id FROM port WHERE charger_id = ${chargerId})) AND s.id_tag = t.id_tag
            AND (s.stopped_at IS NULL OR s.stopped_at IS NOT NULL)
        )
        OR EXISTS (
          SELECT FROM journal j WHERE j.subject = ${`charger:${chargerId}`} AND j.kind = 'token.accepted'
            AND upper(j.data->>'idTag') = t.id_tag
        )
      )
    ) AS seen`
  return rows[0]?.seen ?? false
}
