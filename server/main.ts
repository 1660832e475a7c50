// `npm start`: the one command. ROLE=all|web|gateway; settings are listed in server/env.ts.
import { readEnv } from './env.ts'
import { supervise } from './supervisor/supervise.ts'

const stop = new AbortController()
let asked = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort()
    // the terminal sends Ctrl-C to npm as well, and npm passes it on: two at once are one wish
    if (++asked > 3) process.exit(1)
  })
}
// `npm start` that is killed leaves us without a parent: then nobody wants us any more
const parent = process.env.npm_lifecycle_event ? process.ppid : undefined
const leaving = () => {
  if (parent !== undefined && process.ppid !== parent) stop.abort()
  return stop.signal.aborted
}
setInterval(leaving, 250).unref()

try {
  await supervise(readEnv(process.env, process.argv.slice(2)), stop.signal, leaving)
  process.exit(0)
} catch (error) {
  if (stop.signal.aborted) process.exit(0)
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
