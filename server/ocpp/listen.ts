import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What a wss listener shows: PEM texts. */
export type TlsMaterial = {
  cert: string
  key: string
  /** Roots that client certificates may come from. */
  clientRoots: string[]
}
export type TlsIdentity = {
  material(): TlsMaterial
  /** Called when `material` says something else from now on. */
  onChange(listener: () => void): () => void
}

/**
 * The suites that the OCPP security whitepaper asks of a central system (A00.FR.318 and following) below TLS 1.3: ECDHE-ECDSA first, the RSA
 * ones for installations with an RSA certificate of their own. Nothing with CBC, and nothing below TLS 1.2.
 */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
].join(':')

const HTTP = {
  noDelay: true,
  headersTimeout: 10_000,
  // a file may take its time (server/files drops who stands still); all else is answered before its body is read
  requestTimeout: 0,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
}
/** A whole depot's chargers may come in one moment. */
const BACKLOG = 8_192
/**
 * A turn of the event loop accepts one connection of each listening socket. Where turns are long and thousands come back, one alone lets them in
 * more slowly than they give up and dial again: what is let in is gone already, for ever.
 */
const DOORS = 16

export type Listening = {
  host: string
  port: number
  tls?: { port: number; identity: TlsIdentity }
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Asked for each socket before a byte is read; false: it was destroyed. */
  arrived: (socket: Socket) => boolean
  /** Requests that are no upgrade; false: not for it either. */
  answer: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Opens ws, and wss where there is something to show. A new certificate is shown to whoever comes next; open sockets stay. */
export async function listen({ host, port, tls, upgrade, arrived, answer }: Listening) {
  const plain = createServer(HTTP)
  const secure = tls && createTlsServer({ ...HTTP, ...secureOptions(tls.identity.material()), handshakeTimeout: 10_000 })
  const servers: (Server | TlsServer)[] = secure ? [plain, secure] : [plain]
  for (const server of servers) {
    server.prependListener('connection', arrived)
    server.on('request', (request, response) => {
      if (!answer(request, response)) response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Length': 0 }).end()
    })
    server.on('upgrade', upgrade)
    server.on('clientError', (_, socket) => socket.destroy())
    server.on('tlsClientError', (_, socket) => socket.destroy())
  }
  const forget = secure && tls.identity.onChange(() => secure.setSecureContext(secureOptions(tls.identity.material())))
  const doors: NetServer[] = []
  const close = () => {
    for (const server of [...servers, ...doors]) server.close()
  }
  try {
    doors.push(...(await open(plain, host, port)))
    if (secure) doors.push(...(await open(secure, host, tls.port)))
  } catch (error) {
    close()
    throw error
  }
  return {
    port: portOf(plain),
    tlsPort: secure && portOf(secure),
    close() {
      forget?.()
      close()
    },
    cutOff() {
      for (const server of servers) server.closeAllConnections()
    },
  }
}

/** Client certificates are asked for, and judged at the door with the charger's own rules: profiles 2 and 3 share the port. */
const secureOptions = ({ cert, key, clientRoots }: TlsMaterial) => ({
  cert,
  key,
  ca: clientRoots,
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2' as const,
  ciphers: CIPHERS,
  honorCipherOrder: true,
  ALPNProtocols: ['http/1.1'],
})

/** Opens `server`, and where the system shares a port among sockets, more doors to it. @returns those */
async function open(server: Server | TlsServer, host: string, port: number): Promise<NetServer[]> {
  if (process.platform !== 'linux') {
    await listening(server, { host, port })
    return []
  }
  // shared sockets would not notice another process that has the port
  await listening(createNetServer(), { host, port }).then((probe) => new Promise((closed) => probe.close(closed)))
  await listening(server, { host, port, reusePort: true })
  const shared = { host, port: portOf(server), reusePort: true }
  const more = Array.from({ length: DOORS - 1 }, () => createNetServer({ noDelay: true }, (socket) => server.emit('connection', socket)))
  await Promise.all(more.map((door) => listening(door, shared))).catch((error) => {
    for (const door of more) door.close()
    throw error
  })
  return more
}

const listening = <Listener extends NetServer>(server: Listener, options: { host: string; port: number; reusePort?: boolean }) =>
  new Promise<Listener>((done, failed) => {
    server.once('error', failed)
    server.listen({ ...options, backlog: BACKLOG }, () => {
      server.off('error', failed)
      done(server)
    })
  })

const portOf = (server: Server | TlsServer): number => (server.address() as AddressInfo).port
