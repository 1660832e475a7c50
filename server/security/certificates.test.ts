import { createPublicKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { days } from '#lib/time/instant.ts'
import { type Answers, ago, world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { thinSecurityEvents } from '../store/security.ts'
import { freePort } from '../tools/free-port.ts'
import { newKey, request } from './test-authority.ts'
import { described, hashDataOf } from './x509.ts'

// Certificates and security events from a charger's socket to the books, in the whole gateway.

const w = await world(28, { OCPP_TLS_PORT: String(await freePort()) })
const { prisma } = w
const act = (chargerId: string, what: Record<string, unknown>) =>
  w.verb<{ outcome: string; detail: string }>('chargerSecurity', { chargerId, act: what })
const rows = (chargerId: string, kind = 'charger') =>
  prisma.certificate.findMany({ where: { chargerId, kind }, orderBy: { createdAt: 'asc' } })
const ourRoot = async () => prisma.certificate.findFirstOrThrow({ where: { chargerId: null, kind: 'root', state: 'active' } })
const csr = async (CN: string, key = undefined as Awaited<ReturnType<typeof newKey>> | undefined, O = 'Yardwatt') =>
  request(key ?? (await newKey()), { CN, O })

describe('SignCertificate', () => {
  test('a good request is answered at once, and the certificate follows: of its key, its name, our root', async () => {
    const at = await w.charger()
    const key = await newKey()
    expect(await at.say('SignCertificate', { csr: await csr(at.identity, key) })).toEqual({ status: 'Accepted' })
    const { certificateChain } = await at.hears('CertificateSigned')
    const certificate = new X509Certificate(String(certificateChain))
    expect(certificate.subject.split('\n').toSorted()).toEqual([`CN=${at.identity}`, 'O=Yardwatt'])
    expect(certificate.publicKey.equals(createPublicKey(key.pem))).toBe(true)
    expect(certificate.verify(new X509Certificate((await ourRoot()).pem!).publicKey)).toBe(true)
    expect(certificate.ca).toBe(false)
    await until(async () => (await rows(at.id))[0]?.state === 'accepted')
    expect((await rows(at.id))[0]).toMatchObject({ ...described(String(certificateChain)), attempts: 1, createdBy: `charger:${at.id}` })
    expect(await w.line('security.certificateTaken', `charger:${at.id}`)).toHaveProperty('certificateId')
  })

  test('RSA keys and the serial as the name are fine too', async () => {
    const at = await w.charger()
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One', chargePointSerialNumber: 'SN-77' })
    expect(await at.say('SignCertificate', { csr: await csr('SN-77', await newKey(2048)) })).toEqual({ status: 'Accepted' })
    const { certificateChain } = await at.hears('CertificateSigned')
    expect(new X509Certificate(String(certificateChain)).toLegacyObject().subject.CN).toBe('SN-77')
  })

  test.each<[string, (identity: string) => Promise<string>, RegExp]>([
    ['another name', () => csr('C1'), /neither the identity nor the serial/],
    ['another operator', (identity) => csr(identity, undefined, 'Another'), /CpoName/],
    ['a weak key', async (identity) => csr(identity, await newKey(1024)), /2048/],
    ['no request at all', async () => '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', /cannot be read/],
    [
      'a signature that is not its own',
      async (identity) => {
        const der = Buffer.from((await csr(identity)).replace(/-----[^-]+-----|\s/g, ''), 'base64')
        der[der.length - 3] = der[der.length - 3]! ^ 1
        return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`
      },
      /not signed with the key/,
    ],
  ])('%s is rejected, told, and nothing is signed', async (_, make, why) => {
    const at = await w.charger()
    expect(await at.say('SignCertificate', { csr: await make(at.identity) })).toEqual({ status: 'Rejected' })
    expect((await w.line('security.requestRefused', `charger:${at.id}`)).why).toMatch(why)
    expect(await rows(at.id)).toEqual([])
    expect(at.asked.filter(({ method }) => method === 'CertificateSigned')).toEqual([])
  })

  test("a name that another charger bears as its serial is nobody's to ask for", async () => {
    const [one, other] = [await w.charger(), await w.charger()]
    await prisma.charger.update({ where: { id: one.id }, data: { registeredSerial: 'SN-ONE' } })
    await other.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One', chargePointSerialNumber: 'SN-ONE' })
    expect(await other.say('SignCertificate', { csr: await csr('SN-ONE') })).toEqual({ status: 'Rejected' })
  })

  test('the same key is signed once, however often it is asked', async () => {
    const at = await w.charger()
    const asked = { csr: await csr(at.identity) }
    await at.say('SignCertificate', asked)
    const first = await at.hears('CertificateSigned')
    await until(async () => (await rows(at.id))[0]?.state === 'accepted')
    await at.say('SignCertificate', asked)
    const second = await at.hears('CertificateSigned', 1)
    expect(second).toEqual(first)
    await until(async () => (await rows(at.id))[0]?.state === 'accepted')
    expect(await rows(at.id)).toHaveLength(1)
  })

  test('refused by the charger: kept with the reason, told, and an alert', async () => {
    const at = await w.charger({ CertificateSigned: () => ({ status: 'Rejected' }) })
    await at.say('SignCertificate', { csr: await csr(at.identity) })
    await until(async () => (await rows(at.id))[0]?.state === 'rejected')
    expect((await rows(at.id))[0]!.detail).toMatch(/refused/)
    expect(await w.line('security.certificateRefused', `charger:${at.id}`)).toHaveProperty('detail')
    expect((await w.alerts()).filter(({ key }) => key.startsWith('security.certificateRefused'))).toHaveLength(1)
  })

  test('a connection that breaks before the answer: the same certificate is brought when the charger is back', async () => {
    const never: Answers = { CertificateSigned: () => new Promise(() => {}) }
    const at = await w.charger(never)
    await at.say('SignCertificate', { csr: await csr(at.identity) })
    const first = await at.hears('CertificateSigned')
    expect((await rows(at.id))[0]).toMatchObject({ state: 'sent', attempts: 1 })
    await at.client.close({ force: true }).catch(() => {})
    const back = await w.connect(at.identity)
    expect(await back.hears('CertificateSigned')).toEqual(first)
    await until(async () => (await rows(at.id))[0]?.state === 'accepted')
    expect((await rows(at.id))[0]!.attempts).toBe(2)
  })

  test('ExtendedTriggerMessage asks for it, after the charger was told what operator to name', async () => {
    const at = await w.charger({ GetConfiguration: () => ({ configurationKey: [{ key: 'CpoName', readonly: false, value: 'Maker' }] }) })
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await until(async () => JSON.stringify((await w.row(at.id)).configuration).includes('CpoName'))
    expect(await act(at.id, { kind: 'renewCertificate' })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('ExtendedTriggerMessage')).toEqual({ requestedMessage: 'SignChargePointCertificate' })
    expect(at.asked).toContainEqual({ method: 'ChangeConfiguration', params: { key: 'CpoName', value: 'Yardwatt' } })
  })
})

describe('roots in a charger', () => {
  test('installed, told by the charger, deleted; each with its meaning in the books', async () => {
    const held: Record<string, unknown>[] = []
    const at = await w.charger({
      GetInstalledCertificateIds: ({ certificateType }) =>
        certificateType === 'CentralSystemRootCertificate' && held.length > 0
          ? { status: 'Accepted', certificateHashData: held }
          : { status: 'NotFound' },
    })
    expect(await act(at.id, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })).toMatchObject({ outcome: 'accepted' })
    const root = await ourRoot()
    expect(await at.hears('InstallCertificate')).toEqual({ certificateType: 'CentralSystemRootCertificate', certificate: root.pem })
    expect(await rows(at.id, 'centralSystemRoot')).toMatchObject([{ state: 'installed', fingerprint: root.fingerprint }])
    // the charger writes numbers its own way, and holds one more that nobody gave it
    const own = await hashDataOf(root.pem!)
    held.push({ ...own, serialNumber: `00${own.serialNumber.toUpperCase()}` }, { ...own, serialNumber: 'abc', issuerNameHash: 'ff' })
    expect(await act(at.id, { kind: 'readCertificates' })).toMatchObject({ outcome: 'accepted' })
    expect(await rows(at.id, 'centralSystemRoot')).toMatchObject([
      { state: 'installed', fingerprint: root.fingerprint },
      { state: 'installed', serial: 'abc', fingerprint: null },
    ])
    const [first, other] = await rows(at.id, 'centralSystemRoot')
    expect(await act(at.id, { kind: 'deleteCertificate', certificateId: first!.id })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('DeleteCertificate')).toEqual({ certificateHashData: own })
    expect((await rows(at.id, 'centralSystemRoot'))[0]!.state).toBe('deleted')
    held.length = 0
    await act(at.id, { kind: 'readCertificates' })
    expect((await rows(at.id, 'centralSystemRoot')).find(({ id }) => id === other!.id)).toMatchObject({ state: 'deleted' })
    await expect(act(at.id, { kind: 'deleteCertificate', certificateId: first!.id })).rejects.toThrow(/not installed/)
  })

  test('a refusal is kept as one; what is no certificate does not leave', async () => {
    const at = await w.charger({ InstallCertificate: () => ({ status: 'Rejected' }), DeleteCertificate: () => ({ status: 'Failed' }) })
    expect(await act(at.id, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })).toMatchObject({ outcome: 'refused' })
    expect(await rows(at.id, 'centralSystemRoot')).toMatchObject([{ state: 'rejected', detail: 'The charger refused it: Rejected.' }])
    await expect(act(at.id, { kind: 'installCertificate', type: 'ManufacturerRootCertificate', pem: 'nonsense' })).rejects.toThrow(
      /no certificate/,
    )
    expect(at.asked.filter(({ method }) => method === 'InstallCertificate')).toHaveLength(1)
  })
})

describe('the security profile', () => {
  test('rises only when the charger has what it needs, and counts when it has come so', async () => {
    const at = await w.charger()
    await until(async () => (await w.row(at.id)).connectedProfile === 1)
    await expect(act(at.id, { kind: 'raiseProfile', profile: 2 })).rejects.toThrow(/install it first/)
    expect(at.asked.filter(({ method, params }) => method === 'ChangeConfiguration' && params.key === 'SecurityProfile')).toEqual([])
    await act(at.id, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })
    expect(await act(at.id, { kind: 'raiseProfile', profile: 2 })).toMatchObject({ outcome: 'scheduled' })
    expect(at.asked).toContainEqual({ method: 'ChangeConfiguration', params: { key: 'SecurityProfile', value: '2' } })
    expect(await w.row(at.id)).toMatchObject({ securityProfile: 1, nextProfile: 2 })
    const secure = await w.overTls(at.identity)
    await until(async () => (await w.row(at.id)).securityProfile === 2)
    expect(await w.row(at.id)).toMatchObject({ nextProfile: null, connectedProfile: 2, tlsVersion: 'TLSv1.3' })
    await expect(w.connect(at.identity)).rejects.toThrow()
    await expect(act(at.id, { kind: 'raiseProfile', profile: 1 })).rejects.toThrow(/already/)
    await expect(act(at.id, { kind: 'raiseProfile', profile: 3 })).rejects.toThrow(/certificate of its own/)
    await secure.close({ force: true })
  })

  test('a charger that refuses keeps what it has', async () => {
    const at = await w.charger({ ChangeConfiguration: () => ({ status: 'Rejected' }) })
    await act(at.id, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })
    expect(await act(at.id, { kind: 'raiseProfile', profile: 2 })).toMatchObject({ outcome: 'refused' })
    expect(await w.row(at.id)).toMatchObject({ securityProfile: 1, nextProfile: null })
  })

  test('the certificate that it got opens at profile 3; once revoked it does not, and the open socket is closed', async () => {
    const at = await w.charger()
    const key = await newKey()
    await at.say('SignCertificate', { csr: await csr(at.identity, key) })
    const { certificateChain } = await at.hears('CertificateSigned')
    await until(async () => (await rows(at.id))[0]?.state === 'accepted')
    const own = { password: null, wsOpts: { ca: (await ourRoot()).pem, cert: certificateChain, key: key.pem } }
    const client = await w.overTls(at.identity, own)
    await until(async () => (await w.row(at.id)).connectedProfile === 3)
    expect(await act(at.id, { kind: 'raiseProfile', profile: 3 })).toMatchObject({ outcome: 'accepted' })
    const closed = new Promise((done) => client.once('close', done))
    await act(at.id, { kind: 'revokeCertificate', certificateId: (await rows(at.id))[0]!.id })
    await closed
    await expect(w.overTls(at.identity, own)).rejects.toMatchObject({ code: 401 })
  })
})

describe('SecurityEventNotification', () => {
  test('kept once, told in the journal, and critical ones ask for a look until somebody had it', async () => {
    const at = await w.charger()
    const event = { type: 'TamperDetectionActivated', timestamp: ago(5_000), techInfo: 'lid' }
    for (let each = 0; each < 3; each++) expect(await at.say('SecurityEventNotification', event)).toEqual({})
    await at.say('SecurityEventNotification', { type: 'InvalidMessages', timestamp: ago(4_000) })
    const kept = await prisma.securityEvent.findMany({ where: { chargerId: at.id }, orderBy: { id: 'asc' } })
    expect(kept).toMatchObject([
      { type: 'TamperDetectionActivated', techInfo: 'lid', critical: true, seenAt: null, at: new Date(event.timestamp) },
      { type: 'InvalidMessages', critical: false, seenBy: 'system' },
    ])
    expect(await w.journal('security.chargerEvent', `charger:${at.id}`)).toHaveLength(2)
    const [alert] = (await w.alerts()).filter(({ key }) => key.startsWith('security.event'))
    expect(alert).toMatchObject({ mark: 'critical', what: `${at.identity}: It was tampered with` })
  })

  test('of each charger only the newest stay', async () => {
    const at = await w.charger()
    for (let each = 0; each < 7; each++) await at.say('SecurityEventNotification', { type: `Maker${each}`, timestamp: ago(1_000 * each) })
    await thinSecurityEvents(prisma, 5)
    const kept = await prisma.securityEvent.findMany({ where: { chargerId: at.id }, orderBy: { id: 'asc' } })
    expect(kept.map(({ type }) => type)).toEqual(['Maker2', 'Maker3', 'Maker4', 'Maker5', 'Maker6'])
  })

  test('a date that cannot be is kept with the moment it came', async () => {
    const at = await w.charger()
    await at.say('SecurityEventNotification', { type: 'SomethingOfTheMaker', timestamp: '0001-01-01T00:00:00Z' })
    const [kept] = await prisma.securityEvent.findMany({ where: { chargerId: at.id } })
    expect(Date.now() - kept!.at.getTime()).toBeLessThan(days(1))
    expect(kept).toMatchObject({ critical: false })
  })
})

describe('a new root', () => {
  test('is brought to chargers over TLS first; the server certificate changes over only when none lacks it, or when told so', async () => {
    const [holds, lacks] = [await w.charger(), await w.charger({ InstallCertificate: () => ({ status: 'Rejected' }) })]
    await prisma.charger.updateMany({ where: { id: { in: [holds.id, lacks.id] } }, data: { securityProfile: 2 } })
    await prisma.charger.updateMany({ where: { id: { notIn: [holds.id, lacks.id] } }, data: { securityProfile: 1, connectedProfile: 1 } })
    const authority = (act: Record<string, unknown>) => w.verb<{ detail: string }>('authority', { act })
    const before = await ourRoot()
    await authority({ kind: 'newRoot' })
    const { certificate } = await holds.hears('InstallCertificate')
    const next = await prisma.certificate.findFirstOrThrow({ where: { chargerId: null, kind: 'root', state: 'next' } })
    expect(certificate).toBe(next.pem)
    await until(async () => (await rows(holds.id, 'centralSystemRoot'))[0]?.state === 'installed')
    await until(async () => (await rows(lacks.id, 'centralSystemRoot'))[0]?.state === 'rejected')
    await expect(authority({ kind: 'useNextRoot' })).rejects.toThrow(`could not come back over TLS: ${lacks.identity}.`)
    expect((await ourRoot()).fingerprint).toBe(before.fingerprint)
    await authority({ kind: 'useNextRoot', evenIfLacking: true })
    expect((await ourRoot()).fingerprint).toBe(next.fingerprint)
    const server = await prisma.certificate.findFirstOrThrow({ where: { chargerId: null, kind: 'server', state: 'active' } })
    expect(new X509Certificate(server.pem!).verify(new X509Certificate(next.pem!).publicKey)).toBe(true)
    await expect(authority({ kind: 'useNextRoot' })).rejects.toThrow(/no next root/)
  })
})

test('no key of a charger is kept, whoever tells it: not in the raw log, not in the configuration, not in commands or the journal', async () => {
  const secret = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00'
  const at = await w.charger({
    GetConfiguration: () => ({ configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: secret }] }),
  })
  await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
  await until(async () => JSON.stringify((await w.row(at.id)).configuration).includes('AuthorizationKey'))
  await w.runtime.links.call(at.id, { kind: 'changeConfiguration', key: 'AuthorizationKey', value: secret })
  await until(
    async () => (await prisma.ocppMessage.count({ where: { chargerId: at.id, action: 'ChangeConfiguration', direction: 'out' } })) > 0,
  )
  await until(async () => (await prisma.ocppMessage.count({ where: { chargerId: at.id, direction: 'in', type: 'result' } })) > 0)
  const kept = JSON.stringify([
    (await prisma.ocppMessage.findMany({ where: { chargerId: at.id } })).map(({ payload }) => payload),
    (await w.row(at.id)).configuration,
    (await prisma.command.findMany({ where: { chargerId: at.id } })).map(({ input }) => input),
    (await prisma.journal.findMany({ where: { subject: { contains: at.id } } })).map(({ data }) => data),
  ])
  expect(kept).toContain('AuthorizationKey')
  expect(kept).not.toContain(secret)
})

test('a certificate with less than 30 days left is an alert; the charger is asked for a new one before', async () => {
  const at = await w.charger()
  const now = Date.now()
  const row = (id: string, days_: number) => ({
    id,
    chargerId: at.id,
    kind: 'charger',
    state: 'accepted',
    fingerprint: id,
    notAfter: new Date(now + days(days_)),
    createdBy: 'test',
    createdAt: new Date(),
    stateAt: new Date(),
  })
  const ending = async () => (await w.alerts()).filter(({ key }) => key.startsWith('certificate:ends-'))
  await prisma.certificate.create({ data: row('ends-40', 40) })
  expect(await ending()).toEqual([])
  await w.restart()
  const back = await w.connect(at.identity)
  // looked for at the start and by the hour: 45 days before the end
  await prisma.certificate.update({ where: { id: 'ends-40' }, data: { notAfter: new Date(now + days(20)) } })
  expect(await ending()).toMatchObject([
    { mark: 'caution', what: `The certificate of ${at.identity} ends in 20 days`, href: `/chargers/${at.id}?view=security` },
  ])
  await w.verb('authority', { act: { kind: 'newRoot' } })
  expect(await back.hears('ExtendedTriggerMessage')).toEqual({ requestedMessage: 'SignChargePointCertificate' })
  // a newer one, and nobody need look
  await prisma.certificate.create({ data: row('ends-400', 400) })
  expect(await ending()).toEqual([])
})
