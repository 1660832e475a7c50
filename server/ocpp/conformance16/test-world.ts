import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RPCClient } from 'ocpp-rpc'
import { afterAll, expect } from 'vitest'
import type { AlertView } from '#lib/api/overview.ts'
import type { Scope } from '#lib/auth/role.ts'
import { createApiKey } from '../../auth/api-keys.ts'
import { readEnv } from '../../env.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { startGateway } from '../../gateway.ts'
import type { Door } from '../../http/route.ts'
import { standing } from '../../live/alerts-now.ts'
import { chargerView } from '../../live/charger-view.ts'
import { getRuntime, type Runtime } from '../../runtime.ts'
import { openDatabase } from '../../store/database.ts'
import { depotRow } from '../../store/view.ts'
import { freePort } from '../../tools/free-port.ts'
import { testDatabase } from '../../tools/test-store.ts'
import { plugIn, type TestCharger, until } from '../test-depot.ts'
import { seed } from '../test-seed.ts'

// The world of the conformance suite: the whole gateway on a real port and a real database, chargers that a test scripts word by word,
// the verbs and doors that people use, and the views that they see.

export type World = Awaited<ReturnType<typeof world>>
export type At = {
  /** The charger's id. */
  id: string
  identity: string
  /** Id of its first port. */
  port: string
  say: (action: string, payload?: Record<string, unknown>) => Promise<Record<string, unknown>>
  /** What it was asked, in order. */
  asked: TestCharger['asked']
  /** The next question with this action; `nth` counts those before it. */
  hears: (action: string, nth?: number) => Promise<Record<string, unknown>>
  client: TestCharger
}
export type Answers = Record<string, (params: Record<string, unknown>) => unknown>

