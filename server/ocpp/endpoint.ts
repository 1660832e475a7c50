import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { makeBatch } from '../charging/batch.ts'
import { makePresence } from '../charging/presence.ts'
import type { RecordCtx } from '../charging/recording.ts'
import { makeStartMany } from '../charging/start-many.ts'
import { makeStopMany } from '../charging/stop-many.ts'
import type { Env } from '../env.ts'
import type { Links } from '../runtime.ts'
import { makeDoorBook } from '../store/admission.ts'
import { forgetConnections } from '../store/charger.ts'
import { openSessionsOfChargers } from '../store/session.ts'
import { makeTogether } from '../store/together.ts'
import { type Admission, admit, identityIn, PROTOCOL } from './admission.ts'
import type { ClientTrust } from './client-certificate.ts'
import { type Connection, openConnection } from './connection.ts'
import { makeCounts } from './counts.ts'
import { makeDoorNotes } from './door-notes.ts'
import { type DoorLimits, makeDoors } from './doors.ts'
import { type FailureLimits, makeFailures } from './failures.ts'
import { listen, type TlsIdentity } from './listen.ts'
import { keepPace, type PaceLimits } from './pace.ts'
import { makeProxies, NO_PROXIES, type ProxySettings } from './proxies.ts'
import type { Rejections } from './registration.ts'
import { type Handshake, RPCServer, type RpcClient } from './rpc.ts'
import { ChargerRpc } from './rpc-client.ts'
import { makeSetUp } from './set-up.ts'
import { ChargerSocket, makePulse } from './socket.ts'
import { takeSockets } from './take-sockets.ts'
import { makeValidator16 } from './validator16.ts'

export type EndpointCtx = RecordCtx & { env: Pick<Env, 'ocppAllowNoAuth'> }

export type EndpointOptions = {
  /** 0: any free one. */
  port: number
  host: string
  /** Two of these without a sign of life and the socket is dead (real ms). */
  pingIntervalMs?: number
  liveAfterMs?: number
  /** A charger that comes back without BootNotification is asked for its state after this (real ms). */
  bootAwaitedMs?: number
  failureLimits?: Partial<FailureLimits>
  doorLimits?: Partial<DoorLimits>
  paceLimits?: Partial<PaceLimits>
  /** The second listener: wss. */
  tls?: { port: number; identity: TlsIdentity }
  /** Whose client certificates are believed. Default: nobody's. */
  trust?: ClientTrust
  proxies?: ProxySettings
  /** What nobody waits for is put off while there is much to answer. Default: never. */
  leaveRoom?: () => Promise<void>
  /** Answers requests that are no upgrade (server/files); `address` is the caller's own. False: not for it. */
  answer?: (request: IncomingMessage, response: ServerResponse, address: string) => boolean
}

export type Endpoint = {
  links: Links
  port: number
  /** Of wss, where it is served. */
  tlsPort: number | undefined
  /** For upgrades of `/ocpp/:charger` that arrive at another server of this process. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  stats(): { connected: number; waiting: number }
  /**
   * No new sockets and no new messages; what came in, also from who has just gone, is written and answered within `deadlineMs` (real). The rest is
   * cut off: it has no answer, and its charger keeps it.
   */
  close(deadlineMs: number): Promise<void>
}

const PING_MS = 20_000
const MAX_FRAME = 256 * 1024
/** Of a close: so long chargers have for saying goodbye, and each of its steps at least. */
const GOODBYE_MS = 1000
const LEAST_MS = 100
const LONGEST_AT_THE_DOOR_MS = 120_000

/**
 * Where chargers connect: `ws://host:port/ocpp/:charger` and `wss://…`, OCPP 1.6J, security profiles 0 to 3. One socket per charger;
 * the newest that proved itself counts. Every fault of the library named in docs/ocpp.md is closed in this room.
 */
