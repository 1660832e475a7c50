import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

export type OpenSession = {
  id: number
  portId: string
  idTag: string
  startedAt: Instant
  lastMeterWh: bigint | null
  lastMeterAt: Date | null
  meterStartWh: bigint
  flags: string[]
}

export const INT4 = 2_147_483_647
/** Could be one of our transaction ids at all. */
export const isSessionId = (id: number): boolean => Number.isInteger(id) && id > 0 && id <= INT4

export const findSessionByStartKey = (db: Db, startKey: string) => db.session.findUnique({ where: { startKey } })

export const findSessionOfCharger = (db: Db, id: number, chargerId: string) =>
  isSessionId(id) ? db.session.findFirst({ where: { id, port: { chargerId } }, include: { port: { select: { number: true } } } }) : null

/** It is one of our transaction ids, of whichever charger. */
export const isGivenOut = async (db: Db, id: number): Promise<boolean> => isSessionId(id) && (await db.session.count({ where: { id } })) > 0

/**
 * The session of a charger that ended with that register: at that moment, or under that number of the charger's own, since a clock that is
 * ahead has an end told again end later.
 */
export async function findEnded(
  db: Db,
  ended: { chargerId: string; transactionId: number; stoppedAt: Instant; meterStopWh: number },
): Promise<{ id: number; port: number } | undefined> {
  const { chargerId, transactionId, stoppedAt, meterStopWh } = ended
  const lines = await db.journal.findMany({
    where: { kind: 'session.ownId', subject: `charger:${chargerId}`, data: { path: ['transactionId'], equals: transactionId } },
    orderBy: { id: 'desc' },
    take: 20,
  })
  const named = lines.map(({ data }) => Number((data as { sessionId: unknown }).sessionId))
  const found = await db.session.findFirst({
    where: {
      ...{ meterStopWh: BigInt(meterStopWh), stopReason: { not: 'Superseded' }, port: { chargerId } },
      OR: [{ stoppedAt: new Date(stoppedAt) }, { id: { in: named }, stoppedAt: { not: null } }],
    },
    select: { id: true, port: { select: { number: true } } },
  })
  return found ? { id: found.id, port: found.port.number } : undefined
}

export async function openSessions(db: Db, where: { portId: string } | { chargerId: string }): Promise<(OpenSession & { port: number })[]> {
  const rows = await db.session.findMany({
    where: { stoppedAt: null, ...('portId' in where ? { portId: where.portId } : { port: { chargerId: where.chargerId } }) },
    orderBy: { startedAt: 'asc' },
    include: { port: { select: { number: true } } },
  })
  return rows.map((row) => ({
    id: row.id,
    portId: row.portId,
    idTag: row.idTag,
    port: row.port.number,
    startedAt: instant(row.startedAt),
    lastMeterWh: row.lastMeterWh,
    lastMeterAt: row.lastMeterAt,
    meterStartWh: row.meterStartWh,
    flags: row.flags,
  }))
}

/**
 * For questions by port that mean open sessions and ended ones: each half has its index by port (docs/decisions/015), and a question that names
 * neither would read all sessions there are.
 */
export const OPEN_OR_ENDED = { OR: [{ stoppedAt: null }, { stoppedAt: { not: null } }] }

/** Open sessions of chargers, oldest first and those at connectors that we do not know before, each with its port's number. Asked for many at once, in the order of their ids. */
export async function openSessionsOfChargers({ pool }: Database, chargerIds: string[]): Promise<{ id: number; port: number }[][]> {
  const { rows } = await pool.query<{ id: number; port: number; charger_id: string }>({
    name: 'open-sessions',
    text: `SELECT s.id, p.number AS port, p.charger_id FROM port p JOIN session s ON s.port_id = p.id
      WHERE p.charger_id = ANY($1) AND s.stopped_at IS NULL ORDER BY 'unknownPort' = ANY(s.flags) DESC, s.started_at`,
    values: [chargerIds],
  })
  const found = Map.groupBy(rows, ({ charger_id }) => charger_id)
  return chargerIds.map((id) => found.get(id) ?? [])
}

/** The vehicle's next planned work when it began to charge. */
export async function nextDuty(db: Db, vehicleId: string, at: Instant): Promise<string | undefined> {
  const duty = await db.duty.findFirst({
    where: { vehicleId, departsAt: { gt: new Date(at) } },
    orderBy: { departsAt: 'asc' },
    select: { id: true },
  })
  return duty?.id
}

/** Sessions that a remote stop ended since a moment, the newest of each port first. */
export const stoppedSince = (db: Db, depotId: string, since: Instant) =>
  db.session.findMany({
    where: { depotId, stopReason: 'Remote', stoppedAt: { gte: new Date(since) } },
    orderBy: { stoppedAt: 'desc' },
    select: { portId: true, vehicleId: true },
  })
