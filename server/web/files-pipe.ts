import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Ctx } from '../runtime.ts'

type PipeCtx = Pick<Ctx, 'log'> & { env: Pick<Ctx['env'], 'host' | 'ocppPort'> }

/**
 * Passes `/files/…` on to the gateway, where the bytes lie, so that one address serves a small site and a browser. Both ways are streamed:
 * what the one side does not take, the other does not send. The path holds a token, so nothing of it is written down here.
 */
export function passToGateway({ env, log }: PipeCtx, request: IncomingMessage, response: ServerResponse): void {
  const { connection: _, 'keep-alive': __, upgrade: ___, ...headers } = request.headers
  const onwards = ask({
    host: ['0.0.0.0', '::'].includes(env.host) ? '127.0.0.1' : env.host,
    port: env.ocppPort,
    method: request.method,
    path: request.url,
    headers: { ...headers, 'x-forwarded-for': forwarded(request), connection: 'close' },
    agent: false,
  })
  onwards.on('response', (answer) => {
    const { connection: ____, 'keep-alive': _____, ...told } = answer.headers
    // an answer before the whole body came: the rest of it is not wanted
    response.writeHead(answer.statusCode ?? 502, request.complete ? told : { ...told, connection: 'close' })
    pipeline(answer, response, () => {})
  })
  onwards.on('error', (error) => {
    if (response.headersSent || response.destroyed) return
    log.warn({ code: (error as NodeJS.ErrnoException).code }, 'a file did not reach the gateway')
    response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '5', Connection: 'close' })
    response.end('Come back in a moment.\n')
  })
  // whoever goes takes the other side along: a transfer that broke off is known as such at both ends
  request.on('error', () => onwards.destroy())
  response.on('close', () => {
    if (!response.writableFinished) onwards.destroy()
  })
  request.pipe(onwards)
}

const forwarded = (request: IncomingMessage): string => {
  const before = request.headers['x-forwarded-for']
  return [...(Array.isArray(before) ? before : before ? [before] : []), request.socket.remoteAddress ?? ''].join(', ')
}
