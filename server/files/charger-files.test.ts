import { constants, createHash, randomBytes, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { POST as askByApi } from '../../app/api/v1/chargers/[charger]/firmware/route.ts'
import { POST as announceByApi } from '../../app/api/v1/firmware/route.ts'
import { type At, start, type World, world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { certificate as certificateOf, newKey } from '../security/test-authority.ts'
import { updatesOf } from '../store/firmware.ts'
import { logRequestsOf } from '../store/log-request.ts'
import { cancelUpdate } from './cancel-update.ts'
import { addFirmware, openFile } from './library.ts'
import { http } from './test-files.ts'
import { chargerFilesView, firmwareView } from './views.ts'
import { giveUpHope } from './watch.ts'

// The whole gateway, chargers on real sockets, files over real HTTP on the gateway's own port.

let depot: World
beforeAll(async () => {
  depot = await world(30)
})

type Outcome = { id: number; outcome: string; detail: string }
const pathOf = (url: unknown) => new URL(String(url)).pathname
const put = (path: string, body: Buffer | string) => http(depot.ocppPort, 'PUT', path, { body })
const logOf = async (at: At, id: number) => (await logRequestsOf(depot.prisma, at.id)).find((each) => each.id === id)
const updateOf = async (at: At, id: number) => (await updatesOf(depot.prisma, at.id)).find((each) => each.id === id)!
const sees = async (at: At) => chargerFilesView(getRuntime(), 'd', at.id)

async function image(bytes = randomBytes(300_000), more: Record<string, unknown> = {}) {
  const added = await addFirmware(getRuntime(), {
    depotId: 'd',
    actor: 'user:anna',
    name: 'fw-2.0.bin',
    version: '2.0',
    sizeBytes: bytes.length,
    ...more,
  })
  return { ...added, bytes, answer: await put(added.url, bytes) }
}

describe('logs and diagnostics', () => {
  test('GetLog: the charger sends the file to where it found us, tells it, and the operator downloads it', async () => {
    const at = await depot.charger()
    const asked = depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'SecurityLog', oldest: Date.UTC(2026, 0, 1), retries: 2 })
    const call = await at.hears('GetLog')
    expect(call).toMatchObject({ logType: 'SecurityLog', retries: 2, log: { oldestTimestamp: '2026-01-01T00:00:00.000Z' } })
    const { id, outcome } = await asked
    expect([outcome, call.requestId]).toEqual(['accepted', id])
    const location = (call.log as { remoteLocation: string }).remoteLocation
    expect(new URL(location).host).toBe(`127.0.0.1:${depot.ocppPort}`)

    await at.say('LogStatusNotification', { status: 'Uploading', requestId: id })
    expect((await logOf(at, id))?.state).toBe('uploading')
    const body = randomBytes(200_000)
    expect((await put(`${pathOf(location)}/security.log`, body)).status).toBe(201)
    await at.say('LogStatusNotification', { status: 'Uploaded', requestId: id })
    await at.say('LogStatusNotification', { status: 'Uploaded', requestId: id })

    const [log] = (await sees(at)).logs
    expect(log).toMatchObject({ state: 'uploaded', word: 'Here', file: { name: 'security.log', sizeBytes: 200_000 } })
    const { url } = await openFile(getRuntime(), { depotId: 'd', id: log!.file!.id, actor: 'user:anna' })
    const download = await http(depot.ocppPort, 'GET', url)
    expect(download.body.equals(body)).toBe(true)
    expect(download.headers['content-disposition']).toContain('attachment')
    expect((await http(depot.ocppPort, 'GET', url)).status).toBe(404)

    const raw = await until(() => depot.prisma.ocppMessage.findFirst({ where: { chargerId: at.id, action: 'GetLog' } }))
    const token = location.split('/').at(-1)!
    const all = JSON.stringify([raw, await depot.prisma.journal.findMany(), await depot.prisma.command.findMany()], (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    expect(all).not.toContain(token)
  })

  test('GetDiagnostics: the newest request is meant; the file alone is proof enough', async () => {
    const at = await depot.connect('C21', { GetDiagnostics: () => ({ fileName: 'diag.zip' }) })
    const asked = depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'diagnostics' })
    const { location } = await at.hears('GetDiagnostics')
    const { id } = await asked
    await at.say('DiagnosticsStatusNotification', { status: 'Uploading' })
    expect((await put(pathOf(location), 'diagnostics')).status).toBe(201)
    expect(await logOf(at, id)).toMatchObject({ state: 'uploaded', endedAt: expect.any(Date) })
    await at.say('DiagnosticsStatusNotification', { status: 'Uploaded' })
    expect(await depot.journal('review.logLate', `charger:${at.id}`)).toEqual([])
    expect((await sees(at)).logs[0]?.file?.name).toBe('diag.zip')
  })

  test('without a file name there are no diagnostics; a charger that sends some all the same is believed', async () => {
    const at = await depot.connect('C22', { GetDiagnostics: () => ({}) })
    const asked = depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'diagnostics' })
    const { location } = await at.hears('GetDiagnostics')
    const { id } = await asked
    expect(await logOf(at, id)).toMatchObject({ state: 'refused', detail: 'The charger has no diagnostics of that time.' })
    await put(pathOf(location), 'after all')
    expect((await logOf(at, id))?.state).toBe('uploaded')
  })

  test('refused, silent, failed, and "all sent" without a file: each is said', async () => {
    const refuses = await depot.connect('C23', { GetLog: () => ({ status: 'Rejected' }) })
    expect(await depot.verb<Outcome>('askLog', { chargerId: refuses.id, kind: 'DiagnosticsLog' })).toMatchObject({
      outcome: 'refused',
      detail: 'The charger refused: Rejected.',
    })
    const { log } = await refuses.hears('GetLog')
    expect((await put(pathOf((log as { remoteLocation: string }).remoteLocation), 'x')).status).toBe(404)

    const at = await depot.charger()
    const first = await depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
    await at.say('LogStatusNotification', { status: 'Uploaded', requestId: first.id })
    expect(await logOf(at, first.id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('did not arrive') })
    const second = await depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
    await at.say('LogStatusNotification', { status: 'PermissionDenied', requestId: second.id })
    expect((await logOf(at, second.id))?.state).toBe('failed')
    const offline = await depot.verb<Outcome>('askLog', { chargerId: 'c30', kind: 'DiagnosticsLog' })
    expect(offline).toMatchObject({ outcome: 'offline' })
  })

  test('AcceptedCanceled: the request before is given up, and its address opens nothing any more', async () => {
    let times = 0
    const at = await depot.connect('C24', { GetLog: () => ({ status: times++ === 0 ? 'Accepted' : 'AcceptedCanceled' }) })
    const first = await depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
    const second = await depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
    expect((await logOf(at, first.id))?.state).toBe('cancelled')
    expect((await logOf(at, second.id))?.state).toBe('asked')
    const [before] = at.asked.filter(({ method }) => method === 'GetLog')
    expect((await put(pathOf((before!.params.log as { remoteLocation: string }).remoteLocation), 'late')).status).toBe(404)
    await at.say('LogStatusNotification', { status: 'UploadFailure', requestId: first.id })
    expect((await logOf(at, first.id))?.state).toBe('cancelled')
    expect(await depot.line('review.logLate', `charger:${at.id}`)).toMatchObject({ logId: first.id, status: 'UploadFailure' })
  })

  test('a number that nobody gave is kept for review; -1 and idle are nothing', async () => {
    const at = await depot.charger()
    await at.say('LogStatusNotification', { status: 'Uploading', requestId: 999_999 })
    expect(await depot.line('review.logUnasked', `charger:${at.id}`)).toMatchObject({ requestId: 999_999, status: 'Uploading' })
    await at.say('LogStatusNotification', { status: 'Idle', requestId: -1 })
    await at.say('LogStatusNotification', { status: 'Idle' })
    await at.say('DiagnosticsStatusNotification', { status: 'Idle' })
    expect(await depot.journal('review.logUnasked', `charger:${at.id}`)).toHaveLength(1)
  })

  test('a raw GetLog to an address of the caller’s own keeps books too, without its password', async () => {
    const at = await depot.charger()
    const payload = { logType: 'SecurityLog', requestId: 4711, log: { remoteLocation: 'ftp://depot:secret@files.example/logs' } }
    await depot.verb('sendCall', { chargerId: at.id, action: 'GetLog', payload })
    const [log] = await logRequestsOf(depot.prisma, at.id)
    expect(log).toMatchObject({ requestId: 4711, fileId: null, state: 'asked', createdBy: 'user:anna' })
    await at.say('LogStatusNotification', { status: 'Uploaded', requestId: 4711 })
    expect((await logOf(at, log!.id))?.state).toBe('uploaded')
    expect(
      JSON.stringify(await depot.journal('charger.logAsked', `charger:${at.id}`), (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    ).not.toContain('secret')
  })

  test('nothing heard for half an hour: not known; heard after all: it goes on', async () => {
    const at = await depot.charger()
    const { id } = await depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
    const later = { ...getRuntime(), clock: { ...getRuntime().clock, now: () => plus(instant(Date.now()), hours(1)) } }
    await giveUpHope(later)
    expect((await logOf(at, id))?.state).toBe('unknown')
    await at.say('LogStatusNotification', { status: 'Uploading', requestId: id })
    expect((await logOf(at, id))?.state).toBe('uploading')
  })

  test('the gateway goes away in the middle of an upload: the charger goes on where it was', async () => {
    const at = await depot.charger()
    const { id } = await depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
    const path = pathOf(((await at.hears('GetLog')).log as { remoteLocation: string }).remoteLocation)
    const body = randomBytes(400_000)
    const piece = (from: number, to: number) =>
      http(depot.ocppPort, 'PUT', path, {
        body: body.subarray(from, to),
        headers: { 'content-range': `bytes ${from}-${to - 1}/${body.length}` },
      })
    expect((await piece(0, 150_000)).status).toBe(202)
    await depot.restart()
    expect((await http(depot.ocppPort, 'HEAD', path)).headers['upload-offset']).toBe('150000')
    expect((await piece(150_000, 400_000)).status).toBe(201)
    expect((await logRequestsOf(depot.prisma, at.id)).find((each) => each.id === id)?.state).toBe('uploaded')
  })
})

