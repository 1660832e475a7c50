import { costOf } from '#lib/billing/cost.ts'
import { quartersOf } from '#lib/energy/quarter-hours.ts'
import { registerCurve } from '#lib/energy/register-curve.ts'
import type { Tariff } from '#lib/energy/tariff.ts'
import type { Instant } from '#lib/time/instant.ts'
import { type PricedSession, type SessionToPrice, sessionsToPrice, writeCosts } from '../store/billing.ts'
import type { Db } from '../store/database.ts'
import { onPrisma, type Sql } from '../store/sql.ts'
import { tariffsById } from '../store/tariff.ts'

/** Two weeks. */
const MOST_QUARTERS = 14 * 96
/** What the column of a quarter hour holds: more is a register gone mad. */
const MOST_WH = 2 ** 31 - 1

/**
 * Writes the energy, cost, bill lines of sessions and whether they are estimated, from their readings and the tariff in force at their start:
 * four statements, however many there are. One function for running and closed sessions. Calling it again gives the same figures. An unknown
 * session is ignored. Without a tariff the energy is written and the cost is 0, estimated.
 * @returns the sessions whose price cannot be worked out, and why; theirs is as it was
 */
export async function priceSessions(sql: Sql, sessionIds: number[]): Promise<Map<number, unknown>> {
  const sessions = await sessionsToPrice(sql, sessionIds)
  const tariffs = await tariffsById(sql, [...new Set(sessions.flatMap(({ tariffId }) => tariffId ?? []))])
  const failed = new Map<number, unknown>()
  const priced = sessions.flatMap((session): PricedSession[] => {
    try {
      return [priceOf(session, session.tariffId === null ? null : (tariffs.get(session.tariffId) ?? null))]
    } catch (error) {
      failed.set(session.id, error)
      return []
    }
  })
  await writeCosts(sql, priced)
  return failed
}

/** @throws why its price cannot be worked out */
export async function priceSession(db: Db, sessionId: number): Promise<void> {
  const failed = await priceSessions(onPrisma(db), [sessionId])
  if (failed.has(sessionId)) throw failed.get(sessionId)
}

function priceOf(session: SessionToPrice, tariff: Tariff | null): PricedSession {
  const { id, startedAt, meterStopWh, stoppedAt, readings } = session
  const lastAt = readings.reduce((last, { at }) => Math.max(last, at), startedAt as number) as Instant
  const registers = { ...session, until: stoppedAt ?? lastAt, meterStopWh: meterStopWh ?? undefined }
  const quarters = stoppedAt === null ? [] : quartersOf(registerCurve(registers)).wh
  // a session of weeks is somebody's clock, not energy by the quarter hour: its readings say
  const isKept = quarters.length <= MOST_QUARTERS && quarters.every((wh) => wh <= MOST_WH)
  const quarterWh = isKept ? quarters : []
  const cost = costOf({ ...registers, tariff })
  return { id, tariffId: tariff?.id ?? null, cost: { ...cost, estimated: cost.estimated || session.energyMissing }, quarterWh }
}
