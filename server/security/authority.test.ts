import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { days, type Instant, instant, plus } from '#lib/time/instant.ts'
import { makeClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { testDepot } from '../ocpp/test-depot.ts'
import { openAuthority } from './authority.ts'
import { keptKey } from './kept-key.ts'
import { openRoots } from './roots.ts'
import { issuedCertificate, namesOf } from './server-certificate.ts'
import { certificate, newKey, request, testAuthority } from './test-authority.ts'
import { described } from './x509.ts'

const depot = await testDepot(1)
const { prisma } = depot.db
const own = (kind: string) => prisma.certificate.findMany({ where: { chargerId: null, kind }, orderBy: { createdAt: 'asc' } })

test('made once: after a restart root and server certificate are the same, and stand in the books', async () => {
  const { authority, dataDir } = await testAuthority(depot.ctx)
  const root = authority.certificates.active().cert
  const server = authority.server.pair().cert
  expect(new X509Certificate(server).verify(new X509Certificate(root).publicKey)).toBe(true)
  expect(new X509Certificate(server).checkHost('localhost')).toBe('localhost')
  expect(new X509Certificate(server).checkIP('127.0.0.1')).toBe('127.0.0.1')
  const { authority: again } = await testAuthority(depot.ctx, { DATA_DIR: dataDir })
  expect(again.certificates.active().cert).toBe(root)
  expect(again.server.pair()).toEqual(authority.server.pair())
  expect(await prisma.certificate.findFirst({ where: { kind: 'root', state: 'active' } })).toMatchObject({
    fingerprint: described(root).fingerprint,
  })
  expect(await prisma.certificate.findFirst({ where: { kind: 'server', state: 'active' } })).toMatchObject({
    fingerprint: described(server).fingerprint,
  })
})

test('private keys are for us only, and a copy of the directory opens nothing', async () => {
  const { dataDir } = await testAuthority(depot.ctx)
  const at = join(dataDir, 'security')
  const keys = readdirSync(at).filter((name) => name.endsWith('.key'))
  expect(keys).toHaveLength(2)
  for (const name of keys) {
    expect(statSync(join(at, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(at, name), 'utf8')).not.toMatch(/PRIVATE|^MI/)
    expect(() => keptKey(join(at, name), 'another secret of thirty-two characters')).toThrow(/another APP_SECRET/)
  }
  const env = readEnv({ DATA_DIR: dataDir, APP_SECRET: 'another secret of thirty-two characters' })
  await expect(openAuthority({ ...depot.ctx, env })).rejects.toThrow(/another APP_SECRET/)
})

test('the server certificate is issued anew in its last quarter, when its names change, and from the next root', async () => {
  const { env } = await testAuthority(depot.ctx)
  const now = instant(Date.now())
  const roots = await openRoots(env, 'Depot', now)
  let changes = 0
  const server = await issuedCertificate(
    env,
    roots,
    () => 'Depot',
    now,
    () => changes++,
  )
  const first = server.pair().cert
  expect(await server.renewIfDue(plus(now, days(200)) as Instant)).toBe(false)
  expect(await server.renewIfDue(plus(now, days(310)) as Instant)).toBe(true)
  expect(server.pair().cert).not.toBe(first)
  expect(server.endsAt() - now).toBeGreaterThan(days(690))
  const named = await issuedCertificate(
    { ...env, ocppTlsNames: ['csms.depot.example'] },
    roots,
    () => 'Depot',
    now,
    () => {},
  )
  expect(new X509Certificate(named.pair().cert).checkHost('csms.depot.example')).toBe('csms.depot.example')
  const next = await roots.makeNext('Depot')
  expect(await named.renewIfDue(now)).toBe(false)
  // what chargers hold that insist on a chain: the same key and name, signed by the root before
  const crossed = new X509Certificate(next.crossSigned!)
  expect(crossed.verify(new X509Certificate(roots.active().cert).publicKey)).toBe(true)
  expect(crossed.publicKey.equals(new X509Certificate(next.cert).publicKey)).toBe(true)
  roots.useNext()
  expect(await named.renewIfDue(now)).toBe(true)
  expect(new X509Certificate(named.pair().cert).verify(new X509Certificate(next.cert).publicKey)).toBe(true)
  expect(roots.all().map(({ state }) => state)).toEqual(['active', 'retired'])
  expect(changes).toBeGreaterThan(0)
})

test('certificates of chargers from the root before stay good', async () => {
  const { authority } = await testAuthority(depot.ctx)
  const before = authority.certificates.active().cert
  await authority.makeNextRoot()
  await authority.useNextRoot()
  expect(authority.certificates.active().cert).not.toBe(before)
  expect(authority.roots().map((each) => each.certificate.fingerprint256)).toContain(new X509Certificate(before).fingerprint256)
  expect(authority.material().clientRoots).toHaveLength(2)
  expect((await own('root')).map(({ state }) => state)).toContain('retired')
})

test("the operator's own authority signs, whole chains are shown, and its roots are not ours to change", async () => {
  const [key, other] = [await newKey(2048), await newKey()]
  const ca = await certificate({ CN: 'Depot CA', O: 'Depot' }, { key, days: 900 })
  const { dataDir } = await testAuthority(depot.ctx)
  const [certFile, keyFile] = [join(dataDir, 'ca.pem'), join(dataDir, 'ca.key')]
  writeFileSync(certFile, ca)
  writeFileSync(keyFile, key.pem)
  const { authority } = await testAuthority(depot.ctx, { OCPP_CA_CERT: certFile, OCPP_CA_KEY: keyFile })
  const now = depot.ctx.clock.real()
  const { cert } = await authority.certify(await request(other, { CN: 'C1', O: 'Yardwatt' }), 'C1', {
    from: now,
    until: plus(now, days(30)),
  })
  expect(new X509Certificate(cert).verify(new X509Certificate(ca).publicKey)).toBe(true)
  expect(new X509Certificate(authority.server.pair().cert).verify(new X509Certificate(ca).publicKey)).toBe(true)
  await expect(authority.makeNextRoot()).rejects.toThrow(/was given/)
  writeFileSync(keyFile, other.pem)
  await expect(testAuthority(depot.ctx, { OCPP_CA_CERT: certFile, OCPP_CA_KEY: keyFile })).rejects.toThrow(/not the key/)
})

test('what cannot be used is told in a sentence at the start', async () => {
  const { dataDir } = await testAuthority(depot.ctx)
  const file = join(dataDir, 'nothing.pem')
  writeFileSync(file, 'nothing')
  await expect(testAuthority(depot.ctx, { OCPP_TLS_CERT: file, OCPP_TLS_KEY: file })).rejects.toThrow(
    /^OCPP_TLS_CERT and OCPP_TLS_KEY cannot be used/,
  )
  await expect(testAuthority(depot.ctx, { OCPP_TLS_CLIENT_CA: file })).rejects.toThrow('OCPP_TLS_CLIENT_CA holds no certificate.')
  expect(() => readEnv({ DATA_DIR: dataDir, OCPP_TLS_CERT: file })).toThrow(/OCPP_TLS_CERT and OCPP_TLS_KEY belong together/)
  expect(() => readEnv({ DATA_DIR: dataDir, OCPP_PORT: '9300', OCPP_TLS_PORT: '9300' })).toThrow(/OCPP_TLS_PORT and another port/)
  expect(readEnv({ DATA_DIR: dataDir })).toMatchObject({ ocppTlsPort: 9221 })
  // a port of the operator's choice says nothing about the one beside it
  expect(readEnv({ DATA_DIR: dataDir, OCPP_PORT: '9300' })).toMatchObject({ ocppTlsPort: undefined })
  expect(namesOf({ ocppTlsNames: ['a.example'], publicUrl: 'https://b.example' }).slice(0, 2)).toEqual(['a.example', 'b.example'])
})

test('the clock of the machine counts, not the demo’s', async () => {
  const clock = makeClock({ realMs: Date.now(), depotMs: Date.now() + days(3_000), speed: 10 })
  const { authority } = await testAuthority({ ...depot.ctx, clock })
  expect(authority.server.endsAt() - Date.now()).toBeLessThan(days(400))
})
