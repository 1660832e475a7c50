import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { problem } from '#lib/api/problem.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import { watts } from '#lib/units/units.ts'
import { makeLog } from '../log.ts'
import type { ChargerAnswer, ChargerCall } from '../runtime.ts'
import { type Link, openLink } from './open.ts'
import { type LinkServer, serveLink } from './serve.ts'

const log = makeLog('test', 'fatal')
const closing: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const open of closing.splice(0).reverse()) await open.close()
})

/** A gateway whose seams write down what they are asked. */
function gateway(linkPath = join(mkdtempSync(join(tmpdir(), 'yardwatt-link-')), 'g.sock')) {
  const heard: unknown[] = []
  const listeners = new Set<(event: LiveEvent) => void>()
  const online = new Set<string>()
  let watching = (_: string) => false
  const serve = async (): Promise<LinkServer> => {
    const server = await serveLink(
      {
        env: { linkPath },
        log,
        links: {
          call: async (chargerId: string, call: ChargerCall): Promise<ChargerAnswer> => {
            heard.push([chargerId, call])
            return { kind: 'refused', reason: 'Rejected' }
          },
          online: (id) => online.has(id),
          drop: (id) => heard.push(['drop', id]),
        },
        feed: {
          publish: (event) => {
            for (const listener of listeners) listener(event)
          },
          subscribe: (listener, watches = () => true) => {
            listeners.add(listener)
            watching = watches
            return () => listeners.delete(listener)
          },
        },
        recorded: { publish: (events) => heard.push(['recorded', events]), subscribe: () => () => {} },
        wakes: {
          replan: (depotId, cause) => heard.push(['replan', depotId, cause]),
          reconcile: (id) => heard.push(['reconcile', id]),
          touched: (id) => heard.push(['touched', id]),
        },
      },
      {
        verbs: {
          departure: async (input) => ({ ...(input as object), known: true }),
          missing: async () => {
            throw problem('not-found', 'There is no vehicle "9".', { id: '9' })
          },
          nothing: async () => {},
          broken: async () => {
            throw new Error('secret detail of the gateway')
          },
        },
        online: () => [...online],
        metrics: async () => 'yardwatt_gateway_sockets 2\n',
      },
    )
    closing.push(server)
    return server
  }
  const publish = (event: LiveEvent) => {
    for (const listener of listeners) listener(event)
  }
  return { linkPath, heard, online, listeners, serve, publish, watched: (depotId: string) => watching(depotId) }
}
const open = (linkPath: string): Link => {
  const link = openLink({ env: { linkPath }, log })
  closing.push(link)
  return link
}
const changed: LiveEvent = { kind: 'changed', depotId: 'north', what: 'plan' }

test('a verb runs in the gateway: its output, its problem, and nothing of its errors come back', async () => {
  const { linkPath, serve } = gateway()
  await serve()
  const link = open(linkPath)
  expect(await link.call('departure', { vehicleId: '7' })).toEqual({ vehicleId: '7', known: true })
  await expect(link.call('missing', {})).rejects.toMatchObject({
    tag: 'Problem',
    code: 'not-found',
    message: 'There is no vehicle "9".',
    fields: { id: '9' },
  })
  await expect(link.call('broken', {})).rejects.toMatchObject({
    code: 'internal',
    message: 'The gateway met an error; its log says which.',
  })
  await expect(link.call('toString', {})).rejects.toMatchObject({ code: 'not-found' })
})

test('a verb may answer nothing: waking a loop is no warning', async () => {
  const { linkPath, serve, heard } = gateway()
  await serve()
  const warned: unknown[] = []
  const link = openLink({
    env: { linkPath },
    log: Object.assign(makeLog('test', 'fatal'), { warn: (...said: unknown[]) => warned.push(said) }),
  })
  closing.push(link)
  expect(await link.call('nothing', {})).toBeUndefined()
  link.wakes.replan('north', 'a charger was added')
  expect(await link.call('replan', { depotId: 'north', cause: 'a vehicle was added' })).toBeUndefined()
  await vi.waitFor(() => expect(heard).toHaveLength(2))
  expect(await link.call('departure', {})).toEqual({ known: true })
  expect(warned).toEqual([])
})