describe('firmware', () => {
  test('an image is announced, sent and kept with its checksum; one that differs from it is refused', async () => {
    const good = await image(randomBytes(1000))
    expect(good.answer.status).toBe(201)
    const wrong = await image(randomBytes(1000), { name: 'wrong.bin', sha256: 'ab'.repeat(32) })
    expect(wrong.answer.status).toBe(422)
    const { images } = await firmwareView(getRuntime(), 'd')
    expect(images.find(({ id }) => id === good.id)).toMatchObject({
      state: 'complete',
      version: '2.0',
      sizeBytes: 1000,
      sha256: createHash('sha256').update(good.bytes).digest('hex'),
    })
    expect(images.find(({ id }) => id === wrong.id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('not the file') })
    await expect(depot.verb('updateFirmware', { chargerId: 'c30', fileId: wrong.id })).rejects.toThrow('not here in full')
    await expect(image(randomBytes(10), { signature: 'AAAA', signingCertificate: '-----BEGIN CERTIFICATE-----\nnone' })).rejects.toThrow(
      'cannot be read',
    )
  })

  test('UpdateFirmware: fetched once, step by step, and the boot with the new version is the proof', async () => {
    const at = await depot.charger()
    await boot(at, '1.0')
    const { id: fileId, bytes } = await image()
    const asked = depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, retries: 1, retryIntervalS: 60 })
    const call = await at.hears('UpdateFirmware')
    expect(call).toMatchObject({ retries: 1, retryInterval: 60, retrieveDate: expect.stringMatching(/Z$/) })
    expect(String(call.location)).toMatch(/\/fw-2\.0\.bin$/)
    const { id } = await asked
    await depot.verb('updateFirmware', { chargerId: at.id, fileId }).then(
      () => expect.unreachable(),
      (error: Error) => expect(error.message).toContain('under way'),
    )
    await at.say('FirmwareStatusNotification', { status: 'Downloading' })
    const fetched = await http(depot.ocppPort, 'GET', pathOf(call.location))
    expect(fetched.body.equals(bytes)).toBe(true)
    for (const status of ['Downloaded', 'Downloaded', 'Installing']) await at.say('FirmwareStatusNotification', { status })
    expect(await updateOf(at, id)).toMatchObject({ state: 'installing', fromVersion: '1.0', toVersion: '2.0', endedAt: null })
    await boot(at, '2.0')
    const done = await updateOf(at, id)
    expect(done.state).toBe('installed')
    expect(done.steps.map(({ state }) => state)).toEqual(['asked', 'downloading', 'downloaded', 'installing', 'installed'])
    await at.say('FirmwareStatusNotification', { status: 'Installed' })
    expect(await depot.journal('review.firmwareLate', `charger:${at.id}`)).toEqual([])
    await at.say('FirmwareStatusNotification', { status: 'Downloading' })
    expect((await updateOf(at, id)).state).toBe('installed')
    expect(await depot.line('review.firmwareLate', `charger:${at.id}`)).toMatchObject({ updateId: id, status: 'Downloading' })
    expect((await sees(at)).updates[0]?.steps.at(-1)?.word).toContain('after the end')
  })

  test('from the installation on its limits count as lost, until the charger took them anew', async () => {
    const at = await depot.charger()
    await boot(at, '1.0')
    const confirmed = async () => (await depot.portRow(at.port)).fallbackConfirmedAt
    const before = await until(confirmed)
    const fallbacks = () => at.asked.filter(({ method }) => method === 'SetChargingProfile').length
    const { id: fileId } = await image()
    await depot.verb('updateFirmware', { chargerId: at.id, fileId })
    await until(async () => ((await confirmed())?.getTime() ?? 0) > before.getTime())
    const sent = fallbacks()
    await at.say('FirmwareStatusNotification', { status: 'Installed' })
    await until(() => fallbacks() > sent)
    const again = await until(confirmed)
    await boot(at, '1.9')
    await until(async () => ((await confirmed())?.getTime() ?? 0) > again.getTime())
  })

  test('it said "installed", but started with the old version: failed, an alert, a security event', async () => {
    const at = await depot.charger()
    await boot(at, '1.0')
    const { id: fileId } = await image()
    const { id } = await depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId })
    await at.say('FirmwareStatusNotification', { status: 'Installed' })
    await boot(at, '1.0')
    expect(await updateOf(at, id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('1.0 again') })
    expect(await depot.alerts()).toContainEqual(expect.objectContaining({ key: `firmware:${at.id}`, what: expect.stringContaining('2.0') }))
    expect(await depot.prisma.securityEvent.findFirst({ where: { chargerId: at.id } })).toMatchObject({ type: 'FirmwareUpdateFailed' })
    expect(await depot.line('security.firmwareFailed', `charger:${at.id}`)).toMatchObject({ updateId: id })
  })

  test.each(['ec', 'rsa', 'rsa-pss padding'])(
    'SignedUpdateFirmware with a signature of %s, verified here before any charger sees it',
    async (kind) => {
      const at = await depot.charger()
      await boot(at, '1.0')
      const bytes = randomBytes(50_000)
      const { signature, certificate } = await signed(kind, bytes)
      const forged = await image(randomBytes(50_000), { signature, signingCertificate: certificate })
      expect(forged.answer.status).toBe(422)
      expect(forged.answer.body.toString()).toContain('does not fit')
      const { id: fileId, answer } = await image(bytes, { signature, signingCertificate: certificate })
      expect(answer.status).toBe(201)
      const asked = depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, signed: true, installAt: Date.now() + 60_000 })
      const call = await at.hears('SignedUpdateFirmware')
      const { id } = await asked
      expect(call).toMatchObject({ requestId: id, firmware: { signature, signingCertificate: certificate.trim() } })
      for (const status of [
        'Downloading',
        'Downloaded',
        'SignatureVerified',
        'InstallScheduled',
        'Installing',
        'InstallRebooting',
        'Installed',
      ])
        await at.say('SignedFirmwareStatusNotification', { status, requestId: id })
      expect((await updateOf(at, id)).state).toBe('installed')
    },
  )

  test('a wrong signature at the charger: failed at once, told as a security matter', async () => {
    const at = await depot.charger()
    const bytes = randomBytes(1000)
    const { signature, certificate } = await signed('ec', bytes)
    const { id: fileId } = await image(bytes, { signature, signingCertificate: certificate })
    const { id } = await depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, signed: true })
    for (const status of ['Downloading', 'Downloaded', 'InvalidSignature'])
      await at.say('SignedFirmwareStatusNotification', { status, requestId: id })
    expect(await updateOf(at, id)).toMatchObject({ state: 'failed', endedAt: expect.any(Date) })
    expect(await depot.prisma.securityEvent.findFirst({ where: { chargerId: at.id } })).toMatchObject({
      type: 'InvalidFirmwareSignature',
      critical: true,
    })
    await at.say('SignedFirmwareStatusNotification', { status: 'Installed', requestId: id })
    expect((await updateOf(at, id)).state).toBe('failed')
    await at.say('SignedFirmwareStatusNotification', { status: 'Installing', requestId: 888_888 })
    expect(await depot.line('review.firmwareUnasked', `charger:${at.id}`)).toMatchObject({ requestId: 888_888 })
  })

  test('a newer signed update takes the place of the one before; a certificate that the charger does not trust is said', async () => {
    let times = 0
    const at = await depot.connect('C25', {
      SignedUpdateFirmware: () => ({ status: ['Accepted', 'AcceptedCanceled', 'InvalidCertificate'][times++] }),
    })
    const bytes = randomBytes(1000)
    const { signature, certificate } = await signed('ec', bytes)
    const { id: fileId } = await image(bytes, { signature, signingCertificate: certificate })
    const ask = () => depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, signed: true })
    const [first, second, third] = [await ask(), await ask(), await ask()]
    expect((await updateOf(at, first.id)).state).toBe('cancelled')
    expect((await updateOf(at, second.id)).state).toBe('asked')
    expect(third).toMatchObject({ outcome: 'refused' })
    expect(await updateOf(at, third.id)).toMatchObject({ state: 'refused', detail: 'The charger does not trust the signing certificate.' })
  })

  test('a running session: refused with the reason, or it waits for the end, or it is forced', async () => {
    const at = await depot.charger()
    const { transactionId } = await start(at)
    const { id: fileId } = await image()
    await expect(depot.verb('updateFirmware', { chargerId: at.id, fileId })).rejects.toThrow(/A vehicle charges at bay/)
    expect((await sees(at)).whyWait).toMatch(/A vehicle charges/)
    const waiting = await depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, start: 'free' })
    expect(waiting).toMatchObject({ outcome: 'waiting' })
    expect((await updateOf(at, waiting.id)).state).toBe('waiting')
    expect(at.asked.some(({ method }) => method === 'UpdateFirmware')).toBe(false)
    await at.say('StopTransaction', { transactionId, meterStop: 2000, timestamp: new Date().toISOString() })
    await at.hears('UpdateFirmware')
    await until(async () => (await updateOf(at, waiting.id)).state === 'asked')

    const forced = await depot.charger()
    await start(forced, { idTag: 'CARD1' })
    expect(await depot.verb('updateFirmware', { chargerId: forced.id, fileId, start: 'forced' })).toMatchObject({ outcome: 'accepted' })
  })

  test('what waits can be given up; what was sent cannot', async () => {
    const { id: fileId } = await image()
    const { id } = await depot.verb<Outcome>('updateFirmware', { chargerId: 'c29', fileId, start: 'free' })
    const give = () => cancelUpdate(getRuntime(), { depotId: 'd', chargerId: 'c29', id, actor: 'user:anna' })
    await give()
    expect((await updatesOf(depot.prisma, 'c29'))[0]?.state).toBe('cancelled')
    await expect(give()).rejects.toThrow('sent already')
  })

  test('an image for another model, and one without a signature for a signed update, are refused', async () => {
    const at = await depot.charger()
    await boot(at, '1.0')
    const other = await image(randomBytes(100), { model: 'Other' })
    await expect(depot.verb('updateFirmware', { chargerId: at.id, fileId: other.id })).rejects.toThrow('for the model Other')
    const plain = await image()
    await expect(depot.verb('updateFirmware', { chargerId: at.id, fileId: plain.id, signed: true })).rejects.toThrow('no signature')
  })

  test('a raw UpdateFirmware keeps books too; an unasked status is for review', async () => {
    const at = await depot.charger()
    await at.say('FirmwareStatusNotification', { status: 'Installed' })
    expect(await depot.line('review.firmwareUnasked', `charger:${at.id}`)).toMatchObject({ status: 'Installed' })
    await at.say('FirmwareStatusNotification', { status: 'Idle' })
    const payload = { location: 'https://user:word@fw.example/2.bin', retrieveDate: new Date().toISOString() }
    await depot.verb('sendCall', { chargerId: at.id, action: 'UpdateFirmware', payload })
    const [update] = await updatesOf(depot.prisma, at.id)
    expect(update).toMatchObject({ fileId: null, state: 'asked', location: 'https://…@fw.example/2.bin' })
    await at.say('FirmwareStatusNotification', { status: 'DownloadFailed' })
    expect((await updateOf(at, update!.id)).state).toBe('failed')
  })

  test('another system announces an image, sends it and updates a charger with it', async () => {
    const at = await depot.charger()
    const bytes = randomBytes(5000)
    const body = { name: 'api.bin', version: '3.0', sizeBytes: bytes.length }
    const place = await depot.door(announceByApi, ['chargers:write'], { body })
    expect(place.status).toBe(200)
    expect((await put(String(place.json.url), bytes)).status).toBe(201)
    const asked = await depot.door(askByApi, ['chargers:write'], { params: { charger: at.identity }, body: { fileId: place.json.id } })
    expect(asked.json).toMatchObject({ outcome: 'accepted' })
    expect(pathOf((await at.hears('UpdateFirmware')).location)).toMatch(/^\/files\/.*\/api\.bin$/)
    expect((await depot.door(announceByApi, ['chargers:read'], { body })).status).toBe(403)
  })
})

async function boot(at: At, firmwareVersion: string): Promise<void> {
  await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One', firmwareVersion })
  await until(async () => (await depot.row(at.id)).firmware === firmwareVersion)
}

/** A maker's signature over an image, with the certificate of the key. */
async function signed(kind: string, bytes: Buffer): Promise<{ signature: string; certificate: string }> {
  const key = await newKey(kind === 'ec' ? 'P-256' : 2048)
  const padding = kind === 'rsa-pss padding' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
  const signature = sign('sha256', bytes, { key: key.pem, ...padding }).toString('base64')
  return { signature, certificate: await certificateOf({ CN: 'Acme firmware' }, { key }) }
}