export async function startEndpoint(ctx: EndpointCtx, options: EndpointOptions): Promise<Endpoint> {
  const { pingIntervalMs = PING_MS, liveAfterMs = 20_000, bootAwaitedMs = 5_000 } = options
  const connections = new Map<string, Connection>()
  const presence = new Map<string, Promise<void>>()
  /** Where each charger found us: what it is told to fetch or send lies at the same place. */
  const origins = new WeakMap<Connection, string>()
  const rejections: Rejections = new Map()
  const counts = makeCounts(ctx)
  const setUp = makeSetUp(ctx, options.leaveRoom)
  const batch = makeBatch(ctx)
  const many = { start: makeStartMany(ctx), stop: makeStopMany(ctx) }
  const commit = makePresence(ctx)
  const openBook = makeTogether((ids: string[]) => openSessionsOfChargers(ctx.db, ids), { windowMs: 3 })
  const failures = makeFailures(() => ctx.clock.monotonic(), options.failureLimits)
  const { schemas, bentBy } = makeValidator16()
  const live = new Set<string>()
  const proxies = makeProxies(options.proxies ?? NO_PROXIES)
  const monotonic = () => ctx.clock.monotonic()
  const notes = makeDoorNotes(ctx)
  const doors = makeDoors(monotonic, proxies.speaksForOthers, notes.full, options.doorLimits)
  const keeping = {
    book: makeDoorBook(ctx.db.pool),
    failures,
    doors,
    proxies,
    trust: options.trust ?? { roots: () => [], operator: () => '' },
    allowNoAuth: ctx.env.ocppAllowNoAuth,
    isLive: (identity: string) => live.has(identity),
  }
  /** When each charger was last sent off (monotonic): who was at the door then was judged by books that have changed since. */
  const sentOff = new Map<string, number>()
  let closing = false

  await forgetConnections(ctx.db.prisma, ctx.clock.now())

  const server = new RPCServer({
    protocols: [PROTOCOL],
    wssOptions: { maxPayload: MAX_FRAME, perMessageDeflate: false, WebSocket: ChargerSocket, noServer: true },
  })
  server.on('error', (error: Error) => ctx.log.error({ err: error }, 'the charger endpoint failed'))
  const pulse = makePulse(monotonic, pingIntervalMs)
  takeSockets(server, (socket, session, request) => came(new ChargerRpc(socket, session, schemas), socket, request))

  server.auth((accept, reject, handshake) => {
    const askedAt = monotonic()
    void admit(ctx, keeping, handshake as Handshake).then((admission: Admission) => {
      if (admission.kind === 'refused') reject(admission.status, admission.reason)
      else if (closing || (sentOff.get(admission.charger.id) ?? Number.NEGATIVE_INFINITY) >= askedAt) reject(503, 'Come back later')
      else accept({ admission }, PROTOCOL)
    })
  })

  function came(client: RpcClient, socket: ChargerSocket, request: IncomingMessage) {
    const { charger, address, link } = (client.session as { admission: Extract<Admission, { kind: 'admitted' }> }).admission
    pulse.watch(socket)
    socket.once('close', doors.seat(address))
    keepPace(socket, monotonic, () => notes.fast(charger, address), options.paceLimits)
    const connection = openConnection(ctx, client, socket, charger, address, batch, {
      liveAfterMs,
      bentBy,
      rejections,
      counts,
      many,
      openBook,
      commit,
      onBooted: setUp.begin,
      onClosed,
    })
    const origin = `${proxies.approach(request).tls ? 'https' : 'http'}://${request.headers.host}`
    if (request.headers.host && URL.canParse(origin)) origins.set(connection, origin)
    const before = connections.get(charger.id)
    connections.set(charger.id, connection)
    live.add(charger.identity)
    if (before) replace(before, connection)
    ctx.log.info({ charger: charger.id, address, profile: link.profile }, 'charger connected')
    const raised = charger.nextProfile !== null && link.profile >= charger.nextProfile ? charger.nextProfile : undefined
    const connected = { kind: 'connected' as const, at: ctx.clock.now(), address, link, ...(raised === undefined ? {} : { raised }) }
    const online = connection.record([connected], presence.get(charger.id))
    remember(charger.id, online)
    online.catch(() => connection.terminate())
    setTimeout(() => {
      if (!connection.booted && connections.get(charger.id) === connection) setUp.begin(connection)
    }, bootAwaitedMs).unref()
  }

  /** Comings and goings of one charger are written in their order, so that the last word is the truth. */
  function remember(id: string, written: Promise<void>) {
    const done = written
      .catch(() => {})
      .then(() => {
        if (presence.get(id) === done) presence.delete(id)
      })
    presence.set(id, done)
  }

  /** The newest that knew the key wins (fault 4); both are named, for the case that the key is in two hands. */
  function replace(before: Connection, now: Connection) {
    const data = { from: before.address, to: now.address }
    ctx.log.warn({ charger: now.charger.id, ...data }, 'a newer socket took the place of the old one')
    const line = {
      depotId: now.charger.depotId,
      actor: `charger:${now.charger.id}`,
      kind: 'security.replaced',
      subject: `charger:${now.charger.id}`,
      data,
    }
    notes.write(line)
    before.close(4001, 'replaced by a newer connection')
  }

  function onClosed(connection: Connection, code: number) {
    const { id } = connection.charger
    // only the very socket that is registered takes its entry along
    if (connections.get(id) !== connection) return
    connections.delete(id)
    live.delete(connection.charger.identity)
    ctx.log.info({ charger: id, code }, 'charger gone')
    const offline = connection.record([{ kind: 'disconnected', at: ctx.clock.now(), code }], presence.get(id), () => connections.has(id))
    remember(id, offline)
  }

  const handle = server.handleUpgrade
  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const refuse = (status: string) => {
      socket.on('error', () => {})
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
    }
    if (closing) return refuse('503 Service Unavailable')
    if (identityIn(request.url) === undefined) {
      notes.badPath(proxies.approach(request).address, request.url)
      return refuse('404 Not Found')
    }
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return refuse('400 Bad Request')
    handle.call(server, request, socket as Socket, head).catch(() => socket.destroy())
  }

  const listener = await listen({
    ...options,
    upgrade,
    arrived: doors.arrived,
    answer: (request, response) => options.answer?.(request, response, proxies.approach(request).address) ?? false,
  })

  return {
    port: listener.port,
    tlsPort: listener.tlsPort,
    upgrade,
    stats: () => ({ connected: connections.size, waiting: batch.waiting() }),
    links: {
      call: (chargerId, call, callOptions) => connections.get(chargerId)?.call(call, callOptions) ?? Promise.resolve({ kind: 'offline' }),
      // a rejected one is not to be spoken to, so it counts as away
      online: (chargerId) => connections.get(chargerId)?.charger.registration !== 'rejected' && connections.has(chargerId),
      origin: (chargerId) => {
        const connection = connections.get(chargerId)
        return connection && origins.get(connection)
      },
      drop(chargerId) {
        for (const [id, at] of sentOff) if (monotonic() - at > LONGEST_AT_THE_DOOR_MS) sentOff.delete(id)
        sentOff.set(chargerId, monotonic())
        connections.get(chargerId)?.close(1008, 'please connect again')
      },
    },
    async close(deadlineMs) {
      closing = true
      setUp.close()
      const until = monotonic() + deadlineMs
      const inTime = (work: Promise<unknown>[], most = deadlineMs) =>
        within(Math.min(most, Math.max(until - monotonic(), LEAST_MS)), Promise.all(work))
      pulse.close()
      listener.close()
      const all = [...connections.values()]
      await inTime(all.map((connection) => connection.rest()))
      for (const connection of all) connection.close(1001, 'the server restarts')
      await inTime([gone(connections)], GOODBYE_MS)
      for (const connection of all) connection.terminate()
      listener.cutOff()
      // that somebody went is written after all that it said
      await inTime([...presence.values(), setUp.ended()])
      await inTime([batch.drain(), counts.flush()])
    },
  }
}

const within = (ms: number, work: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise((done) => {
    timer = setTimeout(done, ms)
  })
  return Promise.race([work.catch(() => {}), over]).finally(() => clearTimeout(timer))
}

const gone = async (connections: Map<string, Connection>) => {
  while (connections.size > 0) await new Promise((soon) => setTimeout(soon, 10))
}
