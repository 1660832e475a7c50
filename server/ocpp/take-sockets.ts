import type { IncomingMessage } from 'node:http'
import { WebSocketServer } from 'ws'
import type { RPCServer } from './rpc.ts'
import { ChargerSocket } from './socket.ts'

type Upgraded = { session: Record<string, unknown> }

/**
 * The library keeps its WebSocket server to itself: its `Server` header is dropped there, and the sockets that it has let in are taken before
 * it makes a client of them (server/ocpp/rpc-client.ts is ours).
 */
export function takeSockets(
  server: InstanceType<typeof RPCServer>,
  take: (socket: ChargerSocket, session: Upgraded['session'], request: IncomingMessage) => void,
) {
  const wss: unknown = Reflect.get(server, '_wss')
  const upgrades: unknown = Reflect.get(server, '_pendingUpgrades')
  if (!(wss instanceof WebSocketServer) || !(upgrades instanceof WeakMap))
    throw new Error('ocpp-rpc has changed inside: server/ocpp/take-sockets.ts must be adapted')
  wss.on('headers', (headers) => {
    for (let index = headers.length - 1; index >= 0; index--) if (/^server:/i.test(headers[index]!)) headers.splice(index, 1)
  })
  wss.removeAllListeners('connection')
  wss.on('connection', (socket, request: IncomingMessage) => {
    const upgraded: Upgraded | undefined = upgrades.get(request)
    if (upgraded && socket instanceof ChargerSocket) take(socket, upgraded.session, request)
    else socket.terminate()
  })
}
