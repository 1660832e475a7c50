import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { POST as postCall } from '../../../app/api/v1/chargers/[charger]/calls/route.ts'
import { POST as postCredentials } from '../../../app/api/v1/chargers/[charger]/credentials/route.ts'
import { certificate, newKey, request } from '../../security/test-authority.ts'
import { hashDataOf } from '../../security/x509.ts'
import { freePort } from '../../tools/free-port.ts'
import { hashChargerKey } from '../key.ts'
import { plugIn, until } from '../test-depot.ts'
import { type At, ago, refusal, world } from './test-world.ts'

// Improved security for OCPP 1.6-J, use cases by the whitepaper's own numbers (L01 and N01: files-and-firmware.test.ts).

const w = await world(24, { OCPP_TLS_PORT: String(await freePort()) })
const { prisma } = w
type Outcome = { outcome: string; detail: string }
const act = (at: At, what: Record<string, unknown>) => w.verb<Outcome>('chargerSecurity', { chargerId: at.id, act: what })
const rows = (at: At, kind = 'charger') => prisma.certificate.findMany({ where: { chargerId: at.id, kind }, orderBy: { createdAt: 'asc' } })
const root = async () => prisma.certificate.findFirstOrThrow({ where: { chargerId: null, kind: 'root', state: 'active' } })
const frames = (at: At, action: string) => at.asked.filter(({ method }) => method === action).map(({ params }) => params)

const asked = async (at: At, key: Awaited<ReturnType<typeof newKey>>) => {
  expect(await at.say('SignCertificate', { csr: await request(key, { CN: at.identity, O: 'Yardwatt' }) })).toEqual({ status: 'Accepted' })
  const { certificateChain } = await at.hears('CertificateSigned')
  await until(async () => (await rows(at)).some(({ state }) => state === 'accepted'))
  return String(certificateChain)
}

