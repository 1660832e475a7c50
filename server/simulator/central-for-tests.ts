import { createServer } from 'node:https'
import { TLSSocket } from 'node:tls'
import { RPCServer } from 'ocpp-rpc'
import type { Clock } from '#server/clock.ts'
import type { Payload } from './frame.ts'

// A tiny central system for the simulator's own tests, strict about the 1.6 schemas in both directions.
// It shares nothing with our endpoint: the simulator must be right by the specification, not by our server.

export type Heard = { identity: string; action: string; params: Payload }
export type Central = Awaited<ReturnType<typeof startCentral>>

type Manners = {
  boot: () => { status: 'Accepted' | 'Pending' | 'Rejected'; interval: number }
  tag: (idTag: string) => string
  group: (idTag: string) => string | undefined
  password: () => string
  /** Given before the usual answer: throw to answer with a CALLERROR, or wait to be late. */
  before: (heard: Heard) => void | Promise<void>
}

type Client = { call(action: string, params: Payload): Promise<unknown>; close(options?: object): Promise<unknown>; identity: string }

const ACTIONS = [
  'BootNotification',
  'Heartbeat',
  'StatusNotification',
  'MeterValues',
  'Authorize',
  'StartTransaction',
  'StopTransaction',
  'DataTransfer',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'LogStatusNotification',
  'SecurityEventNotification',
  'SignCertificate',
  'SignedFirmwareStatusNotification',
]

/** A door with TLS beside the plain one; `ca`: asks for a client's certificate of this root. */
export type SecureDoor = { port: number; cert: string; key: string; ca?: string }

export async function startCentral(clock: Clock, port: number, password = 'a password of 20 c', secure?: SecureDoor) {
  const heard: Heard[] = []
  const bad: string[] = []
  const listeners = new Set<() => void>()
  const clients = new Map<string, Client>()
  const manners: Manners = {
    boot: () => ({ status: 'Accepted', interval: 300 }),
    tag: () => 'Accepted',
    group: () => undefined,
    before: () => {},
    password: () => password,
  }
  let transactions = 100
  const started: Payload[] = []
  const now = () => new Date(clock.now()).toISOString()
  const info = (idTag: unknown) => {
    const parentIdTag = manners.group(String(idTag))
    return { idTagInfo: { status: manners.tag(String(idTag)), ...(parentIdTag && { parentIdTag }) } }
  }
  /** The name in the client certificate of each socket, oldest first. */
  const shown: (string | undefined)[] = []

  const answer = (action: string, params: Payload): Payload => {
    switch (action) {
      case 'BootNotification':
        return { ...manners.boot(), currentTime: now() }
      case 'Heartbeat':
        return { currentTime: now() }
      case 'Authorize':
        return info(params.idTag)
      case 'StartTransaction':
        started.push(params)
        return { transactionId: ++transactions, ...info(params.idTag) }
      case 'DataTransfer':
      case 'SignCertificate':
        return { status: 'Accepted' }
      default:
        return {}
    }
  }

  const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true, callTimeoutMs: 2_000, wssOptions: { maxPayload: 256 * 1024 } })
  server.auth((accept, reject, handshake) => {
    const { socket } = handshake.request
    const isSecure = socket instanceof TLSSocket
    const name = isSecure && socket.authorized ? socket.getPeerCertificate().subject.CN : undefined
    shown.push(Array.isArray(name) ? name[0] : name)
    if (isSecure && secure?.ca ? socket.authorized : handshake.password?.toString() === manners.password()) accept({})
    else reject(401, 'wrong key')
  })
  server.on('client', (client) => {
    clients.set(client.identity, client)
    client.on('badMessage', ({ error }: { error: Error }) => bad.push(error.message))
    client.on('strictValidationFailure', ({ error }: { error: Error }) => bad.push(error.message))
    for (const action of ACTIONS) {
      client.handle(action, async ({ params }: { params: Payload }) => {
        const one = { identity: client.identity, action, params }
        heard.push(one)
        for (const listener of [...listeners]) listener()
        await manners.before(one)
        return answer(action, params)
      })
    }
  })
  await server.listen(port, '127.0.0.1')
  const secureServer = secure && createServer({ ...secure, requestCert: secure.ca !== undefined, rejectUnauthorized: false })
  secureServer?.on('upgrade', (request, socket, head) => {
    if (socket instanceof TLSSocket) void server.handleUpgrade(request, socket, head)
  })
  if (secure) await new Promise<void>((resolve) => secureServer?.listen(secure.port, '127.0.0.1', resolve))

  return {
    url: `ws://127.0.0.1:${port}/ocpp`,
    password,
    heard,
    bad,
    started,
    manners,
    heardOf: (action: string, identity?: string) => heard.filter((h) => h.action === action && (!identity || h.identity === identity)),
    /** Calls back once, at the next message. */
    onHeard(then: () => void) {
      const once = () => {
        listeners.delete(once)
        then()
      }
      listeners.add(once)
    },
    /** A CALL to the charger; rejects on a CALLERROR or when no answer comes. */
    ask: async (identity: string, action: string, params: Payload): Promise<Payload> =>
      (await clients.get(identity)!.call(action, params)) as Payload,
    shown,
    async close() {
      secureServer?.close()
      await server.close({ code: 1001, reason: '', force: true, awaitPending: false })
    },
  }
}
