// `npm start`: the one command. ROLE=all|web|gateway; settings are listed in server/env.ts.
import { readFileSync } from 'node:fs'
import { readEnv } from './env.ts'
import { supervise } from './supervisor/supervise.ts'

const stop = new AbortController()
// the terminal sends Ctrl-C to npm as well, and npm passes it on: asking twice is one wish, and stopping takes seconds at most
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
// npm that is killed, or that passes a signal to its shell only, leaves us without it: then nobody wants us any more
const npm = process.env.npm_lifecycle_event ? ancestors() : undefined
const leaving = () => {
  if (npm !== undefined && ancestors() !== npm) stop.abort()
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

/** Our parent (npm's shell) and its parent (npm), where the kernel tells. */
function ancestors(): string {
  try {
    return `${process.ppid} ${/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1]}`
  } catch {
    return `${process.ppid}`
  }
}
