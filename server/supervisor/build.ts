import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { holding } from './lock.ts'

export const PROJECT = join(import.meta.dirname, '..', '..')
const STAMP = join(PROJECT, '.next', 'yardwatt-sources')
const SOURCES = [
  'app/**/*',
  'components/**/*',
  'lib/**/*',
  'server/**/*',
  'public/**/*',
  '*.config.{js,mjs,ts}',
  'proxy.ts',
  'tsconfig.json',
  'package-lock.json',
]
const NOT_BUILT = /\.test\.tsx?$|^server\/(main\.ts$|(tools|bench|simulator|supervisor|store\/generated)\/)|^(vitest|playwright)\.config/

/** True when the screens in `.next` are those of the present sources. */
export const isBuilt = (): boolean =>
  existsSync(STAMP) && existsSync(join(PROJECT, '.next', 'BUILD_ID')) && readFileSync(STAMP, 'utf8') === sourcesHash()

/**
 * Runs `next build` when the sources changed since the last one.
 * @throws Error with the last lines of Next's output; the whole of it is in `logFile`.
 */
export async function build(logFile: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  await holding(join(PROJECT, '.yardwatt', 'build.lock'), async () => {
    const hash = sourcesHash()
    if (isBuilt() || signal.aborted) return
    rmSync(STAMP, { force: true })
    await nextBuild(logFile, env, signal)
    mkdirSync(join(PROJECT, '.next'), { recursive: true })
    writeFileSync(STAMP, hash)
  })
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: PROJECT, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(PROJECT.length + 1))
    .sort()) {
    if (NOT_BUILT.test(file)) continue
    hash.update(`${file}\0`).update(readFileSync(join(PROJECT, file)))
  }
  return hash.digest('hex')
}

/** In a process that ends with us, even when we are killed: Next refuses a second build beside an orphan. */
function nextBuild(logFile: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const child = fork(join(import.meta.dirname, 'run-build.ts'), [logFile], {
      cwd: PROJECT,
      env,
      execPath: process.execPath,
      stdio: 'inherit',
    })
    const abort = () => child.connected && child.disconnect()
    signal.addEventListener('abort', abort, { once: true })
    child.on('error', failed)
    child.on('exit', (code) => {
      signal.removeEventListener('abort', abort)
      if (code === 0 || signal.aborted) return done()
      failed(
        new Error(
          `The screens could not be built; ${logFile} ends with:\n${readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n')}`,
        ),
      )
    })
  })
}
