import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'

/** What is asked of the Runtime here. */
type World = {
  env: { metricsToken?: string | undefined }
  db: { pool: { query(sql: string): Promise<unknown> } }
  gateway: { call(verb: string, input: unknown): Promise<unknown> }
}

const PATIENCE_MS = 2_000

/**
 * Answers `/healthz` (this process lives), `/readyz` (database and gateway answer) and `/metrics`
 * (for this machine, or with METRICS_TOKEN; never a charger's id).
 * @returns false when the path is none of them.
 */
export function answerHealth(runtime: World, registry: Registry, request: IncomingMessage, response: ServerResponse): boolean {
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      send(response, 200, { status: 'ok' })
      return true
    case '/readyz':
      void ready(runtime).then((state) => send(response, state.database && state.gateway ? 200 : 503, state))
      return true
    case '/metrics':
      if (!mayReadMetrics(runtime.env, request)) send(response, 401, { status: 'send METRICS_TOKEN as a bearer token' })
      else void metrics(runtime, registry).then((text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text))
      return true
    default:
      return false
  }
}

async function ready({ db, gateway }: World): Promise<{ database: boolean; gateway: boolean }> {
  const [database, link] = await Promise.all([db.pool.query('SELECT 1'), gateway.call('ping', {})].map(answers))
  return { database: database!, gateway: link! }
}

const answers = (work: Promise<unknown>): Promise<boolean> =>
  new Promise((done) => {
    const late = setTimeout(() => done(false), PATIENCE_MS)
    work
      .then(
        () => done(true),
        () => done(false),
      )
      .finally(() => clearTimeout(late))
  })

/** The gateway's numbers are named `yardwatt_gateway_…`, ours `yardwatt_web_…`: together they are one valid page. */
async function metrics({ gateway }: World, registry: Registry): Promise<string> {
  const remote = await gateway.call('metrics', {}).catch(() => '')
  return `${await registry.metrics()}${typeof remote === 'string' ? remote : ''}`
}

function mayReadMetrics({ metricsToken }: World['env'], request: IncomingMessage): boolean {
  const given = request.headers.authorization?.replace(/^Bearer /, '')
  if (metricsToken && given) return same(given, metricsToken)
  // whoever comes through a proxy on this machine is not of this machine
  return isLoopback(request.socket.remoteAddress) && !request.headers['x-forwarded-for'] && !request.headers.forwarded
}

const isLoopback = (address: string | undefined) => /^(127\.|::1$|::ffff:127\.)/.test(address ?? '')
const same = (a: string, b: string) => Buffer.byteLength(a) === Buffer.byteLength(b) && timingSafeEqual(Buffer.from(a), Buffer.from(b))

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body))
}
