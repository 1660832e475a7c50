import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { plugIn, testDepot, until } from './test-depot.ts'

// The faults of ocpp-rpc that our wrapper closes, by the numbers of docs/ocpp.md; and bad input of every kind.

const depot = await testDepot(12)
const endpoint = await depot.start({ pingIntervalMs: 300 })
const { prisma } = depot.db

const basic = (identity: string, key = depot.keys.get(identity) ?? '') => ({
  authorization: `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}`,
})

/** A socket of the crudest kind: what the server says to an upgrade, or the frames it answers. */
function rawSocket(path: string, protocols: string[] = ['ocpp1.6'], headers: Record<string, string> = {}, port = endpoint.port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers, perMessageDeflate: true })
  const frames: string[] = []
  const closed = new Promise<number>((done) => socket.on('close', done))
  socket.on('message', (data) => frames.push(String(data)))
  const opened = new Promise<{ status: number; headers: Record<string, unknown> }>((done) => {
    socket.on('upgrade', (response) => done({ status: 101, headers: response.headers }))
    socket.on('unexpected-response', (request, response) => {
      done({ status: response.statusCode ?? 0, headers: response.headers })
      request.destroy()
    })
    socket.on('error', () => {})
  })
  return {
    socket,
    frames,
    opened,
    closed,
    said: (count: number) => until(() => (frames.length >= count ? frames.map((text) => JSON.parse(text)) : undefined)),
  }
}

async function openRaw(identity: string) {
  const raw = rawSocket(`/ocpp/${identity}`, ['ocpp1.6'], basic(identity))
  await until(() => raw.socket.readyState === WebSocket.OPEN)
  return raw
}

