import { beforeAll, describe, expect, test } from 'vitest'
import { days, hours, minutes, plus } from '#lib/time/instant.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { DELETE as deleteApiKey } from '../../app/api/api-keys/[id]/route.ts'
import { POST as postApiKey } from '../../app/api/api-keys/route.ts'
import { POST as postCharger } from '../../app/api/depots/[depot]/chargers/route.ts'
import { PUT as putPolicy } from '../../app/api/depots/[depot]/policy/route.ts'
import { GET as getCsv } from '../../app/api/depots/[depot]/sessions.csv/route.ts'
import { POST as postStop } from '../../app/api/depots/[depot]/stop-all/route.ts'
import { POST as postDriverAct } from '../../app/api/driver/acts/route.ts'
import { GET as getVan } from '../../app/api/driver/route.ts'
import { GET as getCalls } from '../../app/api/v1/chargers/[charger]/calls/route.ts'
import { GET as getMessages } from '../../app/api/v1/chargers/[charger]/messages/route.ts'
import { GET as getTransactions } from '../../app/api/v1/chargers/[charger]/transactions/route.ts'
import { GET as getChargers } from '../../app/api/v1/chargers/route.ts'
import { POST as postCommand } from '../../app/api/v1/commands/route.ts'
import { PUT as putDeparture } from '../../app/api/v1/vehicles/[id]/departure/route.ts'
import { PUT as putState } from '../../app/api/v1/vehicles/[id]/state/route.ts'
import type { Door } from './route.ts'
import { EVENING, type Site, testSite } from './test-site.ts'

type Told = { status: number; code?: string; detail?: string; fields?: Record<string, string> } & Record<string, unknown>

