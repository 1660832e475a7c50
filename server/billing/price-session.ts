import { costOf } from '#lib/billing/cost.ts'
import { quartersOf } from '#lib/energy/quarter-hours.ts'
import { registerCurve } from '#lib/energy/register-curve.ts'
import type { Instant } from '#lib/time/instant.ts'
import { sessionToPrice, writeCost } from '../store/billing.ts'
import type { Db } from '../store/database.ts'
import { readTariff, tariffInForce } from '../store/tariff.ts'

/** Two weeks. */
const MOST_QUARTERS = 14 * 96

/**
 * Writes a session's energy, cost, bill lines and whether they are estimated, from its readings and the tariff in force at its start.
 * One function for running and closed sessions. Calling it again gives the same figures. An unknown session is ignored.
 * Without a tariff the energy is written and the cost is 0, estimated.
 */
export async function priceSession(db: Db, sessionId: number): Promise<void> {
  const session = await sessionToPrice(db, sessionId)
  if (!session) return
  const { depotId, startedAt, meterStopWh, stoppedAt, readings } = session
  // the tariff of its start stays its tariff, whatever is replaced while it runs
  const tariff =
    (session.tariffId === null ? null : await readTariff(db, session.tariffId)) ?? (await tariffInForce(db, depotId, startedAt))
  const lastAt = readings.reduce((last, { at }) => Math.max(last, at), startedAt as number) as Instant
  const registers = { ...session, until: stoppedAt ?? lastAt, meterStopWh: meterStopWh ?? undefined }
  const quarters = stoppedAt === null ? [] : quartersOf(registerCurve(registers)).wh
  // a session of weeks is somebody's clock, not energy by the quarter hour: its readings say
  await writeCost(db, sessionId, tariff?.id ?? null, costOf({ ...registers, tariff }), quarters.length > MOST_QUARTERS ? [] : quarters)
}