describe('secure connection', () => {
  test('A00 security profiles 1, 2 and 3: each lets in who proves itself, is known as such, and refuses the others before any message', async () => {
    const at = await w.charger()
    await until(async () => (await w.row(at.id)).connectedProfile === 1)
    await expect(plugIn({ keys: new Map([[at.identity, 'wrong']]) }, { port: w.ocppPort }, at.identity)).rejects.toThrow()
    await expect(plugIn({ keys: new Map() }, { port: w.ocppPort }, at.identity)).rejects.toThrow()
    const two = await w.overTls(at.identity)
    await until(async () => (await w.row(at.id)).connectedProfile === 2)
    expect((await w.row(at.id)).tlsVersion).toMatch(/^TLSv1\.[23]$/)
    await expect(w.overTls(at.identity, { password: 'wrong' })).rejects.toThrow()
    const key = await newKey()
    const cert = await asked(await w.connect(at.identity), key)
    const own = { password: null, wsOpts: { ca: (await root()).pem, cert, key: key.pem } }
    const three = await w.overTls(at.identity, own)
    await until(async () => (await w.row(at.id)).connectedProfile === 3)
    expect(await three.call('Heartbeat', {})).toHaveProperty('currentTime')
    // a certificate of somebody else, or of another authority, opens nothing
    await expect(w.overTls('C24', own)).rejects.toThrow()
    const strange = { ca: (await root()).pem, cert: await certificate({ CN: at.identity, O: 'Yardwatt' }, { key }), key: key.pem }
    await expect(w.overTls(at.identity, { password: null, wsOpts: strange })).rejects.toThrow()
    expect(await prisma.ocppMessage.count({ where: { chargerId: 'c24' } })).toBe(0)
    expect(await prisma.knocking.findUnique({ where: { identity: at.identity } })).toMatchObject({ times: expect.any(Number) })
    for (const client of [two, three]) await client.close({ force: true })
  })

  test('A01 password for HTTP Basic: a new one is told, opens from then on, and the old one no more; a refusal leaves the old one', async () => {
    let status = 'Accepted'
    const at = await w.charger({ ChangeConfiguration: ({ key }) => ({ status: key === 'AuthorizationKey' ? status : 'Accepted' }) })
    const rotate = async (one: At) => {
      await until(async () => (await w.row(one.id)).connectedAt)
      return w.door(postCredentials, ['chargers:write'], { params: { charger: one.identity }, body: { how: 'rotate' } })
    }
    expect((await rotate(at)).status).toBe(200)
    const told = await until(() => frames(at, 'ChangeConfiguration').find(({ key }) => key === 'AuthorizationKey'))
    expect(await w.row(at.id)).toMatchObject({ nextKeyHash: hashChargerKey(String(told.value)) })
    const old = w.keys.get(at.identity)!
    const back = await plugIn({ keys: new Map([[at.identity, String(told.value)]]) }, { port: w.ocppPort }, at.identity)
    await until(async () => (await w.row(at.id)).nextKeyHash === null)
    expect((await w.row(at.id)).keyHash).toBe(hashChargerKey(String(told.value)))
    await expect(plugIn({ keys: new Map([[at.identity, old]]) }, { port: w.ocppPort }, at.identity)).rejects.toThrow()
    // no log knows it
    const { rows: texts } = await w.db.pool.query<{ text: string }>(
      'SELECT payload::text AS text FROM ocpp_message UNION ALL SELECT data::text FROM journal',
    )
    for (const { text } of texts) expect(text).not.toContain(String(told.value))
    await back.close({ force: true })

    status = 'Rejected'
    const stubborn = await w.charger({ ChangeConfiguration: ({ key }) => ({ status: key === 'AuthorizationKey' ? status : 'Accepted' }) })
    const before = (await w.row(stubborn.id)).keyHash
    expect((await rotate(stubborn)).status).toBe(200)
    await until(async () => (await w.journal('charger.keyRefused', stubborn.id))[0])
    expect(await w.row(stubborn.id)).toMatchObject({ keyHash: before, nextKeyHash: null })
  })

  test('A02 certificate by request of the central system: the charger is told to ask, and what it asks is signed, sent and taken', async () => {
    const key = await newKey()
    const at = await w.charger({ CertificateSigned: () => ({ status: 'Accepted' }) })
    expect(await act(at, { kind: 'renewCertificate' })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('ExtendedTriggerMessage')).toEqual({ requestedMessage: 'SignChargePointCertificate' })
    const chain = await asked(at, key)
    expect(new X509Certificate(chain).verify(new X509Certificate((await root()).pem!).publicKey)).toBe(true)
    expect(await rows(at)).toMatchObject([{ state: 'accepted', serial: expect.any(String), notAfter: expect.any(Date) }])
    expect(await w.line('security.certificateTaken', `charger:${at.id}`)).toHaveProperty('certificateId')
    const mute = await w.charger({ ExtendedTriggerMessage: () => ({ status: 'NotImplemented' }) })
    expect(await act(mute, { kind: 'renewCertificate' })).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining('NotImplemented'),
    })
    expect(await rows(mute)).toEqual([])
  })

  test('A03 certificate initiated by the charge point: signed once for a key; another name is rejected; refused at last, it is an alert', async () => {
    const at = await w.charger({ CertificateSigned: () => ({ status: 'Rejected' }) })
    const key = await newKey()
    const csr = await request(key, { CN: at.identity, O: 'Yardwatt' })
    expect(await at.say('SignCertificate', { csr })).toEqual({ status: 'Accepted' })
    const chain = new X509Certificate(String((await at.hears('CertificateSigned')).certificateChain))
    expect(chain.subject).toContain(`CN=${at.identity}`)
    await until(async () => (await rows(at))[0]?.state === 'rejected')
    expect((await w.alerts()).some(({ key: each }) => each.startsWith('security.certificateRefused'))).toBe(true)
    expect(await at.say('SignCertificate', { csr: await request(await newKey(), { CN: 'C24', O: 'Yardwatt' }) })).toEqual({
      status: 'Rejected',
    })
    expect(await w.line('security.requestRefused', `charger:${at.id}`)).toHaveProperty('why')
    expect(frames(at, 'CertificateSigned')).toHaveLength(1)

    const good = await w.charger()
    const twice = await newKey()
    const one = await asked(good, twice)
    await good.say('SignCertificate', { csr: await request(twice, { CN: good.identity, O: 'Yardwatt' }) })
    expect((await good.hears('CertificateSigned', 1)).certificateChain).toBe(one)
    expect(await rows(good)).toHaveLength(1)
  })

  test('A05 upgrade of the security profile: only with what it takes, counted when the charger came with it, and never down again', async () => {
    const at = await w.charger()
    await until(async () => (await w.row(at.id)).connectedProfile === 1)
    await expect(act(at, { kind: 'raiseProfile', profile: 2 })).rejects.toThrow(/install/)
    await act(at, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })
    expect(await act(at, { kind: 'raiseProfile', profile: 2 })).toMatchObject({ outcome: 'scheduled' })
    expect(frames(at, 'ChangeConfiguration')).toContainEqual({ key: 'SecurityProfile', value: '2' })
    expect(await w.row(at.id)).toMatchObject({ securityProfile: 1, nextProfile: 2 })
    const secure = await w.overTls(at.identity)
    await until(async () => (await w.row(at.id)).securityProfile === 2)
    await expect(w.connect(at.identity)).rejects.toThrow()
    await expect(act(at, { kind: 'raiseProfile', profile: 1 })).rejects.toThrow()
    // nor by a call of another system
    const lower = await w.door(postCall, ['calls:write'], {
      params: { charger: at.identity },
      body: { action: 'ChangeConfiguration', payload: { key: 'SecurityProfile', value: '1' } },
    })
    expect(lower.json).toMatchObject({ outcome: 'refused', by: 'yardwatt' })
    await secure.close({ force: true })
    const stubborn = await w.charger({ ChangeConfiguration: () => ({ status: 'Rejected' }) })
    await act(stubborn, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })
    expect(await act(stubborn, { kind: 'raiseProfile', profile: 2 })).toMatchObject({ outcome: 'refused' })
    expect(await w.row(stubborn.id)).toMatchObject({ securityProfile: 1, nextProfile: null })
  })
})

