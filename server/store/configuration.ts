import type { ConfigurationItem } from '#lib/ocpp/configuration16.ts'
import { offlinePolicyOf } from '#lib/ocpp/offline-policy.ts'
import { modelName, type Ruled, type SettingAnswers } from '#lib/ocpp/wanted-settings.ts'
import { type Instant, instant, iso } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import { Prisma } from './generated/client.ts'
import type { JournalLine } from './journal.ts'
import { pgJson } from './json.ts'

/** A charger with its configuration and what its rules rest on. */
export type RuledRow = Ruled & {
  id: string
  depotId: string
  name: string
  firmware: string | null
  bootedAt: Instant | null
  connectedAt: Instant | null
  quirks: unknown
  items: ConfigurationItem[]
  readAt: Instant | null
  answers: SettingAnswers
  repairAutomatically: boolean
}

const at = (date: Date | null): Instant | null => date && instant(date)

/** Chargers in service with their rules, by name. */
export async function ruledChargers(db: Db, where: { id: string | { in: string[] } } | { depotId: string }): Promise<RuledRow[]> {
  const rows = await db.charger.findMany({
    where: { ...where, retiredAt: null },
    include: { depot: { select: { offlinePolicy: true, repairAutomatically: true, desired: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return rows.map((row) => ({
    id: row.id,
    depotId: row.depotId,
    name: row.name,
    firmware: row.firmware,
    bootedAt: at(row.bootedAt),
    connectedAt: at(row.connectedAt),
    quirks: row.quirks,
    items: itemsOf(row.configuration),
    readAt: at(row.configurationAt),
    answers: answersOf(row.settingAnswers),
    policy: offlinePolicyOf(row.depot.offlinePolicy),
    repairAutomatically: row.depot.repairAutomatically,
    model: modelName(row.vendor, row.model),
    group: row.groupName,
    desired: row.depot.desired,
  }))
}

/** Connected chargers whose configuration was last read before a moment, the longest ago first. */
export async function chargersToRead(db: Db, depotId: string, before: Instant, take: number): Promise<string[]> {
  const rows = await db.charger.findMany({
    where: { depotId, retiredAt: null, connectedAt: { not: null }, configurationAt: { lte: new Date(before) } },
    orderBy: { configurationAt: 'asc' },
    take,
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}

/** What a charger told of its configuration. */
export const itemsOfCharger = async (db: Db, id: string): Promise<ConfigurationItem[]> =>
  itemsOf((await db.charger.findUnique({ where: { id }, select: { configuration: true } }))?.configuration ?? [])

/** As GetConfiguration told it; nothing before the first commissioning. */
export const itemsOf = (stored: Prisma.JsonValue): ConfigurationItem[] =>
  (Array.isArray(stored) ? (stored as { key: string; value?: string | null; readonly?: boolean }[]) : []).map(
    ({ key, value, readonly }) => ({ key, value: value ?? null, readonly: readonly === true }),
  )

const answersOf = (stored: Prisma.JsonValue): SettingAnswers =>
  typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? (stored as SettingAnswers) : {}

export const saveConfiguration = (
  db: Db,
  id: string,
  data: { quirks?: object; items?: ConfigurationItem[]; readAt?: Instant; answers?: SettingAnswers },
) =>
  db.charger.update({
    where: { id },
    data: {
      ...(data.quirks && { quirks: data.quirks }),
      ...(data.items && { configuration: data.items }),
      ...(data.readAt !== undefined && { configurationAt: new Date(data.readAt) }),
      ...(data.answers && { settingAnswers: data.answers as Prisma.InputJsonValue }),
    },
    select: { id: true },
  })

/** What is written of a charger while it is set up: what it told, what it took, that it is done, and a line about it. */
export type ChargerWrite = {
  id: string
  quirks?: object
  items?: ConfigurationItem[]
  readAt?: Instant
  answers?: SettingAnswers
  commissioned?: { at: Instant; problem: string | null }
  line?: JournalLine
}

/** Writes of many chargers, each named once. Chargers that somebody else is writing are passed over unless `wait`. @returns those that were not */
export async function writeChargers(db: Db, at: Instant, realAt: Instant, writes: ChargerWrite[], wait: boolean): Promise<Set<string>> {
  const rows = writes.map(({ id, quirks, items, readAt, answers, commissioned, line }) => ({
    ...{ id, quirks, items, answers, read_at: readAt && iso(readAt), problem: commissioned?.problem },
    commissioned_at: commissioned && iso(commissioned.at),
    ...(line && { kind: line.kind, actor: line.actor, subject: line.subject, depot_id: line.depotId, data: line.data ?? {} }),
  }))
  const free = await db.$queryRaw<{ id: string }[]>`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${pgJson(rows)}::json) AS r(id text, quirks jsonb, items jsonb, answers jsonb, read_at timestamptz,
        commissioned_at timestamptz, problem text, kind text, actor text, subject text, depot_id text, data jsonb)
    ), free AS MATERIALIZED (
      SELECT c.id FROM charger c WHERE c.id IN (SELECT id FROM r) FOR NO KEY UPDATE OF c ${wait ? Prisma.empty : Prisma.sql`SKIP LOCKED`}
    ), changed AS (
      UPDATE charger c SET quirks = coalesce(r.quirks, c.quirks), configuration = coalesce(r.items, c.configuration),
        configuration_at = coalesce(r.read_at, c.configuration_at), setting_answers = coalesce(r.answers, c.setting_answers),
        commission_problem = CASE WHEN r.commissioned_at IS NULL THEN c.commission_problem ELSE r.problem END,
        commissioned_at = coalesce(r.commissioned_at, c.commissioned_at)
      FROM r JOIN free ON free.id = r.id WHERE c.id = r.id
    ), told AS (
      INSERT INTO journal (at, real_at, depot_id, actor, kind, subject, data)
      SELECT ${new Date(at)}::timestamptz, ${new Date(realAt)}::timestamptz, r.depot_id, r.actor, r.kind, r.subject, r.data
      FROM r JOIN free ON free.id = r.id WHERE r.kind IS NOT NULL
    )
    SELECT id FROM free`
  return new Set(free.map(({ id }) => id))
}

export const desiredSettings = (db: Db, depotId: string) =>
  db.desiredSetting.findMany({ where: { depotId }, orderBy: [{ kind: 'asc' }, { name: 'asc' }, { key: 'asc' }] })

export const desiredSetting = (db: Db, depotId: string, id: string) => db.desiredSetting.findFirst({ where: { depotId, id } })

/** Keys of a charger are compared without case. */
export const desiredByKey = (db: Db, where: { depotId: string; kind: string; name: string; key: string }) =>
  db.desiredSetting.findFirst({
    where: {
      depotId: where.depotId,
      kind: where.kind,
      name: { equals: where.name, mode: 'insensitive' },
      key: { equals: where.key, mode: 'insensitive' },
    },
  })

export const saveDesired = (
  db: Db,
  row: { id: string; depotId: string; kind: string; name: string; key: string; value: string; changedBy: string; changedAt: Date },
) => db.desiredSetting.upsert({ where: { id: row.id }, create: row, update: row })

export const deleteDesired = (db: Db, id: string) => db.desiredSetting.delete({ where: { id } })

export const rulesOfDepot = (db: Db, depotId: string) =>
  db.depot.findUnique({ where: { id: depotId }, select: { offlinePolicy: true, repairAutomatically: true, localListVersion: true } })

export const saveRules = (db: Db, depotId: string, data: { offlinePolicy?: string; repairAutomatically?: boolean }) =>
  db.depot.update({ where: { id: depotId }, data, select: { id: true } })