/** Bytes on the wire, for requests that no client would make. */
function wire(request: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect(endpoint.port, '127.0.0.1', () => socket.write(request))
    let text = ''
    socket.on('data', (data) => {
      text += data
    })
    socket.on('error', () => {})
    socket.on('close', () => done(text))
  })
}
const upgrade = (path: string, extra = '') =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extra}\r\n`

const journal = (kind: string) => prisma.journal.findMany({ where: { kind } })

describe('the door', () => {
  test('fault 1: malformed paths are refused, the socket is closed, the process lives', async () => {
    for (const path of [
      '/ocpp/%E0%A4%A',
      '/ocpp/%',
      '/ocpp/a%2Fb',
      '/ocpp/a/b',
      '//',
      '/ocpp/%00',
      '/',
      '/OCPP/C1',
      '/ocpp',
      'http://[',
      '/ocpp/C1%20',
    ])
      expect(await wire(upgrade(path)), path).toMatch(/^HTTP\/1.1 40[04] /)
    await until(async () => (await journal('review.badPath')).length > 0)
  })

  test('fault 2: a client without a sub-protocol, or with unknown ones only, is refused and listed', async () => {
    for (const protocols of [[], ['ocpp2.0.1'], ['soap', 'ocpp1.5']]) {
      const raw = rawSocket('/ocpp/C1', protocols, basic('C1'))
      expect((await raw.opened).status).toBe(400)
    }
    expect((await prisma.knocking.findUnique({ where: { identity: 'C1' } }))?.reason).toContain('ocpp1.6')
  })

  test('fault 3: a trailing slash gives no identity and no way in', async () => {
    expect((await rawSocket('/ocpp/', ['ocpp1.6'], basic('')).opened).status).toBe(404)
    expect((await rawSocket('/ocpp/C1/', ['ocpp1.6'], basic('C1')).opened).status).toBe(404)
  })

  test('fault 8: no deflate, no name of the library', async () => {
    const raw = rawSocket('/ocpp/C2', ['ocpp1.6'], basic('C2'))
    const { status, headers } = await raw.opened
    expect(status).toBe(101)
    expect(headers.server).toBeUndefined()
    expect(headers['sec-websocket-extensions']).toBeUndefined()
    raw.socket.terminate()
  })

  test('no password, an empty one, a wrong one, another identity: 401 and listed as knocking', async () => {
    const tries: Record<string, string>[] = [
      {},
      basic('C3', ''),
      basic('C3', 'wrong'),
      basic('C4'),
      { authorization: 'Basic %%%' },
      { authorization: 'Bearer x' },
    ]
    for (const headers of tries) expect((await rawSocket('/ocpp/C3', ['ocpp1.6'], headers).opened).status).toBe(401)
    expect(await prisma.knocking.findUnique({ where: { identity: 'C3' } })).toMatchObject({ times: 6 })
    expect((await prisma.charger.findUniqueOrThrow({ where: { id: 'c3' } })).connectedAt).toBeNull()
  })

  test('a stranger gets the same answer as a wrong key, and is listed', async () => {
    expect((await rawSocket('/ocpp/STRANGER', ['ocpp1.6'], basic('STRANGER', 'x')).opened).status).toBe(401)
    expect(await prisma.knocking.findUnique({ where: { identity: 'STRANGER' } })).toMatchObject({
      address: '127.0.0.1',
      reason: 'Not registered here.',
    })
  })

  test('a key of 20 bytes may be sent as bytes', async () => {
    const key = Buffer.from(depot.keys.get('C5')!, 'hex')
    const authorization = `Basic ${Buffer.concat([Buffer.from('C5:'), key]).toString('base64')}`
    const raw = rawSocket('/ocpp/C5', ['ocpp1.6'], { authorization })
    expect((await raw.opened).status).toBe(101)
    raw.socket.terminate()
  })
})

describe('failures are limited', () => {
  test('many wrong keys from one address raise one alert, and a right key still opens the door', async () => {
    const strict = await depot.start({ failureLimits: { perIdentity: 5, perAddress: 8, refillMs: 60_000 } })
    const statuses: number[] = []
    for (let each = 0; each < 12; each++)
      statuses.push((await rawSocket(`/ocpp/X${each % 3}`, ['ocpp1.6'], basic('X', 'x'), strict.port).opened).status)
    expect(statuses.slice(0, 8)).toEqual(Array(8).fill(401))
    expect(statuses.slice(8)).toEqual(Array(4).fill(429))
    expect(await journal('security.tooManyFailures')).toHaveLength(1)
    const charger = await plugIn(depot, strict, 'C6')
    expect(await charger.call('Heartbeat', {})).toHaveProperty('currentTime')
    await charger.close({})
  })

  test('strangers are bounded in number', async () => {
    const loose = await depot.start({ failureLimits: { perAddress: 10_000 } })
    for (let from = 0; from < 230; from += 23)
      await Promise.all(Array.from({ length: 23 }, (_, each) => rawSocket(`/ocpp/Y${from + each}`, ['ocpp1.6'], {}, loose.port).opened))
    expect(await prisma.knocking.count()).toBeLessThanOrEqual(200)
  })

  test("the web's pipe tells the charger's own address; others on this machine's network cannot", async () => {
    await rawSocket('/ocpp/PIPED', ['ocpp1.6'], { 'x-forwarded-for': '203.0.113.9' }).opened
    expect(await prisma.knocking.findUnique({ where: { identity: 'PIPED' } })).toMatchObject({ address: '203.0.113.9' })
  })
})

describe('two sockets', () => {
  test('fault 4: the newest with the key wins; the old one is closed and takes nothing along; both are named', async () => {
    const old = await openRaw('C7')
    await until(() => endpoint.links.online('c7'))
    const young = await plugIn(depot, endpoint, 'C7')
    expect(await old.closed).toBe(4001)
    expect(endpoint.links.online('c7')).toBe(true)
    expect(await young.call('Heartbeat', {})).toHaveProperty('currentTime')
    expect((await prisma.charger.findUniqueOrThrow({ where: { id: 'c7' } })).connectedAt).not.toBeNull()
    expect(await until(async () => (await journal('security.replaced'))[0])).toMatchObject({ subject: 'charger:c7' })
    // without the key nobody displaces it
    expect((await rawSocket('/ocpp/C7', ['ocpp1.6'], basic('C7', 'guess')).opened).status).toBe(401)
    expect(endpoint.links.online('c7')).toBe(true)
    await young.close({})
    await until(async () => (await prisma.charger.findUniqueOrThrow({ where: { id: 'c7' } })).connectedAt === null)
  })

  test('a quick drop and return, many times, ends as connected', async () => {
    for (let round = 0; round < 8; round++) (await openRaw('C8')).socket.terminate()
    const last = await plugIn(depot, endpoint, 'C8')
    await last.call('Heartbeat', {})
    await until(() => endpoint.links.online('c8'))
    expect((await prisma.charger.findUniqueOrThrow({ where: { id: 'c8' } })).connectedAt).not.toBeNull()
    await last.close({})
  })

  test('a dead socket is noticed by two missed pings', async () => {
    const mute = new WebSocket(`ws://127.0.0.1:${endpoint.port}/ocpp/C8`, ['ocpp1.6'], { headers: basic('C8'), autoPong: false })
    // it says nothing and hangs up for nobody: only the server can end it
    await new Promise((done) => mute.on('close', done))
    await until(() => !endpoint.links.online('c8'))
  })
})

