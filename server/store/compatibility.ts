import type { Line } from '#lib/ocpp/compatibility16.ts'
import { type Measured, readMeasured } from '#lib/ocpp/quirks.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

/** A row of the raw log, as it stands behind a line. */
export type Evidence = { id: string; at: number; action: string; direction: 'in' | 'out'; messageId: string }
export type StoredLine = Line & { at: Instant; evidence: Evidence[] }
export type CheckState = 'running' | 'done' | 'cancelled' | 'broken'
export type CheckRow = {
  id: string
  depotId: string
  chargerId: string
  vendor: string | null
  model: string | null
  firmware: string | null
  state: CheckState
  grade: string | null
  lines: StoredLine[]
  measured: Measured
  detail: string | null
  createdBy: string
  startedAt: Instant
  endedAt: Instant | null
}

type Raw = Prisma.CompatibilityCheckGetPayload<object>
const checkRow = (row: Raw): CheckRow => ({
  ...row,
  state: row.state as CheckState,
  lines: row.lines as StoredLine[],
  measured: readMeasured(row.quirks),
  startedAt: instant(row.startedAt),
  endedAt: row.endedAt && instant(row.endedAt),
})

export const addCheck = (
  db: Db,
  check: Pick<CheckRow, 'id' | 'depotId' | 'chargerId' | 'vendor' | 'model' | 'firmware' | 'createdBy'> & { at: Instant },
) => {
  const { at, ...row } = check
  return db.compatibilityCheck.create({ data: { ...row, state: 'running', startedAt: new Date(at) }, select: { id: true } })
}

export const saveCheck = (
  db: Db,
  id: string,
  data: { state?: CheckState; grade?: string | null; lines?: StoredLine[]; measured?: Measured; detail?: string | null; endedAt?: Instant },
) => {
  const { measured, endedAt, ...rest } = data
  return db.compatibilityCheck.update({
    where: { id },
    data: { ...rest, ...(measured && { quirks: measured }), ...(endedAt !== undefined && { endedAt: new Date(endedAt) }) },
    select: { id: true },
  })
}

/** Newest first. */
export const checksOf = async (db: Db, chargerId: string, take = 10): Promise<CheckRow[]> =>
  (await db.compatibilityCheck.findMany({ where: { chargerId }, orderBy: { startedAt: 'desc' }, take })).map(checkRow)

export const findCheck = async (db: Db, id: string): Promise<CheckRow | undefined> => {
  const row = await db.compatibilityCheck.findUnique({ where: { id } })
  return row ? checkRow(row) : undefined
}

export const runningChecks = async (db: Db): Promise<CheckRow[]> =>
  (await db.compatibilityCheck.findMany({ where: { state: 'running' } })).map(checkRow)

/** What is known of a make and model. */
export const modelOf = (db: Db, vendor: string, model: string) => db.chargerModel.findUnique({ where: { vendor_model: { vendor, model } } })

/** What the newest finished check of each other charger of the model saw, where its firmware is that of this check. */
export async function seenAtOthers(db: Db, checkId: string, vendor: string, model: string): Promise<StoredLine[][]> {
  const own = await db.compatibilityCheck.findUnique({ where: { id: checkId }, select: { chargerId: true, firmware: true } })
  if (!own) return []
  const others = await db.compatibilityCheck.findMany({
    where: { vendor, model, firmware: own.firmware, state: 'done', chargerId: { not: own.chargerId } },
    distinct: ['chargerId'],
    orderBy: { startedAt: 'desc' },
  })
  return others.map((row) => checkRow(row).lines)
}

export const measuredOf = async (db: Db, vendor: string | null, model: string | null): Promise<Measured> =>
  vendor === null || model === null ? {} : readMeasured((await modelOf(db, vendor, model))?.quirks)

/** What was measured of the models of these chargers; those of which nothing was are left out. */
export async function measuredOfChargers(db: Db, chargerIds: string[]): Promise<Map<string, Measured>> {
  const rows = await db.$queryRaw<{ id: string; quirks: unknown }[]>`
    SELECT c.id, m.quirks FROM charger c JOIN charger_model m ON m.vendor = c.vendor AND m.model = c.model WHERE c.id = ANY(${chargerIds}::text[])`
  return new Map(rows.map(({ id, quirks }) => [id, readMeasured(quirks)]))
}

export const saveModel = (
  db: Db,
  {
    vendor,
    model,
    measured,
    grade,
    at,
    checkId,
  }: { vendor: string; model: string; measured: Measured; grade: string; at: Instant; checkId: string },
) => {
  const data = { quirks: measured, grade, checkedAt: new Date(at), checkId }
  return db.chargerModel.upsert({ where: { vendor_model: { vendor, model } }, create: { vendor, model, ...data }, update: data })
}