describe('certificates in a charger', () => {
  test('M03 retrieve installed certificates: what the charger holds is in the books, also what nobody gave it; none is none', async () => {
    const held: Record<string, unknown>[] = []
    const at = await w.charger({
      GetInstalledCertificateIds: ({ certificateType }) =>
        certificateType === 'CentralSystemRootCertificate' && held.length > 0
          ? { status: 'Accepted', certificateHashData: held }
          : { status: 'NotFound' },
    })
    await act(at, { kind: 'readCertificates' })
    expect(frames(at, 'GetInstalledCertificateIds').map(({ certificateType }) => certificateType)).toContain('CentralSystemRootCertificate')
    expect(await rows(at, 'centralSystemRoot')).toEqual([])
    const own = await hashDataOf((await root()).pem!)
    held.push(own, { ...own, serialNumber: 'abc', issuerNameHash: 'ff' })
    await act(at, { kind: 'readCertificates' })
    const kept = await rows(at, 'centralSystemRoot')
    expect(kept).toHaveLength(2)
    expect(kept.every(({ state }) => state === 'installed')).toBe(true)
    await act(at, { kind: 'readCertificates' })
    expect(await rows(at, 'centralSystemRoot')).toHaveLength(2)
    held.length = 0
    await act(at, { kind: 'readCertificates' })
    expect((await rows(at, 'centralSystemRoot')).every(({ state }) => state === 'deleted')).toBe(true)
  })

  test('M04 delete a certificate: named by its hash and gone from the books; a failure leaves it, and twice is refused', async () => {
    let status = 'Failed'
    const at = await w.charger({ DeleteCertificate: () => ({ status }) })
    await act(at, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })
    const [installed] = await rows(at, 'centralSystemRoot')
    const remove = () => act(at, { kind: 'deleteCertificate', certificateId: installed!.id })
    expect(await remove()).toMatchObject({ outcome: 'refused' })
    expect((await rows(at, 'centralSystemRoot'))[0]!.state).toBe('installed')
    status = 'Accepted'
    expect(await remove()).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('DeleteCertificate')).toEqual({ certificateHashData: await hashDataOf((await root()).pem!) })
    expect((await rows(at, 'centralSystemRoot'))[0]!.state).toBe('deleted')
    await expect(remove()).rejects.toThrow(/not installed/)
  })

  test('M05 install a CA certificate: our root and a maker’s; refused ones are kept as refused, and what is none never leaves', async () => {
    let status = 'Accepted'
    const at = await w.charger({ InstallCertificate: () => ({ status }) })
    expect(await act(at, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('InstallCertificate')).toEqual({
      certificateType: 'CentralSystemRootCertificate',
      certificate: (await root()).pem,
    })
    expect(await rows(at, 'centralSystemRoot')).toMatchObject([{ state: 'installed', fingerprint: (await root()).fingerprint }])
    const makers = await certificate({ CN: 'Acme root' }, { key: await newKey() })
    await act(at, { kind: 'installCertificate', type: 'ManufacturerRootCertificate', pem: makers })
    expect(await rows(at, 'manufacturerRoot')).toMatchObject([{ state: 'installed' }])
    status = 'Rejected'
    const other = await w.charger({ InstallCertificate: () => ({ status }) })
    expect(await act(other, { kind: 'installCertificate', type: 'CentralSystemRootCertificate' })).toMatchObject({ outcome: 'refused' })
    expect(await rows(other, 'centralSystemRoot')).toMatchObject([{ state: 'rejected' }])
    await expect(act(other, { kind: 'installCertificate', type: 'ManufacturerRootCertificate', pem: 'nonsense' })).rejects.toThrow()
    expect(frames(other, 'InstallCertificate')).toHaveLength(1)
  })
})

