import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { clientFrame, serverFrames } from './fuzz/wire.ts'
import { testDepot, until } from './test-depot.ts'

// Chargers that do not answer when they are told to go: the socket ends all the same, and soon.

const depot = await testDepot(2)

async function comeIn(identity: string, limits = {}): Promise<{ socket: Socket; heard: string[]; closing: () => boolean }> {
  const { port } = await depot.start({ paceLimits: limits })
  const socket = connect({ port, host: '127.0.0.1' })
  const heard: string[] = []
  let closing = false
  const entered = new Promise<void>((done) => {
    let head = ''
    const parse = serverFrames((opcode, payload) => {
      if (opcode === 8) closing = true
      if (opcode === 1) heard.push(payload.toString())
    })
    socket.on('data', (chunk) => {
      if (head.endsWith('\r\n\r\n')) return parse(chunk)
      const text = head + chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      head = end < 0 ? text : text.slice(0, end + 4)
      if (end < 0) return
      parse(Buffer.from(text.slice(end + 4), 'latin1'))
      done()
    })
  })
  socket.write(
    [
      `GET /ocpp/${identity} HTTP/1.1`,
      'Host: depot',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: ocpp1.6',
      `Authorization: Basic ${Buffer.from(`${identity}:${depot.keys.get(identity)}`).toString('base64')}`,
      '\r\n',
    ].join('\r\n'),
  )
  await entered
  return { socket, heard, closing: () => closing }
}

test('who sends nothing that is OCPP, and does not answer the close, is cut off', async () => {
  const { socket, closing } = await comeIn('C1')
  const gone = new Promise<void>((done) => socket.once('close', () => done()))
  for (let each = 0; each < 60; each++) socket.write(clientFrame(1, Buffer.from('{')))
  await until(closing)
  const began = performance.now()
  await gone
  // the library would wait for half a minute
  expect(performance.now() - began).toBeLessThan(15_000)
})

test('who is held to its pace is heard again, to the last message', async () => {
  const { socket, heard } = await comeIn('C2', { messagesAtOnce: 5, messagesPerS: 40 })
  for (let each = 0; each < 60; each++) socket.write(clientFrame(1, Buffer.from(`[2,"h${each}","Heartbeat",{}]`)))
  await until(() => heard.length >= 60, 30_000)
  expect(heard.map((text) => /"(h\d+)"/.exec(text)?.[1])).toEqual(Array.from({ length: 60 }, (_, each) => `h${each}`))
  socket.destroy()
})