test('the socket is for this user only', async () => {
  const { linkPath, serve } = gateway()
  await serve()
  expect(statSync(linkPath).mode & 0o777).toBe(0o600)
})

test('chargers are reached and loops are woken through the link', async () => {
  const { linkPath, serve, heard } = gateway()
  await serve()
  const link = open(linkPath)
  expect(await link.links.call('C7', { kind: 'remoteStop', sessionId: 4 })).toEqual({ kind: 'refused', reason: 'Rejected' })
  link.wakes.replan('north', 'a new cap')
  link.links.drop('C7')
  await vi.waitFor(() =>
    expect(heard).toEqual(
      expect.arrayContaining([
        ['C7', { kind: 'remoteStop', sessionId: 4 }],
        ['replan', 'north', 'a new cap'],
        ['drop', 'C7'],
      ]),
    ),
  )
})

test('what may raise power does not pass the link', async () => {
  const { linkPath, serve, heard } = gateway()
  await serve()
  const link = open(linkPath)
  const raising: ChargerCall[] = [
    { kind: 'setFallback', port: 1, limitW: watts(7_000) },
    { kind: 'reset', how: 'Soft' },
    { kind: 'availability', port: 1, operative: true },
    { kind: 'changeConfiguration', key: 'MaxCurrent', value: '32' },
    { kind: 'message', action: 'SetChargingProfile', payload: {} },
    { kind: 'message', action: 'DataTransfer', payload: { vendorId: 'Acme' } },
  ]
  for (const call of raising) await expect(link.links.call('C7', call)).rejects.toMatchObject({ code: 'forbidden' })
  expect(heard).toEqual([])
})

test('the web hears what the gateway tells, and who is online', async () => {
  const { linkPath, serve, publish, online } = gateway()
  const server = await serve()
  const link = open(linkPath)
  const heard: LiveEvent[] = []
  link.feed.subscribe((event) => heard.push(event))
  online.add('C7')
  server.connectionsChanged()
  await vi.waitFor(() => expect(link.links.online('C7')).toBe(true))
  publish(changed)
  await vi.waitFor(() => expect(heard).toEqual([changed]))
})

test('while the gateway restarts, calls are refused and nobody is online; then all is as before', async () => {
  const { linkPath, serve, publish, online } = gateway()
  const first = await serve()
  const link = open(linkPath)
  const heard: LiveEvent[] = []
  link.feed.subscribe((event) => heard.push(event))
  online.add('C7')
  first.connectionsChanged()
  await vi.waitFor(() => expect(link.links.online('C7')).toBe(true))
  await first.close()
  await vi.waitFor(() => expect(link.links.online('C7')).toBe(false))
  await expect(link.call('departure', {})).rejects.toMatchObject({ code: 'unavailable' })
  await serve()
  await vi.waitFor(() => expect(link.links.online('C7')).toBe(true))
  publish(changed)
  await vi.waitFor(() => expect(heard).toEqual([changed]))
  expect(await link.call('departure', {})).toEqual({ known: true })
})

test('the gateway knows which depots browsers look at, also after its restart', async () => {
  const { linkPath, serve, watched } = gateway()
  const first = await serve()
  const link = open(linkPath)
  await vi.waitFor(() => expect(link.call('nothing', {})).resolves.toBeUndefined())
  expect(watched('north')).toBe(false)
  await vi.waitFor(async () => {
    const leave = await link.feed.watch!('north')
    const seen = watched('north')
    leave()
    expect(seen).toBe(true)
  })
  const [one, two] = [await link.feed.watch!('north'), await link.feed.watch!('north')]
  expect(watched('north')).toBe(true)
  expect(watched('south')).toBe(false)
  one()
  one()
  await first.close()
  await serve()
  await vi.waitFor(() => expect(watched('north')).toBe(true))
  two()
  await vi.waitFor(() => expect(watched('north')).toBe(false))
})
