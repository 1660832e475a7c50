// The gateway under fuzz: a process of its own that tells its memory and its registries. Limits of pace and entry, which would only slow
// the fuzzer down, are wide; those that bound memory are as they are.
import { makeClock } from '../../clock.ts'
import { readEnv } from '../../env.ts'
import { compose } from '../../gateway/compose.ts'
import { makeLog } from '../../log.ts'
import { directFirst, directPlanner } from '../../planning/planner.ts'
import { openDatabase } from '../../store/database.ts'
import { startEndpoint } from '../endpoint.ts'

export type Measured = { heapBytes: number; connected: number; waiting: number; handles: number; cpuSeconds: number }

const env = readEnv()
const db = openDatabase(env.databaseUrl ?? '')
const planners = { planner: directPlanner(), first: directFirst() }
const gateway = await compose({ env, clock: makeClock(), log: makeLog('fuzz', env.logLevel), db, ...planners })
const endpoint = await startEndpoint(gateway, {
  port: 0,
  host: '127.0.0.1',
  bootAwaitedMs: 50,
  doorLimits: { entriesPerIdentity: 1_000_000, waitingPerAddress: 5_000, insidePerAddress: 5_000 },
  paceLimits: { messagesPerS: 1_000_000, messagesAtOnce: 1_000_000, bytesPerS: 1e12, bytesAtOnce: 1e12 },
})
gateway.useLinks(endpoint.links)
await gateway.start()
process.on('disconnect', () => process.exit())
process.on('message', async () => {
  // what waits to be collected is no leak
  for (let round = 0; round < 4; round++) {
    await new Promise((soon) => setTimeout(soon, 30))
    globalThis.gc?.()
  }
  const measured: Measured = {
    heapBytes: process.memoryUsage().heapUsed,
    ...endpoint.stats(),
    handles: process.getActiveResourcesInfo().length,
    cpuSeconds: process.cpuUsage().user / 1e6,
  }
  process.send?.(measured)
})
process.send?.({ port: endpoint.port })
