import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { testDatabase } from '../tools/test-store.ts'
import { isAlive } from './lock.ts'

const MAIN = join(import.meta.dirname, '..', 'main.ts')
const OCPP_PORT = 20230
let url: string
beforeAll(async () => {
  url = (await testDatabase()).url
})

type Started = {
  main: ChildProcess
  dataDir: string
  said: () => string
  until: (words: RegExp) => Promise<unknown>
  ended: Promise<number | null>
}
const running: Started[] = []
afterEach(async () => {
  for (const { main, ended } of running.splice(0)) {
    main.kill('SIGKILL')
    await ended
  }
  await vi.waitFor(async () => expect(await listens()).toBe(false), { timeout: 10_000 })
})

/** `npm start` as the gateway of an installation, which needs no build. */
function start(dataDir = mkdtempSync(join(tmpdir(), 'yardwatt-run-')), settings: Record<string, string> = {}): Started {
  const { PATH, HOME } = process.env
  const env = {
    NODE_ENV: 'production' as const,
    PATH,
    HOME,
    ROLE: 'gateway',
    DATABASE_URL: url,
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    PORT: '20231',
  }
  const main = spawn(process.execPath, [MAIN], { detached: true, env: { ...env, OCPP_PORT: String(OCPP_PORT), ...settings } })
  let text = ''
  for (const stream of [main.stdout, main.stderr])
    stream.on('data', (piece) => {
      text += piece
    })
  const ended = once(main, 'exit').then(([code]) => code as number | null)
  // whatever ends before it says the words has said why
  const until = (words: RegExp) =>
    vi.waitUntil(
      () => {
        if (words.test(text)) return true
        if (main.exitCode !== null) throw new Error(`ended before it said ${words}: ${text}`)
      },
      { timeout: 50_000 },
    )
  const started = { main, dataDir, said: () => text, until, ended }
  running.push(started)
  return started
}

const listens = () =>
  new Promise<boolean>((done) => {
    const socket = connect(OCPP_PORT, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })

const RUNS = /Yardwatt is running/
/** Pids of the processes that `main` started, from the kernel's own book. */
const childrenOf = ({ main }: Started): number[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
      return parent === main.pid ? [Number(pid)] : []
    } catch {
      return []
    }
  })

describe.runIf(process.platform === 'linux')('the supervisor', { timeout: 120_000 }, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops everything and leaves no process behind', async (signal) => {
    const started = start()
    await started.until(RUNS)
    const pids = childrenOf(started)
    expect(pids).toHaveLength(1)
    started.main.kill(signal)
    expect(await started.ended).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
    expect(await listens()).toBe(false)
  })

  test('a signal to the whole process group restarts nothing on the way', async () => {
    const started = start()
    await started.until(RUNS)
    const pids = childrenOf(started)
    process.kill(-started.main.pid!, 'SIGTERM')
    expect(await started.ended).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
    expect(started.said()).not.toContain('starting it again')
  })

  test('a step each is told: what was done and how long it took', async () => {
    const started = start()
    await started.until(RUNS)
    expect(started.said()).toMatch(/^ {2}database {4}PostgreSQL \d+\.\d+ at .* \(\d+\.\d s\)$/m)
    expect(started.said()).toMatch(/^ {2}migrations {2}up to date {2}\(\d+\.\d s\)$/m)
    expect(started.said()).toMatch(/^ {2}gateway {5}chargers connect to ws:\/\/localhost:20230\/ocpp\/<charger> {2}\(\d+\.\d s\)$/m)
  })

  test('a gateway that is killed comes back', async () => {
    const started = start()
    await started.until(RUNS)
    const [pid] = childrenOf(started)
    process.kill(pid!, 'SIGKILL')
    await started.until(/gateway {5}ended \(SIGKILL\); starting it again/)
    await started.until(/gateway {5}is back/)
    expect(await listens()).toBe(true)
    expect(childrenOf(started)).not.toContain(pid)
  })

  test('a supervisor that is killed takes its children along, and the next start works', async () => {
    const first = start()
    await first.until(RUNS)
    const pids = childrenOf(first)
    first.main.kill('SIGKILL')
    await first.ended
    const second = start(first.dataDir)
    await second.until(RUNS)
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 8_000 })
    expect(await listens()).toBe(true)
  })

  test('a second start beside the first is refused in one sentence and disturbs nothing', async () => {
    const first = start()
    await first.until(RUNS)
    const second = start(first.dataDir)
    expect(await second.ended).toBe(1)
    expect(second.said().trim()).toBe(
      `Yardwatt is already running in ${first.dataDir}: stop it first, or give this one a DATA_DIR, PORT and OCPP_PORT of its own.`,
    )
    expect(await listens()).toBe(true)
  })

  test('a start that is interrupted in the middle leaves nothing', async () => {
    const started = start()
    await started.until(/database/)
    started.main.kill('SIGTERM')
    expect(await started.ended).toBe(0)
    expect(await listens()).toBe(false)
  })
})
