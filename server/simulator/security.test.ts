import { X509Certificate } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { SecureDoor } from './central-for-tests.ts'
import { type Issued, keyHashOf, makeRoot } from './certificates-for-tests.ts'
import { charging16 } from './charger-for-tests.ts'

// Security profiles and certificates (security whitepaper).

let root: Issued
let server: Issued
let stranger: Issued
beforeAll(async () => {
  root = await makeRoot('Depot root')
  server = await root.issue('the central system')
  stranger = await makeRoot('Somebody else')
})

const SECURE_PORT = 22_549
const door = (): SecureDoor => ({ port: SECURE_PORT, cert: server.cert, key: server.key, ca: root.cert })
const secureUrl = `wss://127.0.0.1:${SECURE_PORT}/ocpp`
const { world, make, online, ask, heardOf } = charging16(22_500, door)

const install = (certificate: string, certificateType = 'CentralSystemRootCertificate') =>
  ask('InstallCertificate', { certificateType, certificate })
const setProfile = (value: string) => ask('ChangeConfiguration', { key: 'SecurityProfile', value })

test('a root is installed, listed by its hashes and deleted; what is no certificate is rejected', async () => {
  const charger = await online()
  expect(await ask('GetInstalledCertificateIds', { certificateType: 'CentralSystemRootCertificate' })).toEqual({ status: 'NotFound' })
  expect(await install(root.cert)).toEqual({ status: 'Accepted' })
  expect(await install(root.cert), 'the same again is no second one').toEqual({ status: 'Accepted' })
  expect(await install('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toEqual({ status: 'Rejected' })
  const ids = await ask('GetInstalledCertificateIds', { certificateType: 'CentralSystemRootCertificate' })
  const [hash] = ids.certificateHashData as [Record<string, string>]
  expect(ids.certificateHashData).toHaveLength(1)
  expect(hash).toMatchObject({ hashAlgorithm: 'SHA256', serialNumber: '01' })
  // as the library sees it
  expect(hash!.issuerKeyHash).toBe(await keyHashOf(root.cert))
  const certificateHashData = { ...hash, serialNumber: '1', issuerNameHash: hash!.issuerNameHash!.toUpperCase() }
  expect(await ask('DeleteCertificate', { certificateHashData })).toEqual({ status: 'Accepted' })
  expect(await ask('DeleteCertificate', { certificateHashData })).toEqual({ status: 'NotFound' })
  expect(charger.memory.securityLog.join('\n')).toContain('ReconfigurationOfSecurityParameters')
})

test('the store of roots is full at ten', async () => {
  await online()
  const roots = await Promise.all(Array.from({ length: 11 }, (_, i) => makeRoot(`Root ${i}`)))
  const answers: unknown[] = []
  for (const one of roots) answers.push((await install(one.cert)).status)
  expect(answers).toEqual([...Array(10).fill('Accepted'), 'Failed'])
})

/** Through the request that the charger made with its own key. */
async function certify(by: Issued) {
  const before = heardOf('SignCertificate').length
  await ask('ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' })
  while (heardOf('SignCertificate').length === before) await new Promise<void>((resolve) => world.central.onHeard(resolve))
  const signed = await by.sign(String(heardOf('SignCertificate').at(-1)!.params.csr))
  return { signed, answer: await ask('CertificateSigned', { certificateChain: signed }) }
}

test('a key pair of its own, a request that holds, and the signed certificate is taken in', async () => {
  const charger = await online({ serial: 'SN-1', model: { csrNames: 'serial' } })
  await install(root.cert)
  const { signed, answer } = await certify(root)
  expect(answer).toEqual({ status: 'Accepted' })
  expect(new X509Certificate(signed).subject).toContain('CN=SN-1')
  expect(charger.memory.own?.certificate).toBe(signed)
  expect(await ask('CertificateSigned', { certificateChain: signed }), 'nothing waits any more').toEqual({ status: 'Rejected' })
})

test("a stranger's signature is rejected, and told as a security event", async () => {
  const charger = await online()
  await install(root.cert)
  expect((await certify(stranger)).answer).toEqual({ status: 'Rejected' })
  await charger.waitFor(() => heardOf('SecurityEventNotification').length === 1, 'the event')
  expect(heardOf('SecurityEventNotification')[0]?.params).toMatchObject({ type: 'InvalidChargePointCertificate' })
  expect(charger.memory.own).toBeUndefined()
})

test('the profile rises when it has what it takes, comes back over TLS with its own certificate, and never goes down', async () => {
  const charger = await online({ secureUrl })
  expect(await setProfile('3'), 'no root').toEqual({ status: 'Rejected' })
  await install(root.cert)
  expect(await setProfile('3'), 'no certificate').toEqual({ status: 'Rejected' })
  await certify(root)
  expect(await setProfile('3')).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => !charger.isConnected(), 'the old socket goes')
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the new socket')
  expect(world.central.shown.at(-1)).toBe('C1')
  expect(await setProfile('2')).toEqual({ status: 'Rejected' })
  await certify(root)
  await charger.waitFor(() => !charger.isConnected(), 'renewed: comes back with the new one')
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the door knows it')
  expect(heardOf('BootNotification')).toHaveLength(1)
})

test('a server of a stranger is not trusted: back to the profile that worked', async () => {
  const charger = await online({ secureUrl })
  await install(stranger.cert)
  expect(await setProfile('2')).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => charger.failedWith(), 'distrust')
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the old door')
  expect(charger.memory.configuration.SecurityProfile).toBe('1')
  await charger.waitFor(() => heardOf('SecurityEventNotification').length > 0, 'the event')
  expect(heardOf('SecurityEventNotification')[0]?.params).toMatchObject({ type: 'InvalidCentralSystemCertificate' })
})

test('profile 3 from the factory on', async () => {
  const own = await root.issue('C1')
  const charger = make({ secureUrl, securityProfile: 3, roots: [root.cert], own: { certificate: own.cert, privateKey: own.key } })
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
  expect(world.central.shown).toEqual(['C1'])
})

test('a key that was changed over OCPP opens the next connection', async () => {
  const charger = await online()
  const value = 'another key of 22 chars'
  world.central.manners.password = () => value
  await ask('ChangeConfiguration', { key: 'AuthorizationKey', value })
  await charger.waitFor(() => !charger.isConnected(), 'the old socket goes')
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the new one')
  expect(JSON.stringify(charger.memory.securityLog)).not.toContain(value)
})

test('a model that goes by the list tells of its start and its reset, too', async () => {
  const charger = await online({ model: { tellsEveryCriticalEvent: true } })
  await charger.waitFor(() => charger.memory.queue.length === 0, 'the first start is told')
  await ask('Reset', { type: 'Soft' })
  const types = () => heardOf('SecurityEventNotification').map((h) => h.params.type)
  await charger.waitFor(() => types().filter((type) => type === 'StartupOfTheDevice').length === 2, 'the second start')
  expect(types()).toEqual(['StartupOfTheDevice', 'ResetOrReboot', 'StartupOfTheDevice'])
})

test('tampering is told; a boot is only written down', async () => {
  const charger = await online()
  charger.fault('tampered')
  await charger.waitFor(() => heardOf('SecurityEventNotification').length === 1, 'the event')
  expect(heardOf('SecurityEventNotification')[0]?.params).toMatchObject({ type: 'TamperDetectionActivated', techInfo: 'door open' })
  expect(charger.memory.securityLog.some((line) => line.includes('StartupOfTheDevice'))).toBe(true)
})
