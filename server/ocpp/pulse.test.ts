import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ChargerSocket, makePulse } from './socket.ts'
import { until } from './test-depot.ts'

// Dead sockets are found, and only they; on real sockets.

const INTERVAL_MS = 150
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

/** A charger's end and ours, on a clock that the test sets. `autoPong`: false, it answers no ping. */
async function pair(autoPong: boolean) {
  const server = new WebSocketServer({ port: 0, WebSocket: ChargerSocket })
  ends.push(() => server.close())
  await once(server, 'listening')
  const at = { now: 0, looks: 0 }
  const pulse = makePulse(() => {
    at.looks++
    return at.now
  }, INTERVAL_MS)
  ends.push(() => pulse.close())
  const charger = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { autoPong })
  ends.push(() => charger.terminate())
  const [[ours]] = (await Promise.all([once(server, 'connection'), once(charger, 'open')])) as [[ChargerSocket], unknown]
  let pings = 0
  charger.on('ping', () => pings++)
  pulse.watch(ours)
  return {
    ours,
    charger,
    pings: () => pings,
    later(ms: number) {
      at.now += ms
    },
    /** Time goes on, and the socket is looked at. */
    async passes(ms: number) {
      at.now += ms
      const before = at.looks
      await until(() => at.looks >= before + 2)
    },
  }
}

test('a silent one is asked, and lives as long as it answers', async () => {
  const { ours, pings, passes } = await pair(true)
  await passes(INTERVAL_MS - 1)
  expect(pings()).toBe(0)
  for (const asked of [1, 2, 3]) {
    await passes(INTERVAL_MS)
    await until(() => pings() === asked && !ours.asked)
  }
  expect(ours.readyState).toBe(WebSocket.OPEN)
})

test('one that answers nothing is cut off after twice the time, not before', async () => {
  const { ours, pings, passes, later } = await pair(false)
  await passes(2 * INTERVAL_MS - 1)
  await until(() => pings() === 1)
  expect(ours.readyState).toBe(WebSocket.OPEN)
  later(1)
  await once(ours, 'close')
  expect(pings()).toBe(1)
})

test('one that says something is not asked at all', async () => {
  const { ours, charger, pings, passes } = await pair(false)
  for (let said = 0; said < 6; said++) {
    await passes(INTERVAL_MS - 1)
    charger.send('[2,"1","Heartbeat",{}]')
    await once(ours, 'message')
  }
  expect([pings(), charger.readyState]).toEqual([0, WebSocket.OPEN])
})

test('while we read nothing of it its silence is ours', async () => {
  const { ours, pings, passes } = await pair(true)
  ours.pause()
  await passes(3 * INTERVAL_MS)
  expect([pings(), ours.readyState]).toEqual([0, WebSocket.OPEN])
  ours.resume()
  await until(() => pings() > 0)
})
