// A process of its own, at low priority: `node server/demo/fill-history.ts` fills the demo's seven days of history and ends.
import { setPriority } from 'node:os'
import { makeClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { makeLog } from '../log.ts'
import { openDatabase } from '../store/database.ts'
import { tariffInForce } from '../store/tariff.ts'
import { demoDepotId } from './depot.ts'
import { fillHistory } from './history.ts'

const env = readEnv()
const stop = new AbortController()
for (const event of ['SIGTERM', 'disconnect']) process.on(event, () => stop.abort())
setPriority(10)
const db = openDatabase(env.databaseUrl!, 2)
try {
  const clock = makeClock(env.clock)
  const tariff = await tariffInForce(db.prisma, demoDepotId, clock.now())
  if (tariff) await fillHistory({ db, clock, log: makeLog('history', env.logLevel) }, tariff, stop.signal)
} finally {
  await db.close()
}
process.exit(0)