describe('events and triggers', () => {
  test('A04 security event notification: kept once however often it is told; a critical one is an alert until somebody has seen it', async () => {
    const at = await w.charger()
    const event = { type: 'TamperDetectionActivated', timestamp: ago(5_000), techInfo: 'lid' }
    for (let times = 0; times < 3; times++) expect(await at.say('SecurityEventNotification', event)).toEqual({})
    expect(await prisma.securityEvent.findMany({ where: { chargerId: at.id } })).toMatchObject([
      { type: 'TamperDetectionActivated', techInfo: 'lid', critical: true, at: new Date(event.timestamp), seenAt: null },
    ])
    expect(await w.journal('security.chargerEvent', `charger:${at.id}`)).toHaveLength(1)
    expect((await w.alerts()).find(({ key }) => key.startsWith('security.event'))?.what).toContain(at.identity)
    expect(await refusal(at.say('SecurityEventNotification', { type: 'TamperDetectionActivated' }))).toMatch(/Violation$/)
    expect(await prisma.securityEvent.count({ where: { chargerId: at.id } })).toBe(1)
  })

  test('ExtendedTriggerMessage: asks for what only the whitepaper knows; what comes of it is kept, and "not implemented" is told', async () => {
    let status = 'Accepted'
    const at = await w.charger({ ExtendedTriggerMessage: () => ({ status }) })
    const trigger = (payload: Record<string, unknown>) =>
      w.door(postCall, ['calls:write'], { params: { charger: at.identity }, body: { action: 'ExtendedTriggerMessage', payload } })
    expect((await trigger({ requestedMessage: 'StatusNotification', connectorId: 2 })).json).toMatchObject({ outcome: 'answered' })
    expect(await at.hears('ExtendedTriggerMessage')).toEqual({ requestedMessage: 'StatusNotification', connectorId: 2 })
    await at.say('StatusNotification', { connectorId: 2, errorCode: 'NoError', status: 'Available', timestamp: new Date().toISOString() })
    expect((await w.portRow(`${at.id}-2`)).status).toBe('free')
    status = 'NotImplemented'
    const refused = await trigger({ requestedMessage: 'LogStatusNotification' })
    expect(refused.json).toMatchObject({ outcome: 'answered', response: { status: 'NotImplemented' } })
    expect((await prisma.command.findUniqueOrThrow({ where: { id: String(refused.json.commandId) } })).state).toBe('refused')
    expect((await trigger({ requestedMessage: 'Everything' })).status).toBe(400)
    expect(frames(at, 'ExtendedTriggerMessage')).toHaveLength(2)
  })
})
