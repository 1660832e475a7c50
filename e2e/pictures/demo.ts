import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const PROJECT = join(import.meta.dirname, '..', '..')
/** A first start builds the screens. */
const START_MS = 600_000
const STOP_MS = 30_000

export type Running = { url: string; stop(): Promise<void> }

/**
 * The whole product with data and ports of its own, as `npm start` runs it: the demo, or an installation that nobody has signed in to.
 * @throws Error when it does not serve in ten minutes; what had started is stopped by then.
 */
export async function start(kind: 'demo' | 'installation', port: number): Promise<Running> {
  const dataDir = join(tmpdir(), `yardwatt-pictures-${process.pid}-${kind}`)
  // PostgreSQL runs as another user when we are root, and passes through it
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const child = fork(join(PROJECT, 'server', 'main.ts'), [], {
    cwd: PROJECT,
    execPath: process.execPath,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PORT: String(port),
      OCPP_PORT: String(port + 1),
      DATA_DIR: dataDir,
      DATABASE_URL: '',
      PUBLIC_URL: '',
      ROLE: 'all',
      DEMO: kind === 'demo' ? 'on' : 'off',
      HOST: '127.0.0.1',
      // a command of npm ends when its parent is gone: then nothing is left behind when this script is killed
      npm_lifecycle_event: 'pictures',
    },
  })
  const stop = async () => {
    await stopped(child)
    rmSync(dataDir, { recursive: true, force: true })
  }
  // what answers at the port may be somebody else's: only its own word counts
  let said = ''
  let running = false
  child.stdout!.on('data', (text) => {
    process.stdout.write(text)
    said = (said + text).slice(-2_000)
    running ||= said.includes('Yardwatt is running')
  })
  try {
    await until(`the ${kind} to serve`, START_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The ${kind} ended before it served; the lines above say why.`)
      return running
    })
    return { url: `http://localhost:${port}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Asks every second. @throws Error when it has not come true in time */
export async function until(what: string, patienceMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Waited ${patienceMs / 1000} s for ${what}.`)
    await pause(1_000)
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((done) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.once('exit', () => {
      clearTimeout(force)
      done()
    })
    child.kill('SIGTERM')
  })
}
