import { Gauge, Registry } from 'prom-client'
import { makeClock } from './clock.ts'
import type { Env } from './env.ts'
import { makeFiles } from './files/files.ts'
import { watchFiles } from './files/watch.ts'
import { compose } from './gateway/compose.ts'
import type { Gateway } from './gateway/gateway.ts'
import { makeLeaveRoom } from './gateway/leave-room.ts'
import { verbsOf } from './gateway/verbs.ts'
import { serveLink } from './link/serve.ts'
import { makeLog } from './log.ts'
import { startEndpoint } from './ocpp/endpoint.ts'
import { makeFailures } from './ocpp/failures.ts'
import { proxySettings } from './ocpp/proxies.ts'
import { firstThread, threadPlanner } from './planning/planner.ts'
import { helpTurns } from './planning/what-would-help.ts'
import { setRuntime } from './runtime.ts'
import { openAuthority } from './security/authority.ts'
import { startSecurity } from './security/security.ts'
import { openDatabase } from './store/database.ts'
import { ownDatabase, writeAsOwner } from './store/ownership.ts'

const CLOSE_MS = 5000
const GIVE_UP_MS = 500

/**
 * The gateway process: sockets of chargers, the record of what they say, planning and reconciliation, and the link for the web process.
 * After a restart everything goes on from the database: holds, wanted limits, pending sends, commands under way.
 * A database has one gateway (server/store/ownership.ts): `giveUp` is called, with the sockets closed, when another one took it over.
 * @throws when the port or the database cannot be used, or another gateway serves it.
 */
export async function startGateway(
  env: Env,
  giveUp: (sentence: string) => void = () => {},
): Promise<{ ocppPort: number; gateway: Gateway; close(): Promise<void> }> {
  if (!env.databaseUrl) throw new Error('The gateway needs DATABASE_URL.')
  const log = makeLog('gateway', env.logLevel)
  const clock = makeClock(env.clock)
  const lost = Promise.withResolvers<string>()
  const ownership = await ownDatabase(env.databaseUrl, { now: clock.real(), stopped: lost.resolve })
  const db = openDatabase(env.databaseUrl, 16)
  writeAsOwner(db, ownership)
  const planner = threadPlanner({ warm: true })
  const first = firstThread()
  const leaveRoom = makeLeaveRoom()
  const gateway = await compose({ env, clock, log, db, planner, first, leaveRoom })
  const files = makeFiles(
    gateway,
    makeFailures(() => clock.monotonic()),
  )
  const abandon = async (error: unknown) => {
    await ownership.release()
    throw error
  }
  const authority = await openAuthority(gateway).catch(abandon)
  const security = await startSecurity(gateway, authority).catch(abandon)
  gateway.security = security
  const endpoint = await startEndpoint(gateway, {
    port: env.ocppPort,
    host: env.host,
    leaveRoom,
    answer: files.answer,
    trust: authority,
    proxies: proxySettings(env),
    ...(env.ocppTlsPort !== undefined && { tls: { port: env.ocppTlsPort, identity: authority } }),
  }).catch(abandon)
  const reload = () => void authority.reload()
  process.on('SIGHUP', reload)
  gateway.useLinks({
    ...endpoint.links,
    // a gateway that may have lost its database must not steer
    call: (...asked) => (ownership.held() ? endpoint.links.call(...asked) : Promise.resolve({ kind: 'offline' })),
  })
  void lost.promise.then(async (sentence) => {
    log.fatal(sentence)
    await endpoint.close(GIVE_UP_MS)
    giveUp(sentence)
  })
  const verbs = verbsOf(gateway)
  setRuntime({
    ...gateway,
    role: 'gateway',
    planner,
    helping: helpTurns(),
    gateway: {
      call: (name, input) => {
        const verb = Object.entries(verbs).find(([each]) => each === name)?.[1]
        return verb ? verb(input) : Promise.reject(new Error(`the gateway has no verb "${name}"`))
      },
    },
  })
  const chargers = new Set<string>()
  gateway.recorded.subscribe((events) => {
    for (const { kind, chargerId } of events) {
      if (kind === 'connected') chargers.add(chargerId)
      if (kind === 'disconnected' && !endpoint.links.online(chargerId)) chargers.delete(chargerId)
    }
  })
  const metrics = measures(endpoint.stats)
  const link = await serveLink(gateway, {
    verbs,
    online: () => [...chargers].filter((id) => endpoint.links.online(id)),
    metrics: () => metrics.metrics(),
  })
  gateway.onConnections(() => link.connectionsChanged())
  await gateway.start()
  const filesWatch = watchFiles(gateway)
  log.info({ port: endpoint.port, tlsPort: endpoint.tlsPort }, 'chargers may connect')
  return {
    ocppPort: endpoint.port,
    gateway,
    async close() {
      await link.close()
      await filesWatch.close()
      await files.close()
      process.off('SIGHUP', reload)
      // while chargers can still be told: their limits are put back
      await gateway.checks.close()
      await endpoint.close(CLOSE_MS)
      security.close()
      await gateway.close()
      await Promise.all([planner.close(), first.close()])
      await db.close()
      await ownership.release()
    },
  }
}

function measures(stats: () => { connected: number; waiting: number }): Registry {
  const registry = new Registry()
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `yardwatt_gateway_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value())
      },
    })
  gauge('chargers_connected', 'Chargers that hold a socket.', () => stats().connected)
  gauge('readings_waiting', 'Meter readings that wait for their commit.', () => stats().waiting)
  gauge('resident_bytes', 'Memory of the gateway process.', () => process.memoryUsage().rss)
  return registry
}
