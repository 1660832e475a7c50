// `npm run bench ocpp`: MeterValues and Heartbeats per second at 200 chargers, answered after the commit (fsync and synchronous_commit on,
// ordinary tables), against a bare ocpp-rpc server with the same strict schemas that only answers. Each server and the load have processes of
// their own; both servers are measured in turns in the same run. The last line is the result as JSON.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { seed } from '../ocpp/test-seed.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { connected, createDatabase, databases, dropDatabase, withDatabase } from '../store/postgres/admin.ts'
import { startPostgres } from '../store/postgres/embedded.ts'

const CHARGERS = 200
const SECONDS = { warm: 1, measured: 2.5 }
const ROUNDS = 2
const ENOUGH_MS = 30_000
type Measured = { perSecond: number; p50Ms: number; p99Ms: number }
type Case = 'MeterValues' | 'Heartbeat'

const here = import.meta.dirname
const say = (text: string) => process.stderr.write(`${text}\n`)

async function main() {
  const given = process.env.DATABASE_URL
  const postgres = given ? undefined : await startPostgres(join(here, '..', '..', '.yardwatt', 'bench-postgres'))
  const base = given ?? postgres!.url
  const name = `yardwatt_bench_${process.pid}`
  const url = withDatabase(base, name)
  // what a run that was killed left behind
  for (const left of await databases(base, 'yardwatt_bench_')) await dropDatabase(base, left)
  await createDatabase(base, name)
  try {
    await migrate(url)
    await connected(url, async (client) => {
      const { rows } = await client.query("SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit")
      if (rows[0].fsync !== 'on' || rows[0].commit !== 'on') throw new Error('fsync and synchronous_commit must be on')
      say(`PostgreSQL with fsync=${rows[0].fsync}, synchronous_commit=${rows[0].commit}`)
    })
    const cases = []
    for (const action of ['MeterValues', 'Heartbeat'] as const) cases.push(await measureCase(action, url))
    await checkRows(url)
    console.log(JSON.stringify({ bench: 'ocpp', cases }))
  } finally {
    await dropDatabase(base, name)
    await postgres?.stop()
  }
}

let keys: Map<string, string> | undefined

async function measureCase(action: Case, url: string) {
  if (!keys) {
    const db = openDatabase(url, 2)
    keys = await seed(db, CHARGERS)
    await db.close()
  }
  const ours: Measured[] = []
  const bare: Measured[] = []
  // a slow machine gets one round, so that the whole takes a minute
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < ENOUGH_MS); round++) {
    bare.push(await measure('bare', action, url))
    ours.push(await measure('ours', action, url))
    say(`${action} round ${round + 1}: ours ${ours.at(-1)!.perSecond}/s, bare ${bare.at(-1)!.perSecond}/s`)
  }
  const [own, raw] = [middle(ours), middle(bare)]
  return {
    name: action,
    chargers: CHARGERS,
    perSecond: own.perSecond,
    barePerSecond: raw.perSecond,
    throughputRatio: Math.round((own.perSecond / raw.perSecond) * 1000) / 1000,
    p50Ms: own.p50Ms,
    p99Ms: own.p99Ms,
    bareP50Ms: raw.p50Ms,
    bareP99Ms: raw.p99Ms,
  }
}

const middle = (all: Measured[]): Measured => {
  const mean = (key: keyof Measured) => Math.round((all.reduce((sum, each) => sum + each[key], 0) / all.length) * 10) / 10
  return { perSecond: mean('perSecond'), p50Ms: mean('p50Ms'), p99Ms: mean('p99Ms') }
}

async function measure(which: 'ours' | 'bare', action: Case, url: string): Promise<Measured> {
  const server = fork(join(here, 'ocpp.server.ts'), [which], { env: { ...process.env, BENCH_URL: url } })
  try {
    const { port } = (await heard(server)) as { port: number }
    const load = fork(join(here, 'ocpp.load.ts'), [])
    load.send({ port, action, keys: [...keys!], ...SECONDS })
    const measured = (await heard(load)) as Measured | { error: string }
    load.kill()
    if ('error' in measured) throw new Error(measured.error)
    return measured
  } finally {
    if (server.connected) {
      server.send('close')
      const killer = setTimeout(() => server.kill('SIGKILL'), 5000)
      await once(server, 'exit')
      clearTimeout(killer)
    }
  }
}

const heard = (child: ChildProcess): Promise<unknown> =>
  new Promise((done, failed) => {
    child.once('message', done)
    child.once('exit', (code) => failed(new Error(`a process of the bench ended with ${code}`)))
  })

/** What was answered is there: the bench would be worth nothing otherwise. */
async function checkRows(url: string) {
  await connected(url, async (client) => {
    const { rows } = await client.query<{ readings: number; messages: number }>(
      'SELECT (SELECT count(*)::int FROM meter_reading) AS readings, (SELECT count(*)::int FROM ocpp_message) AS messages',
    )
    say(`rows: ${rows[0]!.readings} readings, ${rows[0]!.messages} raw messages`)
    if (rows[0]!.readings === 0) throw new Error('no reading was stored')
  })
}

await main()
