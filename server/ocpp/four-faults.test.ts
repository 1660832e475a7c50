import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { securityAlerts } from '../live/alerts-security.ts'
import { acknowledge } from '../security/acknowledge.ts'
import { certificate, newKey, testAuthority } from '../security/test-authority.ts'
import { makeDoors } from './doors.ts'
import { makeProxies } from './proxies.ts'
import { plugIn, testDepot, until } from './test-depot.ts'

// The four faults that advisories of 2026 score such endpoints for, each with its alert (R37), and the limits around them.

const depot = await testDepot(8)
const endpoint = await depot.start({ failureLimits: { perIdentity: 3, refillMs: 600_000 } })
const { prisma } = depot.db
const alerts = async () => (await securityAlerts(depot.ctx, 'd', 'UTC')).alerts
const alert = (key: string) => until(async () => (await alerts()).find((each) => each.key === key))
const messages = (chargerId: string) => prisma.ocppMessage.count({ where: { chargerId } })

/** A bare upgrade: its status. */
function knock(identity: string, headers: Record<string, string> = {}, port = endpoint.port): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, 'ocpp1.6', { headers })
  socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
  socket.on('open', () => {
    resolve(101)
    socket.terminate()
  })
  socket.on('error', () => resolve(0))
  return promise
}
const basic = (identity: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${identity}:${password}`).toString('base64')}`,
})
const from = (address: string) => ({ 'x-forwarded-for': address })

describe('(a) no or wrong credentials', () => {
  test('401 before any message is handled, and an alert that names the charger', async () => {
    expect(await knock('C1', from('192.0.2.1'))).toBe(401)
    expect(await knock('C1', { ...basic('C1', 'wrong'), ...from('192.0.2.1') })).toBe(401)
    expect(await messages('c1')).toBe(0)
    expect(await alert('security.refused:charger:c1')).toMatchObject({
      mark: 'serious',
      what: 'C1 was refused: wrong or no credentials',
      href: '/chargers/c1?view=security',
    })
  })

  test('a stranger and a wrong key get the same answer', async () => {
    expect(await knock('Nobody', { ...basic('Nobody', 'x'), ...from('192.0.2.2') })).toBe(401)
  })
})

describe('(b) failures are limited', () => {
  test('per identity and address, with an alert; the right key opens all the same', async () => {
    const guess = () => knock('C2', { ...basic('C2', 'wrong'), ...from('192.0.2.3') })
    expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429])
    expect(await alert('security.tooManyFailures:charger:c2')).toMatchObject({ mark: 'serious' })
    expect(await knock('C2', { ...basic('C2', depot.keys.get('C2')!), ...from('192.0.2.3') })).toBe(101)
  })

  test('an alert that somebody has seen is told no more, until it happens again', async () => {
    const key = 'security.tooManyFailures:charger:c2'
    await acknowledge({ ...depot.ctx, feed: { publish: () => {}, subscribe: () => () => {} } }, 'd', key, 'user:anna')
    expect((await alerts()).map((each) => each.key)).not.toContain(key)
  })
})

describe('(c) a second connection with a live identity', () => {
  test('who stood at the door with the old key when it was taken away does not come in', async () => {
    const held = await depot.db.pool.connect()
    // so long the door is kept waiting for the books
    await held.query('BEGIN; LOCK TABLE knocking IN ACCESS EXCLUSIVE MODE')
    const headers = { ...basic('C8', depot.keys.get('C8')!), ...from('192.0.2.8') }
    const asked = knock('C8', headers)
    try {
      const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%asked.fingerprint%'"
      await until(async () => (await depot.db.pool.query(waits)).rowCount || undefined)
      endpoint.links.drop('c8')
    } finally {
      await held.query('ROLLBACK')
      held.release()
    }
    expect(await asked).toBe(503)
    expect(await knock('C8', headers)).toBe(101)
  })

  test('without the secret it displaces nobody; both are told', async () => {
    const live = await plugIn(depot, endpoint, 'C3')
    expect(await knock('C3', { ...basic('C3', 'wrong'), ...from('192.0.2.4') })).toBe(401)
    expect(await live.call('Heartbeat', {})).toHaveProperty('currentTime')
    expect(await alert('security.triedLive:charger:c3')).toMatchObject({ mark: 'serious', why: expect.stringContaining('192.0.2.4') })
  })

  test('with its own secret it takes the place, and both addresses are told', async () => {
    const first = await plugIn(depot, endpoint, 'C4')
    const gone = new Promise((done) => first.once('close', done))
    const second = await plugIn(depot, endpoint, 'C4')
    await gone
    expect(await second.call('Heartbeat', {})).toHaveProperty('currentTime')
    expect(await alert('security.replaced:charger:c4')).toMatchObject({ what: 'A second connection took the place of C4' })
    expect((await prisma.journal.findFirstOrThrow({ where: { kind: 'security.replaced', subject: 'charger:c4' } })).data).toEqual({
      from: '127.0.0.1',
      to: '127.0.0.1',
    })
  })
})