export async function world(chargers = 24, settings: Record<string, string> = {}) {
  const { url } = await testDatabase()
  const db = openDatabase(url, 6)
  const { prisma } = db
  const keys = await seed(db, chargers)
  // room for all of them: what the envelope forbids is shown by the tests that want it
  await prisma.siteNode.update({ where: { id: 'n' }, data: { limitW: 10_000_000 } })
  await prisma.charger.updateMany({ data: { maxW: 40_000 } })
  const dataDir = mkdtempSync(join(tmpdir(), 'yardwatt-conformance-'))
  const ocppPort = await freePort()
  const env = readEnv({
    DATABASE_URL: url,
    ROLE: 'gateway',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    OCPP_PORT: String(ocppPort),
    LOG_LEVEL: 'fatal',
    APP_SECRET: 'a secret of thirty-two characters or more',
    ...settings,
  })
  let gateway = await startGateway(env)
  afterAll(async () => {
    await gateway.close()
    await db.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  let next = 1

  /** `unknown`: one that may not go to work is not counted as online. */
  async function connect(identity: string, answers: Answers = {}, as: 'online' | 'unknown' = 'online'): Promise<At> {
    const client = await plugIn({ keys }, { port: ocppPort }, identity, answers)
    const id = identity.toLowerCase()
    if (as === 'online') await until(() => getRuntime().links.online(id))
    return {
      id,
      identity,
      port: `${id}-1`,
      client,
      asked: client.asked,
      say: (action, payload = {}) => client.call(action, payload) as Promise<Record<string, unknown>>,
      hears: (action, nth = 0) => until(() => client.asked.filter(({ method }) => method === action)[nth]?.params),
    }
  }

  const journal = (kind: string, subject: string) => prisma.journal.findMany({ where: { kind, subject }, orderBy: { id: 'asc' } })
  return {
    db,
    prisma,
    url,
    keys,
    env,
    ocppPort,
    get gateway(): Gateway {
      return gateway.gateway
    },
    get runtime(): Runtime {
      return getRuntime()
    },
    connect,
    /** A socket over TLS that trusts our active root; `more` are options of the library's client. The world has an OCPP_TLS_PORT. */
    async overTls(identity: string, more: Record<string, unknown> = {}): Promise<RPCClient> {
      const root = await prisma.certificate.findFirstOrThrow({ where: { chargerId: null, kind: 'root', state: 'active' } })
      const client = new RPCClient({
        endpoint: `wss://localhost:${env.ocppTlsPort}/ocpp`,
        identity,
        password: keys.get(identity),
        protocols: ['ocpp1.6'],
        reconnect: false,
        strictMode: false,
        wsOpts: { ca: root.pem },
        ...more,
      } as ConstructorParameters<typeof RPCClient>[0])
      client.handle(() => Promise.resolve({ status: 'Accepted', configurationKey: [] }))
      await client.connect()
      return client
    },
    /** A charger that nobody has met. */
    charger: (answers: Answers = {}) => connect(`C${next++}`, answers),
    /** As a person or another system asks the gateway. */
    verb: async <Out = Record<string, unknown>>(name: string, input: Record<string, unknown>): Promise<Out> =>
      (await getRuntime().gateway.call(name, { depotId: 'd', actor: 'user:anna', ...input })) as Out,
    /** A door of the API, with a key of these scopes. */
    async door(
      door: Door,
      scopes: Scope[],
      { params = {}, body, query = '' }: { params?: Record<string, string>; body?: unknown; query?: string } = {},
    ) {
      const { secret } = await createApiKey(getRuntime(), { name: 'conformance', scopes, depotId: 'd' }, 'test')
      const { method } = door.contract
      const response = await door(
        new Request(`http://depot.test/api${query}`, {
          method,
          headers: { host: 'depot.test', authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        { params: Promise.resolve(params) },
      )
      return { status: response.status, json: (await response.json()) as Record<string, unknown> }
    },
    journal,
    /** The first journal line of this kind, when it is there. */
    line: async (kind: string, subject: string) =>
      (await until(async () => (await journal(kind, subject))[0])).data as Record<string, unknown>,
    readings: (portId: string) => prisma.meterReading.findMany({ where: { portId }, orderBy: { at: 'asc' } }),
    row: (id: string) => prisma.charger.findUniqueOrThrow({ where: { id } }),
    portRow: (id: string) => prisma.port.findUniqueOrThrow({ where: { id } }),
    session: (id: number) => prisma.session.findUniqueOrThrow({ where: { id } }),
    /** What a person sees on the charger's page. */
    page: (id: string) => chargerView(getRuntime(), 'd', id),
    /** What a person sees as broken in the depot. */
    async alerts(): Promise<AlertView[]> {
      return (await standing(getRuntime(), (await depotRow(db, 'd'))!)).alerts
    },
    async restart() {
      await gateway.close()
      gateway = await startGateway(env)
    },
  }
}

export const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()
export const HOUR = 3_600_000

/** A clean start of a session, half a minute ago. */
export const start = async (at: At, more: Record<string, unknown> = {}) =>
  (await at.say('StartTransaction', { connectorId: 1, idTag: 'CENTRAL', meterStart: 1000, timestamp: ago(30_000), ...more })) as {
    transactionId: number
    idTagInfo: { status: string }
  }

export const energy = (at: At, transactionId: number | undefined, wh: number, timestamp: string, more: Record<string, unknown>[] = []) =>
  at.say('MeterValues', {
    connectorId: 1,
    ...(transactionId === undefined ? {} : { transactionId }),
    meterValue: [{ timestamp, sampledValue: [{ value: String(wh), unit: 'Wh' }, ...more] }],
  })

/** The charger's refusal: its code. */
export async function refusal(said: Promise<unknown>): Promise<string> {
  const error: unknown = await said.then(
    () => undefined,
    (failed: unknown) => failed,
  )
  expect(error, 'it was answered instead of refused').toBeDefined()
  return String((error as { rpcErrorCode?: unknown }).rpcErrorCode)
}
