import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { pipeToGateway } from './ocpp-pipe.ts'

let gateway: WebSocketServer
let web: Server
let heard: IncomingMessage[]
const trusted: string[] = []
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port

beforeEach(async () => {
  heard = []
  gateway = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'ocpp1.6' })
  gateway.on('connection', (socket, request) => {
    heard.push(request)
    socket.on('message', (data) => socket.send(`heard ${data}`))
  })
  await new Promise((done) => gateway.once('listening', done))
  web = createServer()
  const env = { host: '127.0.0.1', ocppPort: portOf(gateway), ocppProxyCertHeader: 'x-client-cert', ocppTrustedProxies: trusted }
  web.on('upgrade', (request, socket, head) => pipeToGateway(env, request, socket, head))
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
})
afterEach(() => {
  for (const socket of gateway.clients) socket.terminate()
  gateway.close()
  web.close()
  web.closeAllConnections()
})

const dial = (headers: Record<string, string> = {}) =>
  new WebSocket(`ws://127.0.0.1:${portOf(web)}/ocpp/C7?x=1`, 'ocpp1.6', { headers: { authorization: 'Basic QzdrZXk=', ...headers } })
const opened = (socket: WebSocket) => new Promise<void>((done, failed) => socket.once('open', done).once('error', failed))

test('a charger talks to the gateway through the web port, with its path, protocol and credentials', async () => {
  const socket = dial()
  await opened(socket)
  expect(socket.protocol).toBe('ocpp1.6')
  expect(heard[0]!.url).toBe('/ocpp/C7?x=1')
  expect(heard[0]!.headers.authorization).toBe('Basic QzdrZXk=')
  const big = 'x'.repeat(200_000)
  const answer = new Promise((done) => socket.once('message', (data) => done(String(data))))
  socket.send(big)
  expect(await answer).toBe(`heard ${big}`)
  socket.close()
})

test('the client’s address travels with it; one that the client made up does not', async () => {
  const socket = dial({ 'X-Forwarded-For': '6.6.6.6' })
  await opened(socket)
  expect(heard[0]!.headers['x-forwarded-for']).toBe('127.0.0.1')
  socket.close()
})

test('what a client says of TLS and of its certificate does not travel', async () => {
  const socket = dial({ 'X-Forwarded-Proto': 'https', 'X-Client-Cert': 'a%20certificate' })
  await opened(socket)
  expect(heard[0]!.headers).not.toHaveProperty('x-forwarded-proto')
  expect(heard[0]!.headers).not.toHaveProperty('x-client-cert')
  socket.close()
})

test('what a trusted proxy says travels, with its own address at the end', async () => {
  trusted.push('127.0.0.1')
  const socket = dial({ 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'https', 'X-Client-Cert': 'a%20certificate' })
  await opened(socket)
  trusted.length = 0
  expect(heard[0]!.headers).toMatchObject({
    'x-forwarded-for': '192.0.2.1, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-client-cert': 'a%20certificate',
  })
  socket.close()
})

test('when the charger goes the gateway hears it, and the other way round', async () => {
  const first = dial()
  await opened(first)
  first.terminate()
  await vi.waitFor(() => expect(gateway.clients.size).toBe(0))
  const second = dial()
  await opened(second)
  const closed = new Promise((done) => second.once('close', done))
  for (const socket of gateway.clients) socket.terminate()
  await closed
})

test('while the gateway restarts the charger is told to come again', async () => {
  await new Promise((done) => gateway.close(done))
  const refused = await new Promise<IncomingMessage>((done) => dial().once('unexpected-response', (_, response) => done(response)))
  expect(refused.statusCode).toBe(503)
  expect(refused.headers['retry-after']).toBe('5')
})
