import { randomBytes, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { addFirmware, openFile } from '../../files/library.ts'
import { http } from '../../files/test-files.ts'
import { chargerFilesView } from '../../files/views.ts'
import { getRuntime } from '../../runtime.ts'
import { certificate, newKey } from '../../security/test-authority.ts'
import { until } from '../test-depot.ts'
import { type Answers, type At, refusal, world } from './test-world.ts'

// Diagnostics, logs and firmware: OCPP 1.6 edition 2 §4.4, §4.5, §5.9, §5.19, and L01 and N01 of the security whitepaper.

const w = await world(16)
const { prisma } = w
type Asked = { id: number; outcome: string; detail: string }

const pathOf = (url: unknown) => new URL(String(url)).pathname
const put = (url: unknown, body: Buffer | string) => http(w.ocppPort, 'PUT', pathOf(url), { body })
const log = (id: number) => prisma.logRequest.findUniqueOrThrow({ where: { id } })
const update = (id: number) => prisma.firmwareUpdate.findUniqueOrThrow({ where: { id } })
const askLog = (at: At, kind: string) => w.verb<Asked>('askLog', { chargerId: at.id, kind })
const seen = (at: At) => chargerFilesView(getRuntime(), 'd', at.id)

async function charger(answers: Answers = {}, firmwareVersion = '1.0'): Promise<At> {
  const at = await w.charger(answers)
  await boots(at, firmwareVersion)
  return at
}
const boots = (at: At, firmwareVersion: string) =>
  at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One', firmwareVersion })

async function image(bytes: Buffer, more: Record<string, unknown> = {}): Promise<string> {
  const announced = await addFirmware(getRuntime(), {
    depotId: 'd',
    actor: 'user:anna',
    name: 'fw.bin',
    version: '2.0',
    sizeBytes: bytes.length,
    ...more,
  })
  expect((await http(w.ocppPort, 'PUT', announced.url, { body: bytes })).status).toBe(201)
  return announced.id
}

describe('diagnostics and logs', () => {
  test('§4.4 DiagnosticsStatusNotification: moves the newest request on, is seen, and changes nothing that ended', async () => {
    const at = await charger({ GetDiagnostics: () => ({ fileName: 'diag.zip' }) })
    expect(await at.say('DiagnosticsStatusNotification', { status: 'Idle' })).toEqual({})
    const { id } = await askLog(at, 'diagnostics')
    expect(await at.say('DiagnosticsStatusNotification', { status: 'Uploading' })).toEqual({})
    expect(await log(id)).toMatchObject({ state: 'uploading', endedAt: null })
    await at.say('DiagnosticsStatusNotification', { status: 'UploadFailed' })
    expect(await log(id)).toMatchObject({ state: 'failed', endedAt: expect.any(Date) })
    expect((await seen(at)).logs[0]).toMatchObject({ state: 'failed' })
    await at.say('DiagnosticsStatusNotification', { status: 'UploadFailed' })
    // it tries again, as it was told to; the file itself is the proof
    await at.say('DiagnosticsStatusNotification', { status: 'Uploading' })
    expect((await log(id)).state).toBe('uploading')
    await put((await at.hears('GetDiagnostics')).location, 'lines')
    await until(async () => (await log(id)).state === 'uploaded')
    await at.say('DiagnosticsStatusNotification', { status: 'Uploading' })
    expect((await log(id)).state).toBe('uploaded')
    expect(await w.line('review.logLate', `charger:${at.id}`)).toMatchObject({ logId: id, status: 'Uploading' })
    expect(await refusal(at.say('DiagnosticsStatusNotification', { status: 'Lost' }))).toMatch(/Violation$/)
  })

  test('§5.9 GetDiagnostics: the file comes to an address that opens once, and a person can read it; no file name is a refusal', async () => {
    let fileName: string | undefined = 'diag.zip'
    const at = await charger({ GetDiagnostics: () => (fileName ? { fileName } : {}) })
    const { id, outcome } = await askLog(at, 'diagnostics')
    const { location } = await at.hears('GetDiagnostics')
    expect([outcome, new URL(String(location)).host]).toEqual(['accepted', `127.0.0.1:${w.ocppPort}`])
    expect(await w.line('charger.logAsked', `charger:${at.id}`)).toMatchObject({ logId: id, kind: 'diagnostics', to: 'here' })
    const body = randomBytes(50_000)
    expect((await put(location, body)).status).toBe(201)
    await until(async () => (await log(id)).state === 'uploaded')
    const [row] = (await seen(at)).logs
    const { url } = await openFile(getRuntime(), { depotId: 'd', id: row!.file!.id, actor: 'user:anna' })
    expect((await http(w.ocppPort, 'GET', url)).body.equals(body)).toBe(true)
    expect((await put(location, 'again')).status).toBe(404)
    fileName = undefined
    const none = await askLog(at, 'diagnostics')
    expect(await log(none.id)).toMatchObject({ state: 'refused', detail: 'The charger has no diagnostics of that time.' })
  })

  test('N01 retrieve log: a security log is asked for by a number, sent and kept; refused, cancelled and unasked ones are told apart', async () => {
    let status = 'Accepted'
    const at = await charger({ GetLog: () => ({ status, filename: 'sec.log' }) })
    const { id } = await askLog(at, 'SecurityLog')
    const call = await at.hears('GetLog')
    expect(call).toMatchObject({ logType: 'SecurityLog', requestId: id, log: { remoteLocation: expect.stringContaining('/files/') } })
    expect(await at.say('LogStatusNotification', { status: 'Uploading', requestId: id })).toEqual({})
    expect((await log(id)).state).toBe('uploading')
    expect((await put((call.log as { remoteLocation: string }).remoteLocation, 'lines')).status).toBe(201)
    for (let times = 0; times < 2; times++) await at.say('LogStatusNotification', { status: 'Uploaded', requestId: id })
    expect(await log(id)).toMatchObject({ state: 'uploaded', endedAt: expect.any(Date) })
    expect((await seen(at)).logs[0]?.file).toMatchObject({ name: expect.stringMatching(/^C\d+ SecurityLog .*\.log$/), sizeBytes: 5 })

    const before = await askLog(at, 'DiagnosticsLog')
    status = 'AcceptedCanceled'
    const after = await askLog(at, 'DiagnosticsLog')
    expect([(await log(before.id)).state, (await log(after.id)).state]).toEqual(['cancelled', 'asked'])
    status = 'Rejected'
    expect(await askLog(at, 'SecurityLog')).toMatchObject({ outcome: 'refused' })
    await at.say('LogStatusNotification', { status: 'Uploading', requestId: 987_654 })
    expect(await w.line('review.logUnasked', `charger:${at.id}`)).toMatchObject({ requestId: 987_654 })
  })
})

describe('firmware', () => {
  test('§5.19 UpdateFirmware: the image is fetched once from where the charger was told; busy, wrong and absent ones are refused', async () => {
    const at = await charger()
    const bytes = randomBytes(60_000)
    const fileId = await image(bytes)
    const asked = await w.verb<Asked>('updateFirmware', { chargerId: at.id, fileId, retries: 2 })
    const call = await at.hears('UpdateFirmware')
    expect(call).toMatchObject({ retries: 2, retrieveDate: expect.stringMatching(/Z$/), location: expect.stringMatching(/\/fw\.bin$/) })
    expect(await update(asked.id)).toMatchObject({ signed: false, state: 'asked', fromVersion: '1.0', toVersion: '2.0' })
    // no word of its one-time address is kept
    expect((await update(asked.id)).location).not.toContain(String(call.location).split('/').at(-2))
    expect((await http(w.ocppPort, 'GET', pathOf(call.location))).body.equals(bytes)).toBe(true)
    await expect(w.verb('updateFirmware', { chargerId: at.id, fileId })).rejects.toThrow('under way')
    const other = await image(randomBytes(10), { vendor: 'Another' })
    await expect(w.verb('updateFirmware', { chargerId: (await charger()).id, fileId: other })).rejects.toThrow('for the maker Another')
    expect(at.asked.filter(({ method }) => method === 'UpdateFirmware')).toHaveLength(1)
  })

  test('§4.5 FirmwareStatusNotification: step by step to the boot that proves it; what it says after the end is kept, and a lie is an alert', async () => {
    const at = await charger()
    const { id } = await w.verb<Asked>('updateFirmware', { chargerId: at.id, fileId: await image(randomBytes(20)) })
    for (const [status, state] of [
      ['Downloading', 'downloading'],
      ['Downloaded', 'downloaded'],
      ['Downloaded', 'downloaded'],
      ['Installing', 'installing'],
    ]) {
      expect(await at.say('FirmwareStatusNotification', { status })).toEqual({})
      expect((await update(id)).state).toBe(state)
    }
    await boots(at, '2.0')
    expect(await update(id)).toMatchObject({ state: 'installed', endedAt: expect.any(Date) })
    expect((await w.row(at.id)).firmware).toBe('2.0')
    await at.say('FirmwareStatusNotification', { status: 'DownloadFailed' })
    expect((await update(id)).state).toBe('installed')
    expect(await w.line('review.firmwareLate', `charger:${at.id}`)).toMatchObject({ updateId: id })

    const liar = await charger()
    const second = await w.verb<Asked>('updateFirmware', { chargerId: liar.id, fileId: await image(randomBytes(20)) })
    await liar.say('FirmwareStatusNotification', { status: 'Installed' })
    await boots(liar, '1.0')
    expect((await update(second.id)).state).toBe('failed')
    expect((await w.alerts()).map(({ key }) => key)).toContain(`firmware:${liar.id}`)
    expect(await refusal(liar.say('FirmwareStatusNotification', { status: 'Nearly' }))).toMatch(/Violation$/)
  })

  test('L01 secure firmware update: signature and certificate go along, each step is kept by its number; a bad one ends it with an alert', async () => {
    let status = 'Accepted'
    const at = await charger({ SignedUpdateFirmware: () => ({ status }) })
    const bytes = randomBytes(30_000)
    const key = await newKey()
    const signingCertificate = await certificate({ CN: 'Acme firmware' }, { key })
    const fileId = await image(bytes, { signature: sign('sha256', bytes, key.pem).toString('base64'), signingCertificate })
    const { id } = await w.verb<Asked>('updateFirmware', { chargerId: at.id, fileId, signed: true })
    const call = await at.hears('SignedUpdateFirmware')
    expect(call).toMatchObject({ requestId: id, firmware: { signature: expect.any(String), signingCertificate } })
    expect(await update(id)).toMatchObject({ signed: true, state: 'asked' })
    for (const [said, state] of [
      ['Downloading', 'downloading'],
      ['Downloaded', 'downloaded'],
      ['SignatureVerified', 'verified'],
      ['Installing', 'installing'],
      ['InstallRebooting', 'rebooting'],
    ]) {
      expect(await at.say('SignedFirmwareStatusNotification', { status: said, requestId: id })).toEqual({})
      expect((await update(id)).state).toBe(state)
    }
    await boots(at, '2.0')
    await at.say('SignedFirmwareStatusNotification', { status: 'Installed', requestId: id })
    expect(await update(id)).toMatchObject({ state: 'installed', endedAt: expect.any(Date) })

    const bad = await w.verb<Asked>('updateFirmware', { chargerId: at.id, fileId, signed: true })
    await at.say('SignedFirmwareStatusNotification', { status: 'InvalidSignature', requestId: bad.id })
    expect((await update(bad.id)).state).toBe('failed')
    expect(await prisma.securityEvent.findFirst({ where: { chargerId: at.id, type: 'InvalidFirmwareSignature' } })).toMatchObject({
      seenAt: null,
    })
    expect((await w.alerts()).some(({ key, what }) => key.startsWith('security.event') && what.includes(at.identity))).toBe(true)
    status = 'RevokedCertificate'
    const revoked = await w.verb<Asked>('updateFirmware', { chargerId: at.id, fileId, signed: true })
    expect(await update(revoked.id)).toMatchObject({ state: 'refused', detail: 'The signing certificate was revoked.' })
    // an image whose signature is not its own is never called signed
    const forged = await addFirmware(getRuntime(), {
      ...{ depotId: 'd', actor: 'user:anna', name: 'x.bin', version: '3.0', sizeBytes: 10, signingCertificate },
      signature: sign('sha256', randomBytes(10), key.pem).toString('base64'),
    })
    expect((await http(w.ocppPort, 'PUT', forged.url, { body: randomBytes(10) })).status).toBeGreaterThanOrEqual(400)
    await expect(w.verb('updateFirmware', { chargerId: at.id, fileId: forged.id, signed: true })).rejects.toThrow()
  })
})
