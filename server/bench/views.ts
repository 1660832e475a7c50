// `npm run bench views`: how long the dear views of a depot take, on a database as it is late in a month: 14 vans, 30 nights, 60 readings a
// night, sessions priced as they are when they stop, a request a night, 40 commands a day, 200 ports beside it. Milliseconds of the first ask
// after something changed, and the median of those that follow. The last line is the result as JSON.
import { join } from 'node:path'
import { instant } from '#lib/time/instant.ts'
import { costSummary } from '../billing/cost-summary.ts'
import { makeClock } from '../clock.ts'
import { monthPeak } from '../energy/month-peak.ts'
import { kpiTiles } from '../kpi/query.ts'
import { overviewView } from '../live/overview.ts'
import { planView } from '../live/plan-view.ts'
import { boardView } from '../live/views.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { createDatabase, databases, dropDatabase, withDatabase } from '../store/postgres/admin.ts'
import { startPostgres } from '../store/postgres/embedded.ts'
import { bigDepot, monthOfNights, ZONE } from './views.month.ts'

const NOW = instant('2026-10-30T20:47:00Z')
const ROUNDS = 9

const given = process.env.DATABASE_URL
const postgres = given ? undefined : await startPostgres(join(import.meta.dirname, '..', '..', '.yardwatt', 'bench-postgres'))
const base = given ?? postgres!.url
for (const left of await databases(base, 'yardwatt_views_')) await dropDatabase(base, left)
const name = `yardwatt_views_${process.pid}`
await createDatabase(base, name)
const url = withDatabase(base, name)
await migrate(url)
const db = openDatabase(url, 8)
try {
  await ensurePartitions(db.pool, NOW)
  await monthOfNights(db, NOW)
  await bigDepot(db, NOW)
  await db.pool.query('ANALYZE')
  const clock = { ...makeClock(), now: () => NOW, real: () => NOW }
  const ctx = { db, clock }
  const figures = {
    monthPeak: await timed(() => monthPeak(ctx, 'month', ZONE)),
    costSummary: await timed(() => costSummary(ctx, 'month')),
    kpiTiles30d: await timed(() => kpiTiles(ctx, 'month', '30d')),
    overview: await timed(() => overviewView(ctx, 'month', () => kpiTiles(ctx, 'month', '30d'))),
    plan: await timed(() => planView(ctx, 'month')),
    board14: await timed(() => boardView(ctx, 'month')),
    board200: await timed(() => boardView(ctx, 'big')),
  }
  console.table(figures)
  console.log(JSON.stringify({ bench: 'views', figures }))
} finally {
  await db.close()
  await dropDatabase(base, name)
  await postgres?.stop()
}

/** ms of the first ask, when nothing is kept yet, and the median and best of the next. */
async function timed(ask: () => Promise<unknown>): Promise<{ first: number; median: number; best: number }> {
  const took: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now()
    await ask()
    took.push(Math.round((performance.now() - started) * 10) / 10)
  }
  const [first, ...next] = took
  next.sort((a, b) => a - b)
  return { first: first!, median: next[Math.floor(next.length / 2)]!, best: next[0]! }
}
