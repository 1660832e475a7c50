import { makeClock } from '../clock.ts'
import type { Env } from '../env.ts'
import { openLink } from '../link/open.ts'
import { makeLog } from '../log.ts'
import { threadPlanner } from '../planning/planner.ts'
import { helpTurns } from '../planning/what-would-help.ts'
import type { Runtime } from '../runtime.ts'
import { openDatabase } from '../store/database.ts'

/** What verbs need of the world in the web process: the database, and the gateway behind the link. */
export function openWebRuntime(env: Env): Runtime & { close(): Promise<void> } {
  if (!env.databaseUrl) throw new Error('The web process needs DATABASE_URL.')
  const log = makeLog('web', env.logLevel)
  const db = openDatabase(env.databaseUrl)
  const planner = threadPlanner()
  const { call, links, feed, recorded, wakes, close } = openLink({ env, log })
  return {
    role: 'web',
    env,
    clock: makeClock(env.clock),
    log,
    db,
    links,
    feed,
    recorded,
    wakes,
    gateway: { call },
    planner,
    helping: helpTurns(),
    async close() {
      await close()
      await planner.close()
      await db.close()
    },
  }
}
