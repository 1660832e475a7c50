import { generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { type Issued, makeRoot } from './certificates-for-tests.ts'
import { charging16 } from './charger-for-tests.ts'
import { filesForTests } from './files-for-tests.ts'

// Logs and diagnostics that are sent, firmware that is fetched (§6.1, §6.5, whitepaper N01 and L01).

const { world, online, charging, ask, heardOf } = charging16(22_510)
const files = filesForTests()
const statusesOf = (action: string) => heardOf(action).map((h) => h.params.status)
const IMAGE = Buffer.concat([Buffer.from('Sim firmware 2.1.0\n'), Buffer.alloc(100_000, 'x')])
const at = (minutes: number) => new Date(world.clock.now() + minutes * 60_000).toISOString()

test('diagnostics: named, sent, and told of', async () => {
  const charger = await online()
  const { fileName } = await ask('GetDiagnostics', { location: `${files.world.url}/d/1` })
  expect(fileName).toMatch(/^C1-diagnostics-\d{14}\.log$/)
  await charger.waitFor(() => statusesOf('DiagnosticsStatusNotification').length === 2, 'the end')
  expect(statusesOf('DiagnosticsStatusNotification')).toEqual(['Uploading', 'Uploaded'])
  expect(files.world.requests).toMatchObject([{ method: 'PUT', name: '/d/1' }])
  expect(files.world.requests[0]?.body).toContain('BootNotification')
  const longAgo = { startTime: '2020-01-01T00:00:00Z', stopTime: '2020-01-02T00:00:00Z' }
  expect(await ask('GetDiagnostics', { location: `${files.world.url}/d/2`, ...longAgo }), 'nothing of that time').toEqual({})
})

test('an upload that fails is tried again as often as it was told to', async () => {
  const charger = await online()
  files.serve((_request, response) => response.writeHead(503).end())
  await ask('GetDiagnostics', { location: `${files.world.url}/d`, retries: 2, retryInterval: 5 })
  await charger.waitFor(() => statusesOf('DiagnosticsStatusNotification').includes('UploadFailed'), 'the end')
  expect(files.world.requests).toHaveLength(3)
})

test.each([
  [403, 'PermissionDenied'],
  [400, 'BadMessage'],
  [500, 'UploadFailure'],
  [201, 'Uploaded'],
])('a log that is answered with %i: %s, with its requestId', async (status, expected) => {
  const charger = await online({ model: { uploadsBy: 'POST' } })
  files.serve((_request, response) => response.writeHead(status).end())
  await ask('GetLog', { logType: 'SecurityLog', requestId: 7, log: { remoteLocation: `${files.world.url}/l` } })
  await charger.waitFor(() => heardOf('LogStatusNotification').length === 2, 'the end')
  expect(heardOf('LogStatusNotification').map((h) => h.params)).toEqual([
    { status: 'Uploading', requestId: 7 },
    { status: expected, requestId: 7 },
  ])
  expect(files.world.requests[0]).toMatchObject({ method: 'POST' })
  expect(files.world.requests[0]?.body).toContain('StartupOfTheDevice')
})

test('a second GetLog takes the place of the first; the key is in no log', async () => {
  const charger = await online()
  await ask('ChangeConfiguration', { key: 'AuthorizationKey', value: world.central.password })
  await charger.waitFor(() => !charger.isConnected(), 'the socket goes')
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the new socket')
  const held: (() => void)[] = []
  files.serve((_request, response) => held.push(() => response.end()))
  const getLog = (requestId: number) =>
    ask('GetLog', { logType: 'DiagnosticsLog', requestId, log: { remoteLocation: `${files.world.url}/${requestId}` } })
  expect(await getLog(1)).toMatchObject({ status: 'Accepted' })
  await charger.waitFor(() => heardOf('LogStatusNotification').length === 1)
  expect(await getLog(2)).toMatchObject({ status: 'AcceptedCanceled' })
  expect(await ask('ExtendedTriggerMessage', { requestedMessage: 'LogStatusNotification' })).toEqual({ status: 'Accepted' })
  while (held.length < 1 || !files.world.requests.some(({ name }) => name === '/2')) await new Promise<void>((r) => setImmediate(r))
  for (const answer of held) answer()
  await charger.waitFor(() => statusesOf('LogStatusNotification').includes('Uploaded'), 'the second')
  expect(heardOf('LogStatusNotification').at(-1)?.params).toEqual({ status: 'Uploaded', requestId: 2 })
  expect(files.world.requests.at(-1)?.body).not.toContain(world.central.password)
})

test('firmware: fetched in two parts, installed, restarted, told in the boot', async () => {
  const charger = await online()
  files.image(IMAGE, 40_000)
  await ask('UpdateFirmware', { location: `${files.world.url}/fw.bin`, retrieveDate: at(0), retries: 2, retryInterval: 5 })
  await charger.waitFor(() => statusesOf('FirmwareStatusNotification').includes('Installed'), 'the end')
  const statuses = statusesOf('FirmwareStatusNotification').filter((status, i, all) => status !== all[i - 1])
  expect(statuses).toEqual(['Downloading', 'Downloaded', 'Installing', 'Installed'])
  expect(files.world.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=40000-'])
  expect(heardOf('BootNotification').map((h) => h.params.firmwareVersion)).toEqual(['1.0.0', '2.1.0'])
  const toldAt = (status: string) => charger.sentCalls('FirmwareStatusNotification').find(({ payload }) => payload.status === status)!.at
  expect(toldAt('Installed') - toldAt('Installing'), 'writing and booting take their time').toBeGreaterThan(38_000)
})

test('an update waits for the transaction, and lets nobody begin another', async () => {
  const charger = await charging({ ports: 2 })
  files.image(IMAGE)
  await ask('UpdateFirmware', { location: `${files.world.url}/fw.bin`, retrieveDate: at(0) })
  await charger.waitFor(() => charger.status(2) === 'Unavailable', 'the other port waits')
  expect(statusesOf('FirmwareStatusNotification')).toEqual(['Downloading', 'Downloaded'])
  charger.unplug()
  await charger.waitFor(() => statusesOf('FirmwareStatusNotification').includes('Installed'), 'the end')
  await charger.waitFor(() => charger.status(2) === 'Available')
})

test.each([
  ['failsToDownload', 'DownloadFailed', '1.0.0'],
  ['failsToInstall', 'InstallationFailed', '1.0.0'],
] as const)('%s: %s, and the old firmware goes on', async (fault, status, version) => {
  const charger = await online()
  charger.fault(fault)
  files.image(IMAGE)
  await ask('UpdateFirmware', { location: `${files.world.url}/fw.bin`, retrieveDate: at(0) })
  await charger.waitFor(() => statusesOf('FirmwareStatusNotification').includes(status), 'the end')
  expect(charger.memory.firmware ?? charger.model.firmware).toBe(version)
  await ask('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' })
  await charger.waitFor(() => statusesOf('FirmwareStatusNotification').at(-1) === 'Idle', 'idle again')
})

let maker: Issued
let signer: Issued
beforeAll(async () => {
  maker = await makeRoot('The maker')
  signer = await maker.issue('Firmware signing')
})
const signed = (image = IMAGE, key = signer.key) => sign('sha256', image, key).toString('base64')
const update = (requestId: number, change: Record<string, string> = {}) => {
  const firmware = { location: `${files.world.url}/fw.bin`, retrieveDateTime: at(-1), signingCertificate: signer.cert, signature: signed() }
  return ask('SignedUpdateFirmware', { requestId, firmware: { ...firmware, ...change } })
}
const SIGNED = 'SignedFirmwareStatusNotification'

test('signed firmware: checked, installed later as scheduled, restarted', async () => {
  const charger = await online()
  await ask('InstallCertificate', { certificateType: 'ManufacturerRootCertificate', certificate: maker.cert })
  files.image(IMAGE)
  expect(await update(9, { installDateTime: at(3) })).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => statusesOf(SIGNED).includes('Installed'), 'the end', 20_000)
  // one that was not answered before the restart comes again
  const statuses = statusesOf(SIGNED).filter((status, i, told) => status !== told[i - 1])
  expect(statuses).toEqual([
    'Downloading',
    'Downloaded',
    'SignatureVerified',
    'InstallScheduled',
    'Installing',
    'InstallRebooting',
    'Installed',
  ])
  expect(new Set(heardOf(SIGNED).map((h) => h.params.requestId))).toEqual(new Set([9]))
  expect(charger.memory.firmware).toBe('2.1.0')
  await charger.waitFor(() => heardOf('SecurityEventNotification').at(-1)?.params.type === 'FirmwareUpdated', 'the event')
}, 30_000)