/** Chargers in service of one make and model, in any depot: what was measured of one holds for all. */
export const chargersOfModel = (db: Db, vendor: string, model: string) =>
  db.charger.findMany({ where: { vendor, model, retiredAt: null }, select: { id: true, depotId: true, quirks: true } })

export const waysOf = (db: Db, chargerId: string) =>
  db.charger.findUnique({ where: { id: chargerId }, select: { depotId: true, quirks: true } })

export const saveQuirks = (db: Db, chargerId: string, quirks: object) =>
  db.charger.update({ where: { id: chargerId }, data: { quirks }, select: { id: true } })

export const checkedCharger = (db: Db, id: string) =>
  db.charger.findFirst({ where: { id, retiredAt: null }, include: { ports: { orderBy: { number: 'asc' } } } })

/** The fallback of these ports is sent anew by the next pass; what they may give counts as before. */
export const fallbackAnew = (db: Db, chargerId: string) =>
  db.$executeRaw`
    UPDATE port p SET fallback_confirmed_at = c.booted_at - interval '1 second'
    FROM charger c WHERE c.id = p.charger_id AND c.id = ${chargerId} AND p.fallback_confirmed_at IS NOT NULL AND c.booted_at IS NOT NULL`

/** What passed over the wire in `[from, until]`, by action; an answer has none of its own and is found with its call. */
export async function rowsOf(db: Db, chargerId: string, from: Instant, until: Instant, actions: readonly string[]): Promise<Evidence[]> {
  const rows = await db.ocppMessage.findMany({
    where: { chargerId, at: { gte: new Date(from), lte: new Date(until) }, type: { in: ['call', 'result', 'error'] } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
    select: { id: true, at: true, action: true, direction: true, messageId: true, type: true },
  })
  const calls = new Map(rows.flatMap((row) => (row.type === 'call' && row.action ? [[row.messageId, row.action] as const] : [])))
  return rows.flatMap((row): Evidence[] => {
    const action = row.action ?? calls.get(row.messageId) ?? ''
    if (!actions.includes(action)) return []
    return [
      { id: String(row.id), at: row.at.getTime(), action, direction: row.direction === 'in' ? 'in' : 'out', messageId: row.messageId },
    ]
  })
}

/** When the last messages of an action came in, newest first. */
export const arrivals = async (db: Db, chargerId: string, action: string, since: Instant, take = 12): Promise<Instant[]> =>
  (
    await db.ocppMessage.findMany({
      where: { chargerId, action, direction: 'in', type: 'call', at: { gte: new Date(since) } },
      orderBy: { at: 'desc' },
      take,
      select: { at: true },
    })
  ).map(({ at }) => instant(at))

export const modelRows = (db: Db, depotId: string) =>
  db.charger.groupBy({
    by: ['vendor', 'model', 'firmware'],
    where: { depotId, retiredAt: null, vendor: { not: null }, model: { not: null } },
    _count: { _all: true },
    orderBy: [{ vendor: 'asc' }, { model: 'asc' }],
  })

export const knownModels = (db: Db) => db.chargerModel.findMany()
export const checksById = async (db: Db, ids: string[]) =>
  db.compatibilityCheck.findMany({ where: { id: { in: ids } }, include: { charger: { select: { id: true, name: true, depotId: true } } } })

/** Measured power of a port since, oldest first. */
export const powerSince = async (db: Db, portId: string, since: Instant): Promise<{ at: Instant; powerW: number }[]> =>
  (
    await db.meterReading.findMany({
      where: { portId, at: { gte: new Date(since) }, powerW: { not: null } },
      orderBy: { at: 'asc' },
      select: { at: true, powerW: true },
    })
  ).map(({ at, powerW }) => ({ at: instant(at), powerW: powerW! }))

/** When a session limit of at most this was accepted since; undefined: not yet. */
export async function limitAccepted(db: Db, portId: string, since: Instant, limitW: number): Promise<Instant | undefined> {
  const row = await db.limitSent.findFirst({
    where: { portId, kind: 'session', outcome: 'accepted', sentAt: { gte: new Date(since) }, answeredAt: { not: null } },
    orderBy: { id: 'desc' },
    select: { curve: true, answeredAt: true },
  })
  const first = (row?.curve as { limitW: number }[] | undefined)?.[0]
  return first && first.limitW <= limitW ? instant(row!.answeredAt!) : undefined
}

/** Open sessions at these ports. */
export const openSessions = (db: Db, portIds: string[]) =>
  db.session.findMany({
    where: { portId: { in: portIds }, stoppedAt: null },
    orderBy: { id: 'desc' },
    select: { id: true, portId: true, vehicleId: true },
  })