describe('frames', () => {
  test('fault 5: a redelivered message id is one event, whether the first is at work or answered', async () => {
    const raw = await openRaw('C9')
    const start = JSON.stringify([
      2,
      'same',
      'StartTransaction',
      { connectorId: 1, idTag: 'CENTRAL', meterStart: 5, timestamp: new Date().toISOString() },
    ])
    raw.socket.send(start)
    raw.socket.send(start)
    const [first] = await raw.said(1)
    raw.socket.send(start)
    const [, again] = await raw.said(2)
    await pause(50)
    expect(raw.frames).toHaveLength(2)
    expect(first[2].transactionId).toBe(again[2].transactionId)
    expect(await prisma.session.count({ where: { portId: 'c9-1' } })).toBe(1)
    expect(await prisma.journal.count({ where: { kind: 'session.started', actor: 'charger:c9' } })).toBe(1)
    raw.socket.terminate()
  })

  test('fault 9: unknown actions are NotImplemented, those of a central system NotSupported; a wrong field is named, what stood there is not', async () => {
    const raw = await openRaw('C10')
    const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' }
    const start = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: '2026-11-23T18:00:00Z' }
    const bad: [unknown[], string, string[]][] = [
      [[2, 'a', 'MakeCoffee', { secret: 'x' }], 'NotImplemented', []],
      [[2, 'b', 'toString', {}], 'NotImplemented', []],
      [[2, 'c', 'RemoteStartTransaction', { idTag: 'x' }], 'NotSupported', []],
      [[2, 'd', 'Heartbeat', 5], 'FormationViolation', ['payload']],
      [[2, 'e', 'Heartbeat'], 'FormationViolation', ['payload']],
      [[2, 'f', 'StatusNotification', { ...status, connectorId: 'secret' }], 'TypeConstraintViolation', ['connectorId']],
      [[2, 'g', 'StartTransaction', { connectorId: 1 }], 'OccurenceConstraintViolation', ['idTag', 'meterStart', 'timestamp']],
      [[2, 'h', 'MeterValues', { connectorId: 1, meterValue: 'secret' }], 'TypeConstraintViolation', ['meterValue']],
      [[2, 'i', 'StatusNotification', { ...status, status: 'secret' }], 'PropertyConstraintViolation', ['status']],
      [[2, 'j', 'StartTransaction', { ...start, idTag: 'secret'.repeat(9) }], 'PropertyConstraintViolation', ['idTag']],
    ]
    for (const [frame] of bad) raw.socket.send(JSON.stringify(frame))
    const answers = (await raw.said(bad.length)).sort((a: string[], b: string[]) => (a[1]! < b[1]! ? -1 : 1))
    for (const [index, answer] of answers.entries()) {
      const [frame, code, fields] = bad[index]!
      expect(answer.slice(0, 3)).toEqual([4, frame[1], code])
      expect(Object.keys(answer[4].fields ?? {})).toEqual(fields)
      if (fields.length > 0) expect(answer[3]).toMatch(new RegExp(`^${fields[0]}: This .*\\.$`))
      expect(JSON.stringify(answer)).not.toMatch(/secret|urn:/)
    }
    await until(async () => (await journal('review.unknownAction')).length > 0)
    await until(async () => (await journal('review.badPayload')).length > 0)
    const kept = () => prisma.ocppMessage.findMany({ where: { chargerId: 'c10', type: 'bad' } })
    await until(async () => (await kept()).length >= bad.length)
    expect((await kept()).find(({ messageId }) => messageId === 'j')?.note).toMatch(
      /^PropertyConstraintViolation, idTag: This has at most 20/,
    )
    raw.socket.terminate()
  })

  test('malformed frames are answered or ignored, kept in the raw log, and the socket lives', async () => {
    const raw = await openRaw('C11')
    const frames = [
      '',
      'not json',
      '{}',
      '[]',
      '[2]',
      '[2,7,"Heartbeat",{}]',
      '["2","x","Heartbeat",{}]',
      '[9,"x"]',
      '[3,"nobody asked",{}]',
      '[4,"-1","NotImplemented","",{}]',
      '[2,"x",{},{}]',
      '\u0000',
      `${'['.repeat(20_000)}`,
      '[2,"nul","DataTransfer",{"vendorId":"a\\u0000b\\ud800"}]',
      `[2,"deep","Heartbeat",${'['.repeat(30_000)}${']'.repeat(30_000)}]`,
    ]
    for (const frame of frames) raw.socket.send(frame)
    raw.socket.send(Buffer.from([0xff, 0xfe, 0x00]))
    raw.socket.send('[2,"alive","Heartbeat",{}]')
    await until(() => raw.frames.some((text) => text.startsWith('[3,"alive"')))
    await until(() => raw.frames.some((text) => text.startsWith('[3,"nul",{"status":"UnknownVendorId"}')))
    await until(async () => (await journal('review.badMessage')).length > 0)
    await until(async () => (await prisma.ocppMessage.count({ where: { chargerId: 'c11', type: 'bad' } })) >= 8)
    // only a call that can be named is answered, by a code of OCPP-J 1.6
    const refused = raw.frames.map((text) => JSON.parse(text)).filter(([type]) => type === 4)
    expect(refused.map(([, id, code]) => [id, code]).toSorted()).toEqual([
      ['deep', 'FormationViolation'],
      ['x', 'FormationViolation'],
    ])
    await until(async () => (await prisma.ocppMessage.count({ where: { chargerId: 'c11', messageId: 'nul', direction: 'in' } })) === 1)
    raw.socket.terminate()
  })

  test('fault 8: a frame above 256 KiB closes the socket and is noted', async () => {
    const raw = await openRaw('C12')
    raw.socket.send(`[2,"big","DataTransfer",{"vendorId":"${'x'.repeat(300 * 1024)}"}]`)
    expect(await raw.closed).toBe(1009)
    await until(async () => (await journal('review.socketError')).length > 0)
    expect(await (await plugIn(depot, endpoint, 'C12')).call('Heartbeat', {})).toHaveProperty('currentTime')
  })

  test('garbage on the bare wire harms nobody', async () => {
    for (const request of [
      '\r\n\r\n',
      'GET',
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      upgrade('/ocpp/C1', 'Sec-WebSocket-Protocol: ,,,\r\n'),
      'POST /ocpp/C1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello',
    ])
      await Promise.race([wire(request), pause(300)])
    const charger = await plugIn(depot, endpoint, 'C1')
    expect(await charger.call('Heartbeat', {})).toHaveProperty('currentTime')
    expect(await prisma.knocking.findUnique({ where: { identity: 'C1' } })).toBeNull()
    await charger.close({})
  })
})

test('fault 7: closing ends in time although a handler never settles', async () => {
  const own = await depot.start()
  const raw = rawSocket('/ocpp/C1', ['ocpp1.6'], basic('C1'), own.port)
  await until(() => raw.socket.readyState === WebSocket.OPEN)
  await until(() => own.links.online('c1'))
  const locker = await depot.db.pool.connect()
  await locker.query('BEGIN')
  await locker.query("SELECT 1 FROM charger WHERE id = 'c1' FOR UPDATE")
  raw.socket.send(JSON.stringify([2, 'held', 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' }]))
  await pause(100)
  // the lock is held until after it: without a deadline of its own this would never end
  await own.close(400)
  await raw.closed
  expect(raw.frames).toEqual([])
  await locker.query('ROLLBACK')
  locker.release()
})
