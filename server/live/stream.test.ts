import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { LiveEvent } from '#lib/live/event.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { liveDoor } from './stream.ts'
import { charging, smallDepot } from './test-depot.ts'
import { portViews } from './views.ts'

describe('the live stream', () => {
  let site: Site
  let manager: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await charging(site.db, EVENING, 1, 11_400)
    manager = await site.as('manager', ['north'])
  })
  const open = (headers: Record<string, string>, depot = 'north', signal?: AbortSignal) =>
    liveDoor(new Request(`http://depot.test/api/live?depot=${depot}`, { headers, signal }))
  const opened = async (headers: Record<string, string>) => {
    const abort = new AbortController()
    const response = await open(headers, 'north', abort.signal)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    /** Reads on until the text holds `part`. */
    const until = async (part: string) => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the stream ended after: ${text}`)
        text += value
      }
      return text
    }
    await until(': open')
    return { until, abort, reader, text: () => text }
  }
  const changed = (depotId: string, id: string): LiveEvent => ({ kind: 'changed', depotId, what: 'plan', id })
  afterEach(() => {
    vi.useRealTimers()
    expect(site.listeners.size).toBe(0)
  })

  test('rights are checked: 401, 404 for a depot of others, 400 without one', async () => {
    expect((await open({})).status).toBe(401)
    expect((await open(manager, 'south')).status).toBe(404)
    expect((await open(manager, '')).status).toBe(400)
    expect((await open(await site.withKey(['read']))).status).toBe(403)
  })

  test('what happens in the depot arrives whole; what happens in another does not', async () => {
    const stream = await opened(manager)
    const [port] = await portViews(site.ctx, ['port-1'])
    site.ctx.feed.publish(changed('south', 'not mine'))
    site.ctx.feed.publish({ kind: 'port', depotId: 'north', port: port! })
    site.ctx.feed.publish(changed('north', 'the end'))
    const text = await stream.until('the end')
    expect(text).not.toContain('not mine')
    const data = text.split('\n').filter((line) => line.startsWith('data: '))
    expect(JSON.parse(data[0]!.slice(6))).toEqual({ kind: 'port', depotId: 'north', port })
    stream.abort.abort()
  })

  test('a driver learns that something changed, and not what every bay does', async () => {
    const stream = await opened(await site.as('driver', ['north']))
    const [port] = await portViews(site.ctx, ['port-1'])
    site.ctx.feed.publish({ kind: 'port', depotId: 'north', port: port! })
    site.ctx.feed.publish(changed('north', 'the end'))
    expect(await stream.until('the end')).not.toContain('"kind":"port"')
    stream.abort.abort()
  })

  test('a heartbeat comes each 15 s, so that proxies and people know that it lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
    const stream = await opened(manager)
    vi.advanceTimersByTime(15_000)
    await stream.until(': still here')
    stream.abort.abort()
  })

  test('it ends when the browser goes, by abort and by cancel, and leaves no listener', async () => {
    const aborted = await opened(manager)
    expect(site.listeners.size).toBe(1)
    aborted.abort.abort()
    expect(site.listeners.size).toBe(0)
    expect((await aborted.reader.read()).done).toBe(true)
    const cancelled = await opened(manager)
    await cancelled.reader.cancel()
    expect(site.listeners.size).toBe(0)
  })

  test('a browser that does not read is cut off instead of filling the memory', async () => {
    const response = await open(manager)
    for (let i = 0; i < 1500; i++) site.ctx.feed.publish(changed('north', String(i)))
    expect(site.listeners.size).toBe(0)
    await response.body!.cancel()
  })

  test('over a real socket: an event is with the browser within a moment, and a closed browser leaves nothing', async () => {
    const server = createServer(async (incoming, outgoing) => {
      const abort = new AbortController()
      outgoing.on('close', () => abort.abort())
      const headers = new Headers(Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]))
      const response = await liveDoor(new Request(`http://depot.test${incoming.url}`, { headers, signal: abort.signal }))
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      Readable.fromWeb(response.body as never)
        .on('error', () => {})
        .pipe(outgoing)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const leave = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/api/live?depot=north`, { headers: manager, signal: leave.signal })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    await reader.read()
    const asked = performance.now()
    site.ctx.feed.publish(changed('north', 'now'))
    expect((await reader.read()).value).toContain('"id":"now"')
    // at once, not with the next second
    expect(performance.now() - asked).toBeLessThan(900)
    leave.abort()
    await vi.waitFor(() => expect(site.listeners.size).toBe(0))
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
})
