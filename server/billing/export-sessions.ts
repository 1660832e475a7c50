import { createHash } from 'node:crypto'
import { pipeline, type Readable, Transform } from 'node:stream'
import { stringify } from 'csv-stringify'
import { notFound } from '#lib/api/problem.ts'
import type { SessionFilter } from '#lib/api/session.ts'
import { type SessionCsvRow, sessionCsvCells, sessionsCsvHeader } from '#lib/billing/session-csv.ts'
import { instant } from '#lib/time/instant.ts'
import { localDay } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { type SessionRecord, streamSessions } from '../store/billing.ts'
import { appendJournal } from '../store/journal.ts'
import { depotZone } from '../store/tariff.ts'
import { sessionQuery } from './sessions.ts'

/** Not part of the file's own text: what the door needs for its headers. */
export type Export = { name: string; contentType: string; body: Readable }

/**
 * `sessions.csv` of a filter: UTF-8, comma, CRLF, oldest first; constant memory for any number of rows. Its rows sum to the totals of
 * `listSessions` with the same filter. When the last byte was read, the journal gets `export.sessions` with rows, SHA-256 and filter;
 * an export that is broken off closes its cursor and is journaled as `export.broken`.
 */
export async function exportSessions(
  ctx: Pick<Ctx, 'db' | 'clock' | 'log'>,
  depotId: string,
  filter: SessionFilter,
  actor: string,
): Promise<Export> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const rows = await streamSessions(ctx.db.pool, sessionQuery(depotId, filter, depot.zone))
  let count = 0
  const cells = new Transform({
    objectMode: true,
    transform(record: SessionRecord, _, done) {
      count++
      done(null, sessionCsvCells(csvRow(record), depot.zone))
    },
  })
  const hash = createHash('sha256')
  const journal = (kind: string) =>
    appendJournal(ctx.db.prisma, ctx.clock.now(), ctx.clock.real(), [
      { depotId, actor, kind, data: { rows: count, filter, ...(kind === 'export.sessions' ? { sha256: hash.digest('hex') } : {}) } },
    ])
  const body = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
    // the file ends only after its hash is kept
    flush(done) {
      journal('export.sessions').then(() => done(), done)
    },
  })
  pipeline(rows, cells, stringify({ header: true, columns: sessionsCsvHeader, record_delimiter: '\r\n' }), body, (error) => {
    if (!error) return
    journal('export.broken').catch((cause: unknown) => ctx.log.error({ cause, depotId }, 'a broken export could not be journaled'))
  })
  return { name: `sessions-${depotId}-${localDay(ctx.clock.now(), depot.zone)}.csv`, contentType: 'text/csv; charset=utf-8', body }
}

/** pg gives bigint as text: registers stay far below 2^53. */
const csvRow = (record: SessionRecord): SessionCsvRow => ({
  ...record,
  startedAt: instant(record.startedAt),
  stoppedAt: record.stoppedAt && instant(record.stoppedAt),
  meterStartWh: Number(record.meterStartWh),
  meterStopWh: record.meterStopWh === null ? null : Number(record.meterStopWh),
  energyWh: Number(record.energyWh),
  costMinor: record.costMinor === null ? null : Number(record.costMinor),
})
