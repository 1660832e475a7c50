import type { ConfigurationItem } from '#lib/ocpp/configuration16.ts'
import { offlinePolicyOf } from '#lib/ocpp/offline-policy.ts'
import { modelName, type Ruled, type SettingAnswers } from '#lib/ocpp/wanted-settings.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

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
export async function ruledChargers(db: Db, where: { id: string } | { depotId: string }): Promise<RuledRow[]> {
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
