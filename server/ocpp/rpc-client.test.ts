import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createRPCError, TimeoutError } from './rpc.ts'
import { ChargerRpc } from './rpc-client.ts'
import { ChargerSocket } from './socket.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Our end of a charger's socket, and the charger's. */
async function pair() {
  const server = new WebSocketServer({ port: 0, WebSocket: ChargerSocket })
  const charger = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  closing.push(
    () => charger.terminate(),
    () => server.close(),
  )
  const [socket] = (await once(server, 'connection')) as [ChargerSocket]
  const rpc = new ChargerRpc(socket, {}, { request: () => {}, response: () => {} })
  if (charger.readyState !== charger.OPEN) await once(charger, 'open')
  const heard: unknown[][] = []
  charger.on('message', (data) => heard.push(JSON.parse(String(data))))
  const says = (frame: unknown) => charger.send(JSON.stringify(frame))
  return { rpc, socket, charger, heard, says }
}

const isHeard = async (charger: WebSocket, heard: unknown[][], count: number) => {
  while (heard.length < count) await once(charger, 'message')
}

test('a charger that talks and never reads is cut off before its answers fill the memory', async () => {
  const { rpc, socket, charger, says } = await pair()
  const large = 'x'.repeat(200_000)
  let most = 0
  rpc.handle(async () => {
    most = Math.max(most, socket.bufferedAmount)
    return { large }
  })
  charger.pause()
  const closed = once(socket, 'close')
  for (let id = 0; id < 500; id++) says([2, String(id), 'Heartbeat', {}])
  await closed
  expect(most).toBeLessThan(5_000_000)
})

test('a call that is not answered in time is over; its late answer is noted, answers nothing and hurts nothing', async () => {
  const { rpc, charger, heard, says } = await pair()
  rpc.handle(async () => ({ currentTime: 'now' }))
  const bad: unknown[] = []
  rpc.on('badMessage', ({ response }: { response: unknown }) => bad.push(response))
  const late = rpc.call('GetConfiguration', {}, { callTimeoutMs: 20 })
  await expect(late).rejects.toBeInstanceOf(TimeoutError)
  await isHeard(charger, heard, 1)
  says([3, heard[0]![1], { configurationKey: [] }])
  says([2, 'h', 'Heartbeat', {}])
  await isHeard(charger, heard, 2)
  expect(heard[1]).toEqual([3, 'h', { currentTime: 'now' }])
  expect(bad).toEqual([null])
})

test('a message of a type that OCPP-J 1.6 does not know is ignored and noted, however many come', async () => {
  const { rpc, charger, heard, says } = await pair()
  rpc.handle(async () => ({}))
  const noted: unknown[] = []
  rpc.on('badMessage', ({ response, odd, error }: { response: unknown; odd: boolean; error: Error }) =>
    noted.push([response, odd, error.message]),
  )
  for (let each = 0; each < 60; each++) says([9, 'x', 'Heartbeat', {}])
  says([2, 'h', 'Heartbeat', {}])
  await isHeard(charger, heard, 1)
  expect(heard).toEqual([[3, 'h', {}]])
  expect(noted).toHaveLength(60)
  expect(noted[0]).toEqual([null, false, 'Unknown message type'])
})

test('what a charger is told of an error is one of the codes that OCPP-J 1.6 has', async () => {
  const { rpc, charger, heard, says } = await pair()
  rpc.handle(async ({ method }) => {
    throw createRPCError(method, 'so it is')
  })
  const codes = ['FormatViolation', 'OccurenceConstraintViolation', 'OccurrenceConstraintViolation', 'RpcFrameworkError', 'SecurityError']
  for (const code of codes) says([2, code, code, {}])
  await isHeard(charger, heard, codes.length)
  expect(Object.fromEntries(heard.map(([, id, code]) => [id, code]))).toEqual({
    FormatViolation: 'FormationViolation',
    OccurenceConstraintViolation: 'OccurenceConstraintViolation',
    OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
    RpcFrameworkError: 'GenericError',
    SecurityError: 'SecurityError',
  })
})

test.each([
  ['as nearly all write it', '[2,"a","Heartbeat",{"b": 1}]', '{"b": 1}'],
  ['with more than belongs to it', '[2,"a","Heartbeat",{"b":1},{}]', '{"b":1}'],
  ['with blanks around it', ' [ 2, "a", "Heartbeat", { "b" : 1 } ] ', '{"b":1}'],
  ['with an escaped id', '[2,"a\\"","Heartbeat",{"b":1}]', '{"b":1}'],
  ['with an id that looks like the frame', '[2,"a\\",\\"Heartbeat\\",{","Heartbeat",{"b":1}]', '{"b":1}'],
  ['with an escaped text', '[2,"a","Heartbeat",{"b":"\\u0000\\ud83d\\ude80"}]', '{"b":"\\u0000🚀"}'],
  ['long of blanks', `[2,"a","Heartbeat",{"b":1${' '.repeat(5000)}}]`, '{"b":1}'],
])('the text of a payload, %s', async (_, frame, text) => {
  const { rpc, charger, heard } = await pair()
  const texts: string[] = []
  rpc.handle(async (call) => {
    texts.push(call.text)
    return {}
  })
  charger.send(frame)
  await isHeard(charger, heard, 1)
  expect(texts).toEqual([text])
})

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('an answer of %i characters arrives as it is', async (length) => {
  const { rpc, charger, heard, says } = await pair()
  const answers = ['x'.repeat(length), 'é'.repeat(length), '🚀'.repeat(length)].map((text) => ({ text }))
  rpc.handle(async ({ messageId }) => answers[Number(messageId)])
  for (const id of answers.keys()) says([2, String(id), 'Heartbeat', {}])
  await isHeard(charger, heard, 3)
  expect(heard.map(([, , answer]) => answer)).toEqual(answers)
})

test('what waits for an answer ends when the socket does', async () => {
  const { rpc, charger, heard } = await pair()
  const asked = rpc.call('Reset', { type: 'Soft' }, { callTimeoutMs: 60_000 })
  const ended = expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  await isHeard(charger, heard, 1)
  charger.terminate()
  await ended
})

test('the same id again while it is at work is heard once, and answered once', async () => {
  const { rpc, charger, heard, says } = await pair()
  const go = Promise.withResolvers<void>()
  let times = 0
  rpc.handle(async ({ messageId }) => {
    if (messageId === 'a') {
      times++
      await go.promise
    }
    return {}
  })
  says([2, 'a', 'StartTransaction', {}])
  says([2, 'a', 'StartTransaction', {}])
  says([2, 'b', 'Heartbeat', {}])
  await isHeard(charger, heard, 1)
  go.resolve()
  await isHeard(charger, heard, 2)
  expect(times).toBe(1)
  expect(heard.map(([, id]) => id)).toEqual(['b', 'a'])
})
