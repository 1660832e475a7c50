import type { LogKind } from '#lib/api/file.ts'
import type { LogState } from '#lib/charging/log-progress.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { LogRequest } from './generated/client.ts'

export type LogRequestRow = Omit<LogRequest, 'kind' | 'state'> & { kind: LogKind; state: LogState }

const row = (each: LogRequest): LogRequestRow => ({ ...each, kind: each.kind as LogKind, state: each.state as LogState })

export type NewLogRequest = {
  depotId: string
  chargerId: string
  kind: LogKind
  fileId: string | null
  /** Of a caller who sent the message with a number of its own; else it is the row's own number. */
  requestId?: number
  state: LogState
  createdBy: string
  at: Instant
}

/** @returns its number, which GetLog carries as requestId */
export async function addLogRequest(db: Db, { at, requestId, ...request }: NewLogRequest): Promise<number> {
  const when = new Date(at)
  const { id } = await db.logRequest.create({ data: { ...request, createdAt: when, stateAt: when }, select: { id: true } })
  // a message of the protocol needs one before it is sent; diagnostics have none
  if (request.kind !== 'diagnostics') await db.logRequest.update({ where: { id }, data: { requestId: requestId ?? id } })
  return id
}

/** The row, locked until the end of the transaction, so that a notification and the file itself do not pass each other. */
export async function lockLogRequest(db: Db, id: number): Promise<LogRequestRow | undefined> {
  await db.$executeRaw`SELECT 1 FROM log_request WHERE id = ${id} FOR UPDATE`
  const found = await db.logRequest.findUnique({ where: { id } })
  return found ? row(found) : undefined
}

export const writeLogState = (
  db: Db,
  id: number,
  data: { state: LogState; detail: string | null; stateAt: Instant; endedAt: Instant | null },
) =>
  db.logRequest.update({
    where: { id },
    data: {
      state: data.state,
      detail: data.detail,
      stateAt: new Date(data.stateAt),
      endedAt: data.endedAt === null ? null : new Date(data.endedAt),
    },
  })

export const logRequestOfFile = async (db: Db, fileId: string): Promise<number | undefined> =>
  (await db.logRequest.findFirst({ where: { fileId }, select: { id: true } }))?.id

/** Newest first. */
export const logRequestsOf = async (db: Db, chargerId: string, take = 50): Promise<LogRequestRow[]> =>
  (await db.logRequest.findMany({ where: { chargerId }, orderBy: { id: 'desc' }, take })).map(row)

/** The newest with this request id. */
export const findLogRequest = async (db: Db, chargerId: string, requestId: number): Promise<LogRequestRow | undefined> => {
  const found = await db.logRequest.findFirst({ where: { chargerId, requestId }, orderBy: { id: 'desc' } })
  return found ? row(found) : undefined
}

const UNDER_WAY: LogState[] = ['asked', 'uploading']

/** The newest of these kinds; under way if any is. */
export async function newestLogRequest(db: Db, chargerId: string, kinds: LogKind[]): Promise<LogRequestRow | undefined> {
  const where = { chargerId, kind: { in: kinds } }
  const found =
    (await db.logRequest.findFirst({ where: { ...where, state: { in: UNDER_WAY } }, orderBy: { id: 'desc' } })) ??
    (await db.logRequest.findFirst({ where, orderBy: { id: 'desc' } }))
  return found ? row(found) : undefined
}

export const underWayLogs = async (db: Db, where: { chargerId?: string; before?: Instant } = {}): Promise<LogRequestRow[]> =>
  (
    await db.logRequest.findMany({
      where: {
        state: { in: UNDER_WAY },
        ...(where.chargerId && { chargerId: where.chargerId }),
        ...(where.before !== undefined && { stateAt: { lt: new Date(where.before) } }),
      },
      orderBy: { id: 'asc' },
    })
  ).map(row)
