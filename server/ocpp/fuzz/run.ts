import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../store/database.ts'
import { NODE_ARGS } from '../../supervisor/node-args.ts'
import { plugIn, type TestCharger } from '../test-depot.ts'
import { seed } from '../test-seed.ts'
import { attackDoor, attackSocket, PATIENCE_MS } from './attack.ts'
import type { Mix } from './inputs.ts'
import { makeRandom } from './random.ts'
import type { Measured } from './target.ts'

export type FuzzResult = {
  inputs: number
  /** Broken requests at the door, which are among the inputs, and the sockets that came to send the others. */
  handshakes: number
  seconds: number
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
type Rows = { knocking: number; journal: number; messages: number; sessions: number; kinds: Record<string, number> }

/** `attackers` broken chargers side by side; each has lives of up to `framesALife` frames and comes `doors` times at once to the door. */
export type Attack = { attackers: number; framesALife: number; doors: number; mix: Mix }
const EVERYTHING: Attack = { attackers: 6, framesALife: 60, doors: 3, mix: { sound: 0.35, bends: 3 } }
/** Few sound messages, each of which costs a transaction: what is broken comes by the thousand a second. */
export const BROKEN: Attack = { attackers: 12, framesALife: 250, doors: 12, mix: { sound: 0.02, bends: 6 } }

/** Sends `inputs` of seeded nonsense to a gateway of its own, with a good charger beside. @throws when the gateway crashes, hangs, or forgets the good one. */
export async function fuzz(
  url: string,
  inputs: number,
  seedNumber: number,
  { attackers, framesALife, doors, mix }: Attack = EVERYTHING,
  told: (text: string) => void = () => {},
): Promise<FuzzResult & { stop(): Promise<void> }> {
  const db = openDatabase(url, 4)
  const keys = await seed(db, attackers + 1)
  const child = fork(join(import.meta.dirname, 'target.ts'), {
    execArgv: [...NODE_ARGS, '--expose-gc'],
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
  const come = () => plugIn({ keys }, { port }, `C${attackers + 1}`)
  let good = await come()
  let comebacks = 0

  const began = performance.now()
  let sent = 0
  let handshakes = 0
  let stopAt = Math.ceil(inputs / 10)
  const waitsMs: number[] = []
  const attack = async (n: number) => {
    const identity = `C${n + 1}`
    const random = makeRandom(seedNumber * 1000 + n + sent)
    const auth = `Basic ${Buffer.from(`${identity}:${keys.get(identity)}`).toString('base64')}`
    while (sent < stopAt && ended === undefined) {
      const address = `127.0.${1 + random.below(3)}.${1 + n}`
      const way = { identity, auth, port, random, address, mix, framesALife }
      const atSocket = random.chance(0.7)
      handshakes += atSocket ? 1 : doors
      const made = atSocket ? await attackSocket(way) : (await Promise.all(Array.from({ length: doors }, () => attackDoor(way)))).length
      sent += made
    }
  }
  const live = async () => {
    while (sent < stopAt && ended === undefined) {
      const asked = performance.now()
      try {
        await good.call('Heartbeat', {}, { callTimeoutMs: PATIENCE_MS })
      } catch (error) {
        // on a machine that cannot keep up it is sent off like any other, and comes back; one that is not answered is none
        if (good.state === 1 || ended !== undefined) throw error
        good = await come()
        comebacks++
      }
      waitsMs.push(performance.now() - asked)
      await new Promise((soon) => setTimeout(soon, 100))
    }
  }
  const round = async () => {
    const ticker = setInterval(() => told(`${sent} of ${inputs}`), 30_000)
    try {
      await Promise.all([live(), ...Array.from({ length: attackers }, (_, n) => attack(n))])
    } finally {
      clearInterval(ticker)
    }
    if (ended !== undefined) throw new Error(ended)
  }
  const rows = async (): Promise<Rows> => {
    const p = db.prisma
    const [knocking, journal, messages, sessions, lines] = await Promise.all([
      p.knocking.count(),
      p.journal.count(),
      p.ocppMessage.count(),
      p.session.count(),
      p.journal.groupBy({ by: ['kind'], _count: true, orderBy: { _count: { kind: 'desc' } } }),
    ])
    return { knocking, journal, messages, sessions, kinds: Object.fromEntries(lines.map(({ kind, _count }) => [kind, _count])) }
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
  const seconds = (performance.now() - began) / 1000
  return {
    inputs: sent,
    handshakes,
    seconds,
    waitsMs,
    comebacks,
    early,
    late,
    rows: { early: rowsEarly, late: await rows() },
    db,
    good,
    stop,
  }
}

/** When nobody but the good charger is connected. */
async function measured(child: ChildProcess): Promise<Measured> {
  for (let tries = 0; ; tries++) {
    child.send('measure')
    const [told] = (await once(child, 'message')) as [Measured]
    if ((told.connected === 1 && told.waiting === 0) || tries > 100) return told
  }
}