describe('doors', () => {
  let site: Site
  let manager: Record<string, string>
  let dispatch: Record<string, string>
  let telematics: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await charging(site.db, EVENING, 1, 11_400)
    manager = await site.as('manager', ['north'])
    dispatch = await site.withKey(['commands:write'])
    telematics = await site.withKey(['vehicles:write'], 'north')
    site.answers.command = ({ id, kind }) => ({ id, kind, state: 'sent', detail: null, vehicleId: 'van-1', portId: null, stamps: {} })
    site.answers.vehicleState = ({ vehicleId }) => ({ vehicleId, stored: true, reason: null })
    site.answers.departure = () => ({ commandId: 'c-1' })
  })

  async function ask(
    door: Door | typeof getCsv,
    { path = '/api/x', method = 'POST', params = {}, headers = {}, body }: Asking,
  ): Promise<Told> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const request = new Request(`http://depot.test${path}`, { method, headers: { host: 'depot.test', ...headers }, body: text })
    const response = await (door as Door)(request, { params: Promise.resolve(params) })
    return { ...((await response.json()) as object), status: response.status }
  }
  type Asking = { path?: string; method?: string; params?: Record<string, string>; headers?: Record<string, string>; body?: unknown }
  const north = { depot: 'north' }
  const van = { id: 'van-1' }

  describe('bad input', () => {
    const bad: [string, string, number][] = [
      ['not JSON', '{"stop": tru', 400],
      ['another shape', '{"stop": "yes"}', 400],
      ['no object at all', '[1, 2]', 400],
      ['nothing', '', 400],
      ['more than 256 KiB', JSON.stringify({ stop: true, more: 'x'.repeat(300_000) }), 413],
      ['nested a thousand deep', `{"stop":${'['.repeat(1000)}${']'.repeat(1000)}}`, 400],
    ]
    test.each(bad)('%s is refused with words, and nothing is done', async (_, body, status) => {
      const before = site.calls.length
      const told = await ask(postStop, { params: north, headers: manager, body })
      expect(told.status).toBe(status)
      expect(told.detail).toMatch(/\w{3}/)
      expect(JSON.stringify(told)).not.toMatch(/at .*\.ts:\d/)
      expect(site.calls.length).toBe(before)
    })

    test('a body that lies about its length is cut off at the limit', async () => {
      let sent = 0
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 65_536
          controller.enqueue(new Uint8Array(65_536).fill(32))
        },
      })
      const request = new Request('http://depot.test/api', {
        method: 'POST',
        headers: { host: 'depot.test', ...manager },
        body: endless,
        duplex: 'half',
      } as RequestInit)
      expect((await postStop(request, { params: Promise.resolve(north) })).status).toBe(413)
      expect(sent).toBeLessThan(1_000_000)
    })

    test('each wrong field is named', async () => {
      const told = await ask(putState, { method: 'PUT', params: van, headers: telematics, body: { at: 'yesterday', socPct: 140 } })
      expect(Object.keys(told.fields!)).toEqual(['at', 'socPct'])
    })

    test('a character that no database keeps is refused, not a crash', async () => {
      const body = { kind: 'problem', vehicleId: 'van-1', text: 'smoke \u0000 here' }
      expect(await ask(postDriverAct, { headers: manager, body })).toMatchObject({ status: 400, code: 'invalid' })
    })

    test.each([
      [getChargers, ['nobody', 'CP-1', '']],
      [getMessages, ['1;drop', 'abc', '9999999999999999.1']],
      [getTransactions, ['abc', '1.9999999999']],
      [getCalls, ['abc', '1.a b']],
    ] as const)('a cursor that is not ours is refused with the way on: list %#', async (door, cursors) => {
      const asking = { method: 'GET', params: { charger: 'charger-1' }, headers: manager }
      expect(await ask(door, { ...asking, path: '/m' })).toMatchObject({ status: 200 })
      for (const cursor of cursors)
        expect(await ask(door, { ...asking, path: `/m?cursor=${encodeURIComponent(cursor)}` })).toMatchObject({
          status: 400,
          fields: { cursor: 'Send the `next` of the page before.' },
        })
    })

    test('chargers come page by page', async () => {
      const page = (query: string) => ask(getChargers, { method: 'GET', path: `/c?take=2${query}`, params: {}, headers: manager })
      const first = (await page('')) as Told & { items: { id: string }[]; next: string }
      expect((await page(`&cursor=${first.next}`)) as object).toMatchObject({ status: 200, next: null })
    })

    test('a field that nobody knows is named, and nothing is done', async () => {
      const before = site.calls.length
      const body = { at: '2025-11-18T20:40:00Z', socPct: 40, soc: 41, plugged: true }
      const told = await ask(putState, { method: 'PUT', params: van, headers: telematics, body })
      expect(told).toMatchObject({ status: 400, fields: { soc: 'There is no such field.', plugged: 'There is no such field.' } })
      expect(site.calls.length).toBe(before)
    })

    test('a bug is told without its text, and stays in the log', async () => {
      site.answers.stopAll = () => {
        throw new Error('secret of the database')
      }
      const told = await ask(postStop, { params: north, headers: manager, body: { stop: true } })
      expect(told).toMatchObject({ status: 500, code: 'internal' })
      expect(JSON.stringify(told)).not.toContain('secret')
    })
  })

  test('another site cannot press our buttons with the cookie of a person', async () => {
    const foreign = { ...manager, origin: 'https://evil.test' }
    expect(await ask(postStop, { params: north, headers: foreign, body: { stop: true } })).toMatchObject({ status: 403, code: 'forbidden' })
    const fetched = { ...manager, 'sec-fetch-site': 'cross-site' }
    expect(await ask(postStop, { params: north, headers: fetched, body: { stop: true } })).toMatchObject({ status: 403 })
    const own = { ...manager, origin: 'http://depot.test', 'sec-fetch-site': 'same-origin' }
    site.answers.stopAll = () => ({ stoppedAt: null, reached: 0, unreached: [] })
    expect(await ask(postStop, { params: north, headers: own, body: { stop: false } })).toMatchObject({ status: 200 })
    expect(site.calls.at(-1)).toMatchObject({
      verb: 'stopAll',
      input: { depotId: 'north', stop: false, actor: expect.stringMatching(/^user:/) },
    })
  })

  describe('dispatch', () => {
    const start = { kind: 'start', vehicleId: 'van-1' }
    const keyed = (key: string) => ({ ...dispatch, 'idempotency-key': key })

    test('the same key and request: the same command, and one call', async () => {
      const before = site.calls.length
      const first = await ask(postCommand, { path: '/api/v1/commands', headers: keyed('a'), body: start })
      const again = await ask(postCommand, { path: '/api/v1/commands', headers: keyed('a'), body: { vehicleId: 'van-1', kind: 'start' } })
      expect(first.status).toBe(200)
      expect(again).toEqual(first)
      expect(site.calls.slice(before)).toHaveLength(1)
    })

    test('the same key at the same moment: still one call', async () => {
      const before = site.calls.length
      const asked = Array.from({ length: 5 }, () => ask(postCommand, { path: '/api/v1/commands', headers: keyed('b'), body: start }))
      const told = await Promise.all(asked)
      expect(new Set(told.map(({ id }) => id)).size).toBe(1)
      expect(site.calls.slice(before)).toHaveLength(1)
    })

    test('the same key for another request is a conflict', async () => {
      await ask(postCommand, { path: '/api/v1/commands', headers: keyed('c'), body: start })
      expect(await ask(postCommand, { path: '/api/v1/commands', headers: keyed('c'), body: { ...start, kind: 'stop' } })).toMatchObject({
        status: 409,
        code: 'conflict',
      })
    })

    test('a request that failed may be tried again with its key', async () => {
      const unknown = { kind: 'start', vehicleId: 'van-x' }
      for (const _ of [1, 2])
        expect(await ask(postCommand, { path: '/api/v1/commands', headers: keyed('d'), body: unknown })).toMatchObject({ status: 404 })
    })

    test('a repeat after a crash in the middle finds the command by its id', async () => {
      const before = site.calls.length
      const { id } = await ask(postCommand, { path: '/api/v1/commands', headers: keyed('e'), body: start })
      const row = { id: String(id), depotId: 'north', kind: 'start', input: {}, source: 'api', actor: 'key', state: 'accepted' }
      const at = new Date(EVENING)
      await site.db.prisma.command.create({ data: { ...row, at, t0: at, t1: at } })
      await site.db.prisma.idempotency.updateMany({
        where: { key: 'e' },
        data: { status: 0, at: new Date(site.ctx.clock.real() - minutes(2)) },
      })
      const again = await ask(postCommand, { path: '/api/v1/commands', headers: keyed('e'), body: start })
      expect(again).toMatchObject({ status: 200, id, state: 'accepted' })
      expect(site.calls.slice(before)).toHaveLength(1)
    })

    test('without a key a command is refused; without a target too', async () => {
      expect(await ask(postCommand, { path: '/api/v1/commands', headers: dispatch, body: start })).toMatchObject({ status: 400 })
      expect(await ask(postCommand, { path: '/api/v1/commands', headers: keyed('f'), body: { kind: 'stop' } })).toMatchObject({
        status: 400,
        fields: { vehicleId: 'Or portId.' },
      })
    })

    test('a kind that there is not is refused with those that there are', async () => {
      expect(await ask(postCommand, { headers: keyed('kind'), body: { kind: 'frob' } })).toMatchObject({
        status: 400,
        fields: { kind: expect.stringMatching(/start.*stop.*limit.*prioritise/) },
      })
    })

    test('an end that has passed is refused, as is one in years to come', async () => {
      const ends = { 'In the past.': plus(EVENING, -1000), 'At most a year ahead.': plus(EVENING, days(400)) }
      for (const [why, at] of Object.entries(ends)) {
        const until = new Date(at).toISOString()
        const limit = { kind: 'limit', portId: 'port-1', limitW: 100, until }
        const hurry = { kind: 'prioritise', vehicleId: 'van-1', until }
        for (const [index, body] of [limit, hurry].entries())
          expect(await ask(postCommand, { headers: keyed(`${at}${index}`), body })).toMatchObject({ status: 400, fields: { until: why } })
      }
    })

    test('the wrong scope is 403, a revoked key 401', async () => {
      expect(await ask(postCommand, { headers: { ...telematics, 'idempotency-key': 'g' }, body: start })).toMatchObject({ status: 403 })
      const admin = await site.as('admin')
      const made = await ask(postApiKey, { headers: admin, body: { name: 'short', scopes: ['commands:write'] } })
      const secret = made.secret as string
      expect(secret).toMatch(/^yw_[\w-]{27}$/)
      const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': 'h' }
      expect((await ask(postCommand, { headers, body: start })).status).toBe(200)
      await ask(deleteApiKey, { method: 'DELETE', params: { id: (made.key as { id: string }).id }, headers: admin })
      expect(await ask(postCommand, { headers, body: start })).toMatchObject({ status: 401 })
      expect(JSON.stringify(await site.db.prisma.apiKey.findMany())).not.toContain(secret)
    })

    test('the moment of the source counts while its clock agrees with ours, else the moment of receipt', async () => {
      const t0Of = async (key: string, issuedMs: number) => {
        const issuedAt = new Date(site.ctx.clock.real() + issuedMs).toISOString()
        await ask(postCommand, { headers: keyed(key), body: { ...start, issuedAt } })
        return site.calls.at(-1)!.input
      }
      const near = await t0Of('near', -800)
      expect(near).toMatchObject({ t0FromSource: true, source: 'api' })
      expect(near.t0).toBeLessThan(near.t1 as number)
      const far = await t0Of('far', -60_000)
      expect(far).toMatchObject({ t0FromSource: false, t0: far.t1 })
    })

    test('a departure in the past or in years to come and a state from the future are refused', async () => {
      const past = new Date(plus(EVENING, -1000)).toISOString()
      const future = new Date(plus(EVENING, hours(1))).toISOString()
      expect(await ask(putDeparture, { method: 'PUT', params: van, headers: dispatch, body: { departsAt: past } })).toMatchObject({
        status: 400,
      })
      const far = new Date(plus(EVENING, days(700))).toISOString()
      expect(await ask(putDeparture, { method: 'PUT', params: van, headers: dispatch, body: { departsAt: far } })).toMatchObject({
        status: 400,
        fields: { departsAt: 'Within a week.' },
      })
      expect(await ask(putDeparture, { method: 'PUT', params: van, headers: dispatch, body: { departsAt: future } })).toMatchObject({
        status: 200,
        commandId: 'c-1',
      })
      expect(await ask(putState, { method: 'PUT', params: van, headers: telematics, body: { at: future, socPct: 50 } })).toMatchObject({
        status: 400,
        fields: { at: 'In the future.' },
      })
    })

    test("a key of one depot does not find another depot's van", async () => {
      await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 70 })
      const body = { at: new Date(EVENING).toISOString(), socPct: 44 }
      expect(await ask(putState, { method: 'PUT', params: { id: 'van-70' }, headers: telematics, body })).toMatchObject({
        status: 404,
        detail: 'There is no vehicle "van-70".',
      })
      expect(await ask(putState, { method: 'PUT', params: van, headers: telematics, body })).toMatchObject({ status: 200, stored: true })
    })
  })

  test('a changed setting is in the journal with who, what, before and after; the journal cannot be edited', async () => {
    await ask(putPolicy, { method: 'PUT', params: north, headers: manager, body: { policy: 'readyFirst' } })
    const line = await site.db.prisma.journal.findFirstOrThrow({ where: { kind: 'setting.changed' }, orderBy: { id: 'desc' } })
    expect(line).toMatchObject({
      depotId: 'north',
      actor: expect.stringMatching(/^user:/),
      data: { before: 'cheapest', after: 'readyFirst' },
    })
    await expect(site.db.prisma.journal.update({ where: { id: line.id }, data: { actor: 'x' } })).rejects.toThrow()
  })

  test('a new charger: its key is told once and kept hashed, and it knocks no more', async () => {
    const at = new Date(EVENING)
    await site.db.prisma.knocking.create({
      data: { identity: 'CP:77', firstAt: at, lastAt: at, times: 3, address: '192.0.2.1', reason: 'unknown' },
    })
    const body = { identity: 'CP:77', name: 'Charger 77', nodeId: 'north-service', maxKw: 19.2, bay: '77' }
    const made = await ask(postCharger, { params: north, headers: manager, body })
    expect(made).toMatchObject({ status: 200, url: 'ws://depot.test/ocpp/CP%3A77', charger: { identity: 'CP:77', word: 'Never seen' } })
    expect(made.key).toMatch(/^[0-9a-f]{40}$/)
    expect(await site.db.prisma.knocking.count()).toBe(0)
    const stored = await site.db.prisma.charger.findUniqueOrThrow({ where: { identity: 'CP:77' }, include: { ports: true } })
    expect(stored.keyHash).toHaveLength(64)
    expect(stored.ports).toMatchObject([{ bay: '77', maxW: 19_200, minW: 1440 }])
    expect(await ask(postCharger, { params: north, headers: manager, body })).toMatchObject({ status: 409 })
    const foreign = { ...body, identity: 'CP:78', nodeId: 'south-service' }
    expect(await ask(postCharger, { params: north, headers: manager, body: foreign })).toMatchObject({ status: 404 })
  })

  describe("a driver's page", () => {
    let driver: Record<string, string>
    beforeAll(async () => {
      await site.db.prisma.driver.create({ data: { id: 'd1', depotId: 'north', name: 'A. Ortiz' } })
      await site.db.prisma.token.create({
        data: { id: 't1', depotId: 'north', idTag: 'YW1', kind: 'rfid', vehicleId: 'van-1', driverId: 'd1' },
      })
      driver = await site.as('driver', ['north'], 'd1')
    })

    test('shows the own van and no other', async () => {
      const told = await ask(getVan, { method: 'GET', path: '/api/driver', headers: driver })
      expect(told).toMatchObject({
        status: 200,
        vehicles: [{ id: 'van-1' }],
        van: { id: 'van-1', bay: '01', powerW: 11_400, say: 'Leave plugged' },
      })
      expect(told.van).toMatchObject({ rangeKm: [115, 207], whyNotStop: null })
      expect(await ask(getVan, { method: 'GET', path: '/api/driver?vehicle=van-2', headers: driver })).toMatchObject({ status: 404 })
    })

    test('stops the own van and no other, and tells the outcome', async () => {
      site.answers.actOnCharger = () => ({ commandId: 'c', outcome: 'accepted', detail: 'Charging stopped.' })
      expect(await ask(postDriverAct, { headers: driver, body: { kind: 'stop', vehicleId: 'van-1' } })).toMatchObject({
        status: 200,
        outcome: 'accepted',
        detail: 'Charging stopped.',
      })
      expect(site.calls.at(-1)!.input).toMatchObject({ chargerId: 'charger-1', act: { kind: 'stop', port: 1 } })
      expect(await ask(postDriverAct, { headers: driver, body: { kind: 'stop', vehicleId: 'van-2' } })).toMatchObject({ status: 404 })
    })
  })

  test('the export asks for the same rights as the list, and streams the file', async () => {
    const finance = await site.as('finance', ['north'])
    const request = (headers: Record<string, string>, query = '') =>
      new Request(`http://depot.test/api/depots/north/sessions.csv${query}`, { headers })
    const params = Promise.resolve(north)
    expect((await getCsv(request({}), { params })).status).toBe(401)
    expect((await getCsv(request(await site.as('driver', ['north'])), { params })).status).toBe(403)
    expect((await getCsv(request(finance), { params: Promise.resolve({ depot: 'south' }) })).status).toBe(404)
    const response = await getCsv(request(finance), { params })
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="sessions-north-2025-11-18.csv"$/)
    expect((await response.text()).split('\r\n')[1]).toContain('Van 01')
    expect((await getCsv(request(finance, '?form=2025-11-01'), { params })).status, 'a filter that filters nothing').toBe(400)
  })
})