describe('(d) identities are on no public page', () => {
  test('no route that lets anybody in imports what knows chargers, and no page outside the shell does', () => {
    const files = (at: string): string[] =>
      readdirSync(at, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? files(join(at, each.name)) : join(at, each.name)))
    const app = join(import.meta.dirname, '../../app')
    const publicPages = files(app).filter(
      (file) => file.endsWith('.tsx') && !file.includes('(shell)') && !file.endsWith('layout.tsx') && !/not-found|app\/d\//.test(file),
    )
    expect(publicPages.length).toBeGreaterThan(1)
    for (const page of publicPages)
      expect([page, /charger-view|chargersView|store\//.test(readFileSync(page, 'utf8'))]).toEqual([page, false])
  })

  test('the chargers’ own port tells no identity and no library to who does not prove himself', async () => {
    const answers = await Promise.all(
      ['/', '/ocpp', '/ocpp/', '/ocpp/C1', '/metrics', '/health', '/ocpp/C1/..'].map(async (path) => {
        const response = await fetch(`http://127.0.0.1:${endpoint.port}${path}`)
        return `${response.status} ${[...response.headers].join(' ')} ${await response.text()}`
      }),
    )
    for (const answer of answers) expect(answer).not.toMatch(/C\d|ocpp-rpc|node/i)
  })
})

describe('behind a proxy', () => {
  test('headers count from trusted addresses only, hop by hop from the right', () => {
    const trusting = makeProxies({ trusted: ['10.0.0.0/8', '2001:db8::/32'], protocolHeader: 'x-forwarded-proto' })
    const seen = (remoteAddress: string, headers: Record<string, string>) =>
      trusting.approach({ socket: { remoteAddress }, headers } as never)
    expect(seen('10.1.1.1', { 'x-forwarded-for': '6.6.6.6, 192.0.2.9, 10.2.2.2', 'x-forwarded-proto': 'https' })).toMatchObject({
      address: '192.0.2.9',
      tls: { version: null },
    })
    expect(seen('::ffff:10.1.1.1', { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-proto': 'http' })).toMatchObject({
      address: '192.0.2.9',
      tls: undefined,
    })
    expect(seen('2001:db8::1', { 'x-forwarded-for': '192.0.2.9' }).address).toBe('192.0.2.9')
    expect(seen('192.0.2.66', { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' })).toMatchObject({
      address: '192.0.2.66',
      tls: undefined,
    })
    expect(seen('127.0.0.1', { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-proto': 'https' })).toMatchObject({
      address: '192.0.2.9',
      tls: undefined,
    })
  })

  test('the client certificate in the forms of nginx, envoy and traefik; from others it is nothing', async () => {
    const key = await newKey()
    const pem = await certificate({ CN: 'C5', O: 'Yardwatt' }, { key })
    const forms = {
      nginx: encodeURIComponent(pem),
      envoy: `By=spiffe://x;Hash=ab;Cert="${encodeURIComponent(pem)}";Subject="CN=C5"`,
      traefik: pem.replace(/-----[^-]+-----|\s/g, ''),
    }
    const trusting = makeProxies({ trusted: ['10.0.0.1'], certificateHeader: 'x-cert', protocolHeader: 'x-forwarded-proto' })
    for (const [name, text] of Object.entries(forms)) {
      const headers = { 'x-cert': text, 'x-forwarded-proto': 'https' }
      const seen = trusting.approach({ socket: { remoteAddress: '10.0.0.1' }, headers } as never)
      expect([name, seen.certificate?.subject]).toEqual([name, 'CN=C5\nO=Yardwatt'])
      expect(trusting.approach({ socket: { remoteAddress: '10.0.0.2' }, headers } as never).certificate).toBeUndefined()
      expect(
        trusting.approach({ socket: { remoteAddress: '10.0.0.1' }, headers: { ...headers, 'x-forwarded-proto': 'http' } } as never)
          .certificate,
      ).toBeUndefined()
    }
  })

  test('a charger of profile 3 comes in through a trusted proxy with its certificate, and not past it', async () => {
    const [caKey, key] = [await newKey(), await newKey()]
    const ca = await certificate({ CN: 'CA', O: 'Depot' }, { key: caKey })
    const pem = await certificate({ CN: 'C6', O: 'Yardwatt' }, { key, by: { cert: ca, key: caKey } })
    const { authority } = await testAuthority(depot.ctx)
    const trust = { operator: () => authority.operator(), roots: () => [{ certificate: new X509Certificate(ca), local: false }] }
    const behind = await depot.start({
      trust,
      proxies: { trusted: ['127.0.0.1'], certificateHeader: 'x-cert', protocolHeader: 'x-forwarded-proto' },
    })
    await prisma.charger.update({ where: { id: 'c6' }, data: { securityProfile: 3 } })
    const headers = { 'x-cert': encodeURIComponent(pem), 'x-forwarded-proto': 'https', ...from('192.0.2.77') }
    expect(await knock('C6', headers, behind.port)).toBe(101)
    await until(async () => (await prisma.charger.findUniqueOrThrow({ where: { id: 'c6' } })).connectedProfile === 3)
    // another's certificate opens nothing, and an endpoint that trusts no proxy does not look at it
    expect(await knock('C7', headers, behind.port)).toBe(401)
    expect(await knock('C6', headers)).toBe(401)
  })
})

describe('limits of connections, messages and bytes', () => {
  test('200 chargers behind one address come in at once, and again', async () => {
    const many = await testDepot(200)
    const door = await many.start()
    for (let round = 0; round < 2; round++) {
      const all = await Promise.all(
        [...many.keys].map(([identity, key]) => knock(identity, { ...basic(identity, key), ...from('198.51.100.1') }, door.port)),
      )
      expect(all.filter((status) => status !== 101)).toEqual([])
    }
  }, 60_000)

  test('sockets that stand at the door without a word are bounded per address and in all', () => {
    const full: string[] = []
    let now = 0
    const doors = makeDoors(
      () => now,
      (address) => address === '127.0.0.1',
      (address) => full.push(address),
      { open: 6, waiting: 5, waitingPerAddress: 2, insidePerAddress: 2, entriesPerIdentity: 2, entryEveryMs: 1_000 },
    )
    const closes: (() => void)[] = []
    const arrive = (remoteAddress: string) => {
      const listeners: Record<string, () => void> = {}
      const socket = {
        remoteAddress,
        once: (event: string, then: () => void) => (listeners[event] = then),
        on: () => {},
        destroy: () => {},
      }
      const there = doors.arrived(socket as never)
      if (there) closes.push(() => listeners.close?.())
      return there
    }
    expect([arrive('a'), arrive('a'), arrive('a'), arrive('b'), arrive('127.0.0.1'), arrive('127.0.0.1')]).toEqual([
      true,
      true,
      false,
      true,
      true,
      true,
    ])
    expect(arrive('c')).toBe(false)
    expect(full).toEqual(['a', 'c'])
    closes[0]!()
    expect(arrive('a')).toBe(true)
    // those who sit wait no more
    const free = doors.seat('b')
    expect(doors.whyFull('b', 'C1')).toBeUndefined()
    doors.seat('b')
    expect(doors.whyFull('b', 'C2')).toBe('address')
    free()
    expect(doors.whyFull('b', 'C2')).toBeUndefined()
    // one identity that comes again and again
    expect([doors.whyFull('d', 'C9'), doors.whyFull('d', 'C9'), doors.whyFull('d', 'C9')]).toEqual([undefined, undefined, 'identity'])
    now += 1_000
    expect(doors.whyFull('d', 'C9')).toBeUndefined()
  })

  test('a charger that floods is slowed down, loses nothing, and the others do not wait', async () => {
    const slow = await depot.start({ paceLimits: { messagesPerS: 10, messagesAtOnce: 5 } })
    const flood = new WebSocket(`ws://127.0.0.1:${slow.port}/ocpp/C8`, 'ocpp1.6', { headers: basic('C8', depot.keys.get('C8')!) })
    const answered = new Set<string>()
    flood.on('message', (data) => answered.add(JSON.parse(String(data))[1]))
    await new Promise((done) => flood.once('open', done))
    const other = await plugIn(depot, slow, 'C5')
    const began = performance.now()
    for (let each = 0; each < 25; each++) {
      flood.send(JSON.stringify([2, `m${each}`, 'Heartbeat', {}]))
      // each in a frame of its own on the wire, as chargers send them
      await new Promise((done) => setImmediate(done))
    }
    expect(await other.call('Heartbeat', {})).toHaveProperty('currentTime')
    await until(() => answered.size === 25)
    expect(performance.now() - began).toBeGreaterThan(1_500)
    flood.terminate()
    expect(await alert('security.tooManyMessages:charger:c8')).toMatchObject({ mark: 'caution' })
  })

  test('a socket that says nothing is closed in seconds', async () => {
    const socket = connect(endpoint.port, '127.0.0.1')
    const began = performance.now()
    await new Promise((done) => socket.once('close', done))
    expect(performance.now() - began).toBeLessThan(15_000)
  }, 20_000)
})
