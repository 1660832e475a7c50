import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { makeClock } from '#server/clock.ts'
import { type Charger, startCharger } from './charger.ts'

// The wire itself, seen from a bare WebSocket: handshake, framing, pings, back-off.

const PORT = 20_195
let server: WebSocketServer
let charger: Charger
let handshakes: IncomingMessage[]

beforeEach(async () => {
  handshakes = []
  server = new WebSocketServer({ port: PORT, host: '127.0.0.1' })
  server.on('connection', (_socket, request) => handshakes.push(request))
  await once(server, 'listening')
  charger = startCharger({
    url: `ws://127.0.0.1:${PORT}/ocpp`,
    identity: 'C 1',
    password: 'se:cret',
    clock: makeClock(),
    backoffMs: { min: 20, max: 40 },
    callTimeoutMs: 200,
  })
})
afterEach(async () => {
  charger.close()
  for (const socket of server.clients) socket.terminate()
  await new Promise((resolve) => server.close(resolve))
})

async function connected(): Promise<{ socket: WebSocket; next: () => Promise<unknown[]> }> {
  const opening = once(server, 'connection')
  charger.connect()
  const [socket] = (await opening) as [WebSocket]
  const waiting: unknown[][] = []
  let wake = () => {}
  socket.on('message', (data) => {
    waiting.push(JSON.parse(String(data)))
    wake()
  })
  const next = async () => {
    while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return waiting.shift()!
  }
  return { socket, next }
}

test('offers ocpp1.6, shows identity and key, and boots at once', async () => {
  const { socket, next } = await connected()
  expect(socket.protocol).toBe('ocpp1.6')
  expect(handshakes[0]?.url).toBe('/ocpp/C%201')
  expect(handshakes[0]?.headers.authorization).toBe(`Basic ${Buffer.from('C 1:se:cret').toString('base64')}`)
  expect(await next()).toEqual([2, expect.any(String), 'BootNotification', expect.objectContaining({ chargePointModel: 'Sim 80' })])
})

test('what nobody knows is NotImplemented, what is malformed is FormationViolation, noise is not answered', async () => {
  const { socket, next } = await connected()
  await next()
  for (const noise of ['{', '[]', '[2,"a"]', '[3,"never-asked",{}]']) socket.send(noise)
  socket.send('[2,"m1","OpenTheDoor",{}]')
  expect(await next()).toEqual([4, 'm1', 'NotImplemented', expect.any(String), {}])
  socket.send('[2,"m2","constructor",{}]')
  expect(await next()).toEqual([4, 'm2', 'NotImplemented', expect.any(String), {}])
  socket.send('[2,"m3","SetChargingProfile",{"connectorId":"one"}]')
  expect(await next()).toEqual([4, 'm3', 'FormationViolation', expect.any(String), {}])
})

test('one CALL at a time: the next leaves when the one before is answered or given up', async () => {
  const { socket, next } = await connected()
  const [, bootId] = await next()
  const first = charger.call('DataTransfer', { vendorId: 'first' })
  const second = charger.call('DataTransfer', { vendorId: 'second' })
  expect(charger.sentCalls('DataTransfer')).toEqual([])
  socket.send(JSON.stringify([3, bootId, { status: 'Rejected', interval: 100, currentTime: '2026-03-10T20:00:00Z' }]))
  expect((await next())[3]).toEqual({ vendorId: 'first' })
  expect(charger.sentCalls('DataTransfer')).toHaveLength(1)
  expect(await first, 'nobody answers').toEqual({ kind: 'timeout' })
  expect((await next())[3]).toEqual({ vendorId: 'second' })
  socket.terminate()
  expect(await second, 'or the socket goes').toEqual({ kind: 'closed' })
})

test('comes back after the socket is lost, and boots again if the boot was never answered', async () => {
  const { socket } = await connected()
  const again = once(server, 'connection')
  socket.terminate()
  const [second] = (await again) as [WebSocket]
  const [data] = await once(second, 'message')
  expect(JSON.parse(String(data))[2]).toBe('BootNotification')
})

test('answers pings even when it is silent, but not when it is dead', async () => {
  const { socket } = await connected()
  charger.fault('silent')
  socket.ping()
  await once(socket, 'pong')
  charger.fault('deadSocket')
  let ponged = false
  socket.on('pong', () => {
    ponged = true
  })
  socket.ping()
  socket.send('[2,"m1","ClearCache",{}]')
  // the frame was read after the ping, so the pong would have left by now
  await charger.waitFor(() => charger.received.length === 1, 'the frame after the ping')
  charger.fault('deadSocket', false)
  charger.fault('silent', false)
  socket.send('[2,"m2","ClearCache",{}]')
  await once(socket, 'message')
  expect(ponged).toBe(false)
})
