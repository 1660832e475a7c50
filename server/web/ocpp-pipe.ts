import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Env } from '../env.ts'
import { makeProxies } from '../ocpp/proxies.ts'

type Piping = Pick<Env, 'host' | 'ocppPort'> & Partial<Pick<Env, 'ocppProxyCertHeader' | 'ocppProxyProtoHeader' | 'ocppTrustedProxies'>>

/**
 * Hands a charger's upgrade on `/ocpp/<charger>` to the gateway's own port, byte for byte, so that one address serves a small site.
 * The client's address travels in X-Forwarded-For, which the gateway believes from this machine only; one sent by the client is dropped.
 * What a client says of TLS and of a client certificate is dropped too, unless it is a proxy of OCPP_TRUSTED_PROXIES; the gateway believes it
 * if that list names this machine, too.
 * The path is not looked at here: the gateway judges it like any other.
 */
export function pipeToGateway(env: Piping, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const gateway = connect({ port: env.ocppPort, host: ['0.0.0.0', '::'].includes(env.host) ? '127.0.0.1' : env.host })
  gateway.setNoDelay(true)
  let answered = false
  gateway.once('connect', () => {
    gateway.write(requestText(request, env))
    gateway.write(head)
    socket.pipe(gateway)
    gateway.pipe(socket)
  })
  gateway.once('data', () => {
    answered = true
  })
  gateway.on('error', () => {
    if (!answered && socket.writable)
      socket.write('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    socket.destroySoon?.()
    gateway.destroy()
  })
  socket.on('error', () => gateway.destroy())
  socket.on('close', () => gateway.destroy())
  gateway.on('close', () => socket.destroySoon?.())
}

declare module 'node:stream' {
  interface Duplex {
    /** Every network socket has it: ends after what was written has left. */
    destroySoon?(): void
  }
}

function requestText(request: IncomingMessage, env: Piping): string {
  const peer = request.socket.remoteAddress ?? ''
  const trusted = makeProxies({ trusted: env.ocppTrustedProxies ?? [], protocolHeader: '' }).isTrusted(peer)
  const before = trusted ? request.headers['x-forwarded-for'] : undefined
  const dropped = ['x-forwarded-for', ...(trusted ? [] : ['x-forwarded-proto', env.ocppProxyProtoHeader, env.ocppProxyCertHeader])]
  const lines = [`${request.method} ${request.url} HTTP/1.1`]
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name, value] = [request.rawHeaders[i]!, request.rawHeaders[i + 1]!]
    if (!dropped.includes(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  lines.push(`X-Forwarded-For: ${[before, peer].filter(Boolean).join(', ')}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
