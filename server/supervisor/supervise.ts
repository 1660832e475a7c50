import { openSync } from 'node:fs'
import { join, relative } from 'node:path'
import { clockText } from '../clock.ts'
import type { Env } from '../env.ts'
import { migrate } from '../store/migrate.ts'
import { build, isBuilt } from './build.ts'
import { type Child, keep, type Role } from './child.ts'
import { claim } from './claim.ts'
import { startDepotTime } from './depot-time.ts'
import { makeProgress } from './progress.ts'
import { openStore } from './store.ts'

type Stop = () => Promise<unknown> | unknown

/**
 * Starts everything that `env` asks for, step by step, and keeps it running until `signal` is aborted;
 * then stops it in the opposite order and leaves no process behind.
 * @throws Error with one sentence that says what to do, when something does not start; what had started is stopped by then.
 */
export async function supervise(env: Env, signal: AbortSignal, leaving: () => boolean): Promise<void> {
  const stops: Stop[] = []
  try {
    await startAll(env, signal, leaving, (stop) => stops.unshift(stop))
    await aborted(signal)
  } finally {
    for (const stop of stops) await stop()
  }
}

async function startAll(env: Env, signal: AbortSignal, leaving: () => boolean, later: (stop: Stop) => void): Promise<void> {
  const progress = makeProgress()
  const go = () => signal.throwIfAborted()
  const own = await claim(env, leaving)
  later(own.release)

  let databaseUrl = ''
  await progress.step('database', async () => {
    const store = await openStore(env, (text) => progress.line('database', text))
    later(store.stop)
    databaseUrl = store.url
    return store.text
  })
  go()
  await progress.step('migrations', async () => {
    const applied = await migrate(databaseUrl)
    return applied.length ? `${applied.length} applied` : 'up to date'
  })
  go()
  // an installation never loads it
  const demo = env.demo ? await import('./demo.ts') : undefined
  const { clock, setting, stop } = startDepotTime(env, demo?.DEMO_START)
  later(stop)
  const settings = childSettings({ ...env, databaseUrl, clock: setting })
  const logFile = join(env.dataDir, 'yardwatt.log')
  // a demo's terminal tells the story; an installation's log belongs on standard output
  const log = env.demo ? openSync(logFile, 'a', 0o600) : 'inherit'
  const child = (role: Role): Child => {
    const made = keep(role, settings, env.dev && role === 'web' ? 'inherit' : log, (text) => progress.line(role, text), signal)
    later(made.stop)
    return made
  }
  const start = (role: Role, text: string) =>
    progress.step(role, async () => `${text}${suffix(await orAborted(child(role).ready, signal))}`)

  const building = env.role === 'gateway' || env.dev ? undefined : startBuild(env, settings, progress, later)
  building?.catch(() => {}) // told where it is awaited
  if (demo && env.role === 'all') await progress.step('demo depot', () => demo.prepareDemo(databaseUrl, clock, env))
  go()
  if (env.role !== 'web') await start('gateway', `chargers connect to ws://${shown(env.host)}:${env.ocppPort}/ocpp/<charger>`)
  go()
  if (building) await orAborted(building, signal)
  go()
  if (env.role !== 'gateway') await start('web', address(env))
  if (demo && env.role === 'all') {
    await start('chargers', 'simulated chargers connect and vans drive their duties')
    later(demo.startHistory(settings, log, (text) => progress.line('history', text)))
  }
  go()
  console.log(`\n  Yardwatt is running: ${address(env)}`)
  if (demo) console.log(`  ${demo.signInText()}`)
  if (log !== 'inherit') console.log(`  Log: ${relative(process.cwd(), logFile)}. Ctrl-C stops everything.\n`)
}

function startBuild(
  env: Env,
  settings: NodeJS.ProcessEnv,
  progress: ReturnType<typeof makeProgress>,
  later: (stop: Stop) => void,
): Promise<void> {
  const abort = new AbortController()
  if (!isBuilt()) progress.line('build', 'the screens are built meanwhile, which takes up to a minute')
  const building = progress.step('build', async () => {
    if (isBuilt()) return 'the screens are up to date'
    await build(join(env.dataDir, 'build.log'), settings, abort.signal)
    return 'the screens are built'
  })
  later(async () => {
    abort.abort()
    await building.catch(() => {})
  })
  return building
}

/** What a child needs to know, as it reads it at its own door. */
function childSettings(env: Env): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ROLE: env.role,
    DEMO: env.demo ? 'on' : 'off',
    HOST: env.host,
    DATABASE_URL: env.databaseUrl,
    DATA_DIR: env.dataDir,
    APP_SECRET: env.secret,
    YARDWATT_CLOCK: env.clock && clockText(env.clock),
    YARDWATT_LINK: env.linkPath,
    YARDWATT_DEV: env.dev ? 'on' : undefined,
    // next-auth reads these three from the environment by itself
    NEXTAUTH_SECRET: env.secret,
    NEXTAUTH_URL: env.publicUrl,
    AUTH_TRUST_HOST: env.publicUrl ? undefined : 'true',
    NODE_ENV: env.dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  }
}

const shown = (host: string) => (host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host)
const address = (env: Env) => env.publicUrl ?? `http://${shown(env.host)}:${env.port}`
const suffix = (text: string) => (text === 'ready' ? '' : `, ${text}`)
/** A wait that Ctrl-C ends. */
const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  Promise.race([work, aborted(signal).then(() => Promise.reject(signal.reason as Error))])
const aborted = (signal: AbortSignal) =>
  new Promise<void>((done) => (signal.aborted ? done() : signal.addEventListener('abort', () => done(), { once: true })))
