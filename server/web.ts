import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import next from 'next'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { openFirstRun } from './auth/first-run.ts'
import type { Env } from './env.ts'
import { startForgettingKeys } from './http/forget-idempotency.ts'
import { setRuntime } from './runtime.ts'
import { noteAddress } from './web/client-address.ts'
import { passToGateway } from './web/files-pipe.ts'
import { answerHealth } from './web/health.ts'
import { pipeToGateway } from './web/ocpp-pipe.ts'
import { openWebRuntime } from './web/runtime.ts'
import { answerUnknownDoor } from './web/unknown-door.ts'

/**
 * The web process: pages and API through Next, `/ocpp/…` piped to the gateway, health and metrics.
 * @throws when the port cannot be listened on.
 */
export async function startWeb(env: Env): Promise<{ close(): Promise<void> }> {
  const runtime = openWebRuntime(env)
  setRuntime(runtime)
  const { registry, observe } = measures()
  // Next adds its own upgrade listener to the server it is given: this one never listens, so the chargers' sockets stay ours
  const forNext = createServer()
  const app = next({ dev: env.dev, dir: join(import.meta.dirname, '..'), hostname: env.host, port: env.port, httpServer: forNext })
  await app.prepare()
  const pages = app.getRequestHandler()

  const sockets = new Set<Duplex>()
  // an image of firmware over a slow line; what breaks off goes on where it was
  const server = createServer({ requestTimeout: 3_600_000 }, (request, response) => {
    observe(request.method ?? 'GET', response)
    if (env.demo && !isLoopbackName(request.headers.host)) return misdirected(response)
    if (answerHealth(runtime, registry, request, response)) return
    if (request.url?.startsWith('/files/')) return passToGateway(runtime, request, response)
    if (answerUnknownDoor(request, response)) return
    noteAddress(request)
    pages(request, response).catch((error) => {
      runtime.log.error({ err: error, path: request.url?.split('?')[0] }, 'a page failed')
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (request.url?.startsWith('/ocpp/')) pipeToGateway(env, request, socket, head)
    else if (env.dev && request.url?.startsWith('/_next/'))
      forNext.emit('upgrade', request, socket, head) // hot reload
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  await listen(server, env)
  runtime.log.info({ port: env.port }, 'the web serves')
  const stopForgetting = startForgettingKeys(runtime)
  const code = await openFirstRun(runtime)
  if (code) runtime.log.warn({ firstRunCode: code }, `nobody can sign in yet: open /first-run and enter the code ${code}`)

  return {
    async close() {
      stopForgetting()
      server.close()
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections() // live streams never end by themselves
      await app.close()
      await runtime.close()
    },
  }
}

/** The demo has known passwords: a page from elsewhere whose name was pointed at this machine (DNS rebinding) gets nothing. */
const isLoopbackName = (host = ''): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)

function misdirected(response: ServerResponse): void {
  response.writeHead(421, { 'content-type': 'text/plain' })
  response.end('The demo answers to localhost only. An installation (DATABASE_URL) answers to every name.\n')
}

function measures() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'yardwatt_web_' })
  const seconds = new Histogram({
    name: 'yardwatt_web_request_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const observe = (method: string, response: ServerResponse) => {
    const end = seconds.startTimer({ method: /^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(method) ? method : 'other' })
    response.once('finish', () => {
      // a live stream ends when its screen is closed, which says nothing about speed
      if (response.getHeader('content-type') !== 'text/event-stream') end({ status: `${Math.floor(response.statusCode / 100)}xx` })
    })
  }
  return { registry, observe }
}

const listen = (server: Server, { port, host }: Env): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      done()
    })
  })
