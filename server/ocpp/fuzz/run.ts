import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../store/database.ts'
import { plugIn, type TestCharger } from '../test-depot.ts'
import { seed } from '../test-seed.ts'
import { attackDoor, attackSocket, PATIENCE_MS } from './attack.ts'
import { makeRandom } from './random.ts'
import type { Measured } from './target.ts'

export type FuzzResult = {
  inputs: number
  /** Milliseconds that each heartbeat of the good charger took meanwhile. */
  waitsMs: number[]
  /** Times that it was sent off and came back. */
  comebacks: number
  /** After the first tenth, and at the end: with no attacker connected. */
  early: Measured
  late: Measured
  /** Rows by table, early and at the end. */
  rows: { early: Rows; late: Rows }
  db: Database
  good: TestCharger
}
type Rows = { knocking: number; journal: number; messages: number; sessions: number }

const ATTACKERS = 6

/** Sends `inputs` of seeded nonsense to a gateway of its own, with a good charger beside. @throws when the gateway crashes, hangs, or forgets the good one. */
export async function fuzz(
  url: string,
  inputs: number,
  seedNumber: number,
  told: (text: string) => void = () => {},
): Promise<FuzzResult & { stop(): Promise<void> }> {
  const db = openDatabase(url, 4)
  const keys = await seed(db, ATTACKERS + 1)
  const child = fork(join(import.meta.dirname, 'target.ts'), {
    execArgv: ['--expose-gc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      ROLE: 'gateway',
      DATABASE_URL: url,
      DATA_DIR: mkdtempSync(join(tmpdir(), 'yardwatt-fuzz-')),
      LOG_LEVEL: 'fatal',
    },
  })
  let ended: string | undefined
  child.once('exit', (code, signal) => {
    ended = `the gateway ended (${signal ?? code})`
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const come = () => plugIn({ keys }, { port }, `C${ATTACKERS + 1}`)
  let good = await come()
  let comebacks = 0

  let sent = 0
  let stopAt = Math.ceil(inputs / 10)
  const waitsMs: number[] = []
  const attack = async (n: number) => {
    const identity = `C${n + 1}`
    const random = makeRandom(seedNumber * 1000 + n + sent)
    const auth = `Basic ${Buffer.from(`${identity}:${keys.get(identity)}`).toString('base64')}`
    while (sent < stopAt && ended === undefined) {
      const address = `127.0.${1 + random.below(3)}.${1 + n}`
      const way = { identity, auth, port, random, address }
      const made = random.chance(0.7)
        ? await attackSocket(way)
        : (await Promise.all([attackDoor(way), attackDoor(way), attackDoor(way)])).length
      sent += made
    }
  }
  const live = async () => {
    while (sent < stopAt && ended === undefined) {
      const began = performance.now()
      try {
        await good.call('Heartbeat', {}, { callTimeoutMs: PATIENCE_MS })
      } catch (error) {
        // on a machine that cannot keep up it is sent off like any other, and comes back; one that is not answered is none
        if (good.state === 1 || ended !== undefined) throw error
        good = await come()
        comebacks++
      }
      waitsMs.push(performance.now() - began)
      await new Promise((soon) => setTimeout(soon, 100))
    }
  }
  const round = async () => {
    const ticker = setInterval(() => told(`${sent} of ${inputs}`), 30_000)
    try {
      await Promise.all([live(), ...Array.from({ length: ATTACKERS }, (_, n) => attack(n))])
    } finally {
      clearInterval(ticker)
    }
    if (ended !== undefined) throw new Error(ended)
  }
  const rows = async (): Promise<Rows> => {
    const p = db.prisma
    const [knocking, journal, messages, sessions] = await Promise.all([
      p.knocking.count(),
      p.journal.count(),
      p.ocppMessage.count(),
      p.session.count(),
    ])
    return { knocking, journal, messages, sessions }
  }
  await round()
  const early = await measured(child)
  const rowsEarly = await rows()
  stopAt = inputs
  await round()
  const late = await measured(child)
  const stop = async () => {
    await good.close({ force: true }).catch(() => {})
    child.kill('SIGKILL')
    if (ended === undefined) await once(child, 'exit')
    await db.close()
  }
  return { inputs: sent, waitsMs, comebacks, early, late, rows: { early: rowsEarly, late: await rows() }, db, good, stop }
}

/** When nobody but the good charger is connected. */
async function measured(child: ChildProcess): Promise<Measured> {
  for (let tries = 0; ; tries++) {
    child.send('measure')
    const [told] = (await once(child, 'message')) as [Measured]
    if ((told.connected === 1 && told.waiting === 0) || tries > 100) return told
  }
}
