// `next build` for the supervisor: ends, with all of Next's workers, when the supervisor goes away.
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { createRequire } from 'node:module'

const log = openSync(process.argv[2]!, 'w', 0o600)
const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
// a process group of its own, so that one signal reaches the workers too
const child = spawn(process.execPath, [next, 'build'], { detached: true, stdio: ['ignore', log, log] })
const end = () => {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
process.on('SIGINT', () => {})
process.on('SIGTERM', end)
process.on('disconnect', end)
child.on('exit', (code) => process.exit(code ?? 1))
