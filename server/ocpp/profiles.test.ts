import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { RPCClient } from 'ocpp-rpc'
import { describe, expect, test } from 'vitest'
import { days, plus } from '#lib/time/instant.ts'
import { certificate, newKey, request, testAuthority } from '../security/test-authority.ts'
import { described } from '../security/x509.ts'
import { testDepot, until } from './test-depot.ts'

// Security profiles 0 to 3 over real sockets with real certificates. Every refusal comes before any message is handled.

const depot = await testDepot(12)
const { prisma } = depot.db
const { authority } = await testAuthority(depot.ctx)
const endpoint = await depot.start({ tls: { port: 0, identity: authority }, trust: authority })
const root = authority.certificates.active().cert

type Dial = {
  port?: number
  tls?: boolean
  password?: string | null
  cert?: string
  key?: string
  ca?: string
  headers?: Record<string, string>
}
/** Connects, and says how it went: a client, or the status that it was refused with. */
async function dial(identity: string, { port, tls = false, password, cert, key, ca = root, headers }: Dial) {
  const client = new RPCClient({
    endpoint: `${tls ? 'wss' : 'ws'}://localhost:${port ?? (tls ? endpoint.tlsPort : endpoint.port)}/ocpp`,
    identity,
    password: password === undefined ? (depot.keys.get(identity) ?? null) : password,
    protocols: ['ocpp1.6'],
    reconnect: false,
    strictMode: false,
    wsOpts: { ...(tls && { ca }), ...(cert && { cert, key }) },
    headers: headers ?? {},
  } as ConstructorParameters<typeof RPCClient>[0])
  client.handle(() => Promise.resolve({ status: 'Accepted', configurationKey: [] }))
  try {
    await client.connect()
    return { client, status: 101 }
  } catch (error) {
    return { client: undefined, status: (error as { code?: number }).code ?? 0 }
  }
}
const boot = (at: Awaited<ReturnType<typeof dial>>) =>
  at.client!.call('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
const row = (id: string) => prisma.charger.findUniqueOrThrow({ where: { id } })
const messages = (chargerId: string) => prisma.ocppMessage.count({ where: { chargerId } })
const journal = (kind: string, id: string) => prisma.journal.findMany({ where: { kind, subject: `charger:${id}` } })
const issue = async (
  identity: string,
  subject: { CN: string; O?: string } = { CN: identity, O: 'Yardwatt' },
  chargerId = identity.toLowerCase(),
) => {
  const key = await newKey()
  const now = depot.ctx.clock.real()
  const { cert } = await authority.certify(await request(key, subject), subject.CN, {
    from: plus(now, -days(1)),
    until: plus(now, days(90)),
  })
  const state = 'accepted'
  const at = new Date()
  await prisma.certificate.create({
    data: {
      id: `t-${chargerId}-${Math.random()}`,
      chargerId,
      kind: 'charger',
      state,
      pem: cert,
      ...described(cert),
      createdBy: 'test',
      createdAt: at,
      stateAt: at,
    },
  })
  return { cert, key: key.pem }
}

describe('profile 1', () => {
  test('a password over ws; how it is connected is kept', async () => {
    const at = await dial('C1', {})
    expect(await boot(at)).toMatchObject({ status: 'Accepted' })
    await until(async () => (await row('c1')).connectedProfile === 1)
    expect((await row('c1')).tlsVersion).toBeNull()
  })

  test('nobody without a password, unless both the setting and the charger allow it', async () => {
    expect((await dial('C2', { password: null })).status).toBe(401)
    await prisma.charger.update({ where: { id: 'c2' }, data: { securityProfile: 0 } })
    expect((await dial('C2', { password: null })).status).toBe(401)
    depot.ctx.env.ocppAllowNoAuth = true
    const open = await depot.start()
    depot.ctx.env.ocppAllowNoAuth = false
    const at = await dial('C2', { password: null, port: open.port })
    expect(at.status).toBe(101)
    await until(async () => (await row('c2')).connectedProfile === 0)
    expect((await dial('C2', { password: 'wrong', port: open.port })).status).toBe(401)
    await prisma.charger.update({ where: { id: 'c2' }, data: { securityProfile: 1 } })
    expect((await dial('C2', { password: null, port: open.port })).status).toBe(401)
  })
})

describe('profile 2', () => {
  test('a password over TLS 1.3 and 1.2, against our own root', async () => {
    const at = await dial('C3', { tls: true })
    expect(await boot(at)).toMatchObject({ status: 'Accepted' })
    await until(async () => (await row('c3')).connectedProfile === 2)
    expect((await row('c3')).tlsVersion).toBe('TLSv1.3')
    expect((await dial('C3', { tls: true, password: 'wrong' })).status).toBe(401)
  })

  test('a charger of profile 2 is not let in on ws, though its password is right; nothing it says is handled', async () => {
    await prisma.charger.update({ where: { id: 'c4' }, data: { securityProfile: 2 } })
    expect((await dial('C4', {})).status).toBe(401)
    expect(await messages('c4')).toBe(0)
    expect(await journal('security.profileTooLow', 'c4')).toMatchObject([{ data: { tooLow: 1, least: 2 } }])
    expect(await prisma.knocking.findUnique({ where: { identity: 'C4' } })).toMatchObject({
      reason: 'Came with security profile 1, and must use 2 at least.',
    })
    expect((await dial('C4', { tls: true })).status).toBe(101)
    expect(await prisma.knocking.findUnique({ where: { identity: 'C4' } })).toBeNull()
  })

  test('the suites of the whitepaper, and nothing below TLS 1.2', async () => {
    const shake = (options: object) =>
      new Promise<string>((done) => {
        const socket = tlsConnect({ host: 'localhost', port: endpoint.tlsPort!, ca: root, ...options }, () => {
          done(`${socket.getProtocol()} ${socket.getCipher().standardName}`)
          socket.destroy()
        })
        socket.on('error', () => done('refused'))
      })
    const only = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }
    expect(await shake({ ...only, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBe('TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
    expect(await shake({ ...only, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' })).toBe('TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384')
    expect(await shake({ ...only, ciphers: 'ECDHE-ECDSA-AES128-SHA' })).toBe('refused')
    expect(await shake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })).toBe('refused')
    expect(await shake({})).toMatch(/^TLSv1.3/)
  })
})

describe('profile 3', () => {
  test('a certificate that we issued proves who it is, without a password', async () => {
    await prisma.charger.update({ where: { id: 'c5' }, data: { securityProfile: 3 } })
    const own = await issue('C5')
    const at = await dial('C5', { tls: true, password: null, ...own })
    expect(await boot(at)).toMatchObject({ status: 'Accepted' })
    await until(async () => (await row('c5')).connectedProfile === 3)
    expect((await row('c5')).certificateEndsAt!.getTime() - Date.now()).toBeGreaterThan(days(89))
    expect((await dial('C5', { tls: true })).status).toBe(401)
    expect((await dial('C5', {})).status).toBe(401)
  })

  test('the registered serial may stand for the identity', async () => {
    await prisma.charger.update({ where: { id: 'c6' }, data: { securityProfile: 3, registeredSerial: 'SN-0006' } })
    expect((await dial('C6', { tls: true, password: null, ...(await issue('C6', { CN: 'SN-0006', O: 'Yardwatt' })) })).status).toBe(101)
  })

  const why = async (identity: string) => (await prisma.knocking.findUnique({ where: { identity } }))?.reason
  test.each([
    ['names another charger', 'C7', async () => issue('C7', { CN: 'C1', O: 'Yardwatt' }), /names another charger/],
    ['was issued to another charger', 'C7', async () => issue('C7', { CN: 'C7' }, 'c1'), /issued to another charger/],
    [
      'is revoked',
      'C7',
      async () => {
        const own = await issue('C7')
        await prisma.certificate.updateMany({ where: { fingerprint: described(own.cert).fingerprint }, data: { state: 'revoked' } })
        return own
      },
      /is revoked/,
    ],
    [
      'is ours but not in our books',
      'C7',
      async () => {
        const own = await issue('C7')
        await prisma.certificate.deleteMany({ where: { fingerprint: described(own.cert).fingerprint } })
        return own
      },
      /not in our books/,
    ],
    [
      'comes from a stranger with our name',
      'C7',
      async () => {
        const [theirs, key] = [await newKey(), await newKey()]
        const fake = await certificate({ CN: 'Yardwatt root', O: 'Yardwatt' }, { key: theirs })
        return { cert: await certificate({ CN: 'C7', O: 'Yardwatt' }, { key, by: { cert: fake, key: theirs } }), key: key.pem }
      },
      /nobody we trust/,
    ],
    [
      'is self-signed',
      'C7',
      async () => {
        const key = await newKey()
        return { cert: await certificate({ CN: 'C7', O: 'Yardwatt' }, { key }), key: key.pem }
      },
      /nobody we trust/,
    ],
  ])('not with a certificate that %s', async (_, identity, make, reason) => {
    const own = await make()
    expect((await dial(identity, { tls: true, password: null, ...own })).status).toBe(401)
    expect(await why(identity)).toMatch(reason)
    expect(await messages(identity.toLowerCase())).toBe(0)
  })

  test('an authority of the operator: its certificates need no row, but the operator and their time', async () => {
    const [caKey, key] = [await newKey(2048), await newKey(2048)]
    const ca = await certificate({ CN: 'Depot CA', O: 'Depot' }, { key: caKey })
    const file = join((await testAuthority(depot.ctx)).dataDir, 'ca.pem')
    writeFileSync(file, ca)
    const { authority: other } = await testAuthority(depot.ctx, { OCPP_TLS_CLIENT_CA: file })
    const at = await depot.start({ tls: { port: 0, identity: other }, trust: other })
    const there = { tls: true, password: null, port: at.tlsPort!, ca: other.certificates.active().cert, key: key.pem }
    const make = (subject: { CN: string; O?: string }, more: { days?: number; from?: number } = {}) =>
      certificate(subject, { key, by: { cert: ca, key: caKey }, ...more })
    expect((await dial('C8', { ...there, cert: await make({ CN: 'C8', O: 'Yardwatt' }) })).status).toBe(101)
    expect((await dial('C8', { ...there, cert: await make({ CN: 'C8', O: 'Another' }) })).status).toBe(401)
    expect(await why('C8')).toMatch(/does not name the operator/)
    expect(
      (await dial('C8', { ...there, cert: await make({ CN: 'C8', O: 'Yardwatt' }, { days: 1, from: Date.now() - days(3) }) })).status,
    ).toBe(401)
    expect(
      (await dial('C8', { ...there, cert: await make({ CN: 'C8', O: 'Yardwatt' }, { days: 1, from: Date.now() + days(3) }) })).status,
    ).toBe(401)
  })
})

test('a retired charger is a stranger, with its key and with its certificate', async () => {
  const own = await issue('C9')
  await prisma.charger.update({ where: { id: 'c9' }, data: { retiredAt: new Date() } })
  expect((await dial('C9', {})).status).toBe(401)
  expect((await dial('C9', { tls: true, password: null, ...own })).status).toBe(401)
  expect(await prisma.knocking.findUnique({ where: { identity: 'C9' } })).toMatchObject({ reason: 'Not registered here.' })
})

test('a key that is being rotated in opens, and then replaces the old one', async () => {
  const next = depot.keys.get('C1')!
  const { hashChargerKey } = await import('./key.ts')
  await prisma.charger.update({ where: { id: 'c10' }, data: { nextKeyHash: hashChargerKey(next), nextKeyAt: new Date() } })
  expect((await dial('C10', {})).status).toBe(101)
  expect((await row('c10')).nextKeyHash).not.toBeNull()
  expect((await dial('C10', { password: next })).status).toBe(101)
  expect(await row('c10')).toMatchObject({ nextKeyHash: null, keyHash: hashChargerKey(next) })
  expect(await journal('charger.nextKeyTaken', 'c10')).toHaveLength(1)
  expect((await dial('C10', {})).status).toBe(401)
})

test('a profile that a charger was told to rise to is its least one once it came with it', async () => {
  await prisma.charger.update({ where: { id: 'c11' }, data: { nextProfile: 2, nextProfileAt: new Date() } })
  const before = await dial('C11', {})
  expect(before.status).toBe(101)
  await until(async () => (await row('c11')).connectedProfile === 1)
  expect(await row('c11')).toMatchObject({ securityProfile: 1, nextProfile: 2 })
  expect((await dial('C11', { tls: true })).status).toBe(101)
  await until(async () => (await row('c11')).securityProfile === 2)
  expect((await row('c11')).nextProfile).toBeNull()
  expect(await journal('charger.profileRaised', 'c11')).toHaveLength(1)
  expect((await dial('C11', {})).status).toBe(401)
})

test('the server certificate changes under open sockets: they stay, and who comes next sees the new one', async () => {
  const { authority: first, dataDir } = await testAuthority(depot.ctx)
  const [cert, key] = [join(dataDir, 'tls.crt'), join(dataDir, 'tls.key')]
  const write = async () => {
    const own = await newKey()
    const made = await certificate({ CN: 'localhost', O: 'Depot' }, { key: own })
    writeFileSync(key, own.pem)
    writeFileSync(cert, made)
    return described(made).fingerprint
  }
  const before = await write()
  const { authority: given } = await testAuthority(depot.ctx, { OCPP_TLS_CERT: cert, OCPP_TLS_KEY: key })
  expect(first.server.from).toBe('authority')
  expect(given.server.from).toBe('files')
  const at = await depot.start({ tls: { port: 0, identity: given }, trust: given })
  const shown = () =>
    new Promise<string>((done, fail) => {
      const socket = tlsConnect({ host: 'localhost', port: at.tlsPort!, rejectUnauthorized: false }, () => {
        done(socket.getPeerX509Certificate()!.fingerprint256.replaceAll(':', '').toLowerCase())
        socket.destroy()
      })
      socket.on('error', fail)
    })
  expect(await shown()).toBe(before)
  const client = (await dial('C12', { tls: true, port: at.tlsPort!, ca: readFileSync(cert, 'utf8') })).client!
  const after = await write()
  expect(given.reload()).toBeUndefined()
  expect(await shown()).toBe(after)
  expect(await client.call('Heartbeat', {})).toHaveProperty('currentTime')
  // half a pair is not shown
  writeFileSync(key, (await newKey()).pem)
  expect(given.reload()).toMatch(/key values mismatch|mismatch/i)
  expect(await shown()).toBe(after)
})
