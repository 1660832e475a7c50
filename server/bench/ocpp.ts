// `npm run bench ocpp`: rates at 1,000 chargers, answered after the commit (fsync and synchronous_commit on, ordinary tables), against a bare
// ocpp-rpc server with the same strict schemas that only answers; then 10,000 chargers on one gateway, idle and coming back after a
// restart. Each server and the load have processes of their own. The last line is the result as JSON. `-- <case> …` measures only those.
import { join } from 'node:path'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { connected, createDatabase, databases, dropDatabase, withDatabase } from '../store/postgres/admin.ts'
import { startPostgres } from '../store/postgres/embedded.ts'
import { fleetCases } from './ocpp.fleet.ts'
import { type Bench, CONNECTORS, latencyCase, rateCase } from './ocpp.rates.ts'
import { seedFleet } from './ocpp.seed.ts'

const FLEET = Number(process.env.BENCH_FLEET ?? 10_000)
const FEW = 200
const MANY = Math.min(1000, FLEET)
const LEAST_RATIO = 0.4
const MOST_P99_RATIO = 3

const say = (text: string) => process.stderr.write(`${text}\n`)
const wanted = process.argv.slice(2)
const wants = (name: string) => wanted.length === 0 || wanted.some((each) => name.startsWith(each))

async function main() {
  const given = process.env.DATABASE_URL
  const postgres = given ? undefined : await startPostgres(join(import.meta.dirname, '..', '..', '.yardwatt', 'bench-postgres'))
  const base = given ?? postgres!.url
  // what a run that was killed left behind
  for (const left of await databases(base, 'yardwatt_bench_')) await dropDatabase(base, left)
  /** Rates and the fleet have databases of their own: the ports that starts go round would be planned for as well. */
  const inDatabase = async <Result>(
    chargers: number,
    connectors: number,
    measure: (bench: Bench) => Promise<Result[]>,
  ): Promise<Result[]> => {
    const name = `yardwatt_bench_${process.pid}_${connectors}`
    const url = withDatabase(base, name)
    await createDatabase(base, name)
    try {
      await migrate(url)
      await durable(url)
      const db = openDatabase(url, 4)
      const keys = await seedFleet(db, chargers, connectors)
      await db.close()
      const cases = await measure({ url, postgresPid: postgres?.pid, keys, say })
      if (cases.length > 0) await checkRows(url)
      return cases
    } finally {
      await dropDatabase(base, name)
    }
  }
  try {
    const cases: object[] = []
    // what fails is told in its place, and stops nothing else
    const told = async (chargers: number, connectors: number, measure: (bench: Bench) => Promise<object[]>, first: string) => {
      try {
        cases.push(...(await inDatabase(chargers, connectors, measure)))
      } catch (error) {
        say(`${first} and what follows it: ${error}`)
        cases.push({ name: first, error: String(error), met: false })
      }
    }
    if (RATES.some(wants)) await told(MANY, CONNECTORS, rates, 'rates')
    if (FLEETS.some(wants)) await told(FLEET, 1, fleetCases, 'fleet')
    console.log(JSON.stringify({ bench: 'ocpp', cases }))
  } finally {
    await postgres?.stop()
  }
}

const RATES = ['MeterValues', 'MeterValues-1000', 'StartTransaction-1000', 'StartAndStop-1000', 'Heartbeat', 'Heartbeat-30pct']
const FLEETS = ['idle-10000', 'talk-10000', 'storm-10000']

async function rates(bench: Bench) {
  const cases: object[] = []
  const attempt = async <Case extends object>(name: string, work: () => Promise<Case>): Promise<Case | undefined> => {
    try {
      const measured = await work()
      cases.push(measured)
      return measured
    } catch (error) {
      say(`${name}: ${error}`)
      cases.push({ name, error: String(error), met: false })
      return undefined
    }
  }
  let heartbeat: Awaited<ReturnType<typeof rateCase>> | undefined
  for (const [name, kind, chargers, least] of [
    ['MeterValues', 'MeterValues', FEW, undefined],
    ['MeterValues-1000', 'MeterValues', MANY, LEAST_RATIO],
    ['StartTransaction-1000', 'StartTransaction', MANY, LEAST_RATIO],
    ['StartAndStop-1000', 'StartAndStop', MANY, undefined],
    ['Heartbeat', 'Heartbeat', FEW, undefined],
  ] as const)
    if (wants(name)) {
      const measured = await attempt(name, () => rateCase(bench, name, kind, chargers, least))
      if (name === 'Heartbeat') heartbeat = measured
    }
  if (wants('Heartbeat-30pct'))
    await attempt('Heartbeat-30pct', async () => {
      const { perSecond: own, barePerSecond: bare } = heartbeat ?? (await rateCase(bench, 'Heartbeat', 'Heartbeat', FEW, undefined))
      return latencyCase(bench, 'Heartbeat-30pct', 'Heartbeat', MANY, { own, bare }, MOST_P99_RATIO)
    })
  return cases
}

const durable = (url: string) =>
  connected(url, async (client) => {
    const { rows } = await client.query("SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit")
    if (rows[0].fsync !== 'on' || rows[0].commit !== 'on') throw new Error('fsync and synchronous_commit must be on')
    say(`PostgreSQL with fsync=${rows[0].fsync}, synchronous_commit=${rows[0].commit}`)
  })

/** What was answered is there: the bench would be worth nothing otherwise. */
const checkRows = (url: string) =>
  connected(url, async (client) => {
    const { rows } = await client.query<Record<'readings' | 'sessions' | 'messages', number>>(
      `SELECT (SELECT count(*)::int FROM meter_reading) AS readings, (SELECT count(*)::int FROM session) AS sessions,
         (SELECT count(*)::int FROM ocpp_message) AS messages`,
    )
    say(`rows: ${rows[0]!.readings} readings, ${rows[0]!.sessions} sessions, ${rows[0]!.messages} raw messages`)
    if (rows[0]!.messages === 0) throw new Error('nothing was stored')
  })

await main()