test('a wrong signature is found before anything is written', async () => {
  const charger = await online()
  files.image(IMAGE)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await update(1, { signature: signed(IMAGE, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()) })
  await charger.waitFor(() => statusesOf(SIGNED).includes('InvalidSignature'), 'the end')
  expect(charger.memory.firmware).toBeUndefined()
  await charger.waitFor(() => heardOf('SecurityEventNotification').at(-1)?.params.type === 'InvalidFirmwareSignature', 'the event')
})

test('a signer of a stranger, expired or revoked is refused at once; a newer order takes the place of one that waits', async () => {
  const charger = await online()
  await ask('InstallCertificate', { certificateType: 'ManufacturerRootCertificate', certificate: maker.cert })
  const stranger = await makeRoot('Somebody else')
  expect(await update(1, { signingCertificate: stranger.cert })).toEqual({ status: 'InvalidCertificate' })
  const old = await maker.issue('Old signer', { days: 1 })
  expect(await update(1, { signingCertificate: old.cert })).toEqual({ status: 'InvalidCertificate' })
  charger.fault('knowsSignerAsRevoked')
  expect(await update(1)).toEqual({ status: 'RevokedCertificate' })
  charger.fault('knowsSignerAsRevoked', false)
  files.image(IMAGE)
  expect(await update(2, { retrieveDateTime: at(60) })).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => statusesOf(SIGNED).includes('DownloadScheduled'))
  expect(await update(3)).toEqual({ status: 'AcceptedCanceled' })
  await charger.waitFor(() => statusesOf(SIGNED).includes('Installed'), 'the newer one')
  expect(heardOf(SIGNED).at(-1)?.params).toEqual({ status: 'Installed', requestId: 3 })
})
