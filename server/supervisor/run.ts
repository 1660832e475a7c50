// A child of the supervisor: `node server/supervisor/run.ts gateway|web|chargers`. Ends when the supervisor says so or dies.
import { type Env, readEnv } from '../env.ts'
import type { News, Role } from './child.ts'

type Running = { close(): Promise<unknown> }
const STARTS: Record<Role, (env: Env) => Promise<Running>> = {
  gateway: async (env) => (await import('../gateway.ts')).startGateway(env, giveUp),
  web: async (env) => (await import('../web.ts')).startWeb(env),
  chargers: async (env) => (await import('../simulator/run.ts')).startChargers(env),
}
/** A close that hangs must not keep ports from the next start. */
const CLOSE_MS = 6_000

const tell = (news: News) => process.send?.(news)

function giveUp(sentence: string): void {
  tell({ kind: 'failed', sentence })
  process.disconnect?.()
  process.exit(1)
}

let running: Running | undefined
let closing = false
async function stop() {
  if (closing) return
  closing = true
  setTimeout(() => process.exit(0), CLOSE_MS).unref()
  await running?.close().catch((error) => console.error(error))
  process.exit(0)
}

// Ctrl-C reaches every process of the terminal; the supervisor decides the order
process.on('SIGINT', () => {})
process.on('SIGTERM', stop)
process.on('disconnect', stop)

try {
  running = await STARTS[process.argv[2] as Role](readEnv())
  if (!closing) tell({ kind: 'ready' })
} catch (error) {
  console.error(error)
  giveUp(error instanceof Error ? error.message : String(error))
}
