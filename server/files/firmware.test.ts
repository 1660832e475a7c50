import { createHash, randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { POST as askByApi } from '../../app/api/v1/chargers/[charger]/firmware/route.ts'
import { POST as announceByApi } from '../../app/api/v1/firmware/route.ts'
import { start } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { updatesOf } from '../store/firmware.ts'
import { cancelUpdate } from './cancel-update.ts'
import { http } from './test-files.ts'
import { type FilesWorld, filesWorld, type Outcome, pathOf, signed } from './test-world.ts'
import { firmwareView } from './views.ts'

let files: FilesWorld
beforeAll(async () => {
  files = await filesWorld(30)
})

test('an image is announced, sent and kept with its checksum; one that differs from it is refused', async () => {
  const good = await files.image(randomBytes(1000))
  expect(good.answer.status).toBe(201)
  const wrong = await files.image(randomBytes(1000), { name: 'wrong.bin', sha256: 'ab'.repeat(32) })
  expect(wrong.answer.status).toBe(422)
  const { images } = await firmwareView(getRuntime(), 'd')
  expect(images.find(({ id }) => id === good.id)).toMatchObject({
    state: 'complete',
    version: '2.0',
    sizeBytes: 1000,
    sha256: createHash('sha256').update(good.bytes).digest('hex'),
  })
  expect(images.find(({ id }) => id === wrong.id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('not the file') })
  await expect(files.depot.verb('updateFirmware', { chargerId: 'c30', fileId: wrong.id })).rejects.toThrow(
    /upload of this image was refused: .*not the file.* Add the image again\.$/s,
  )
  // larger than announced: refused by 413 while it comes, and said so by whoever would use it
  const larger = await files.image(randomBytes(1000), { name: 'larger.bin', sizeBytes: 900 })
  expect(larger.answer.status).toBe(413)
  await expect(files.depot.verb('updateFirmware', { chargerId: 'c30', fileId: larger.id })).rejects.toThrow(
    /refused: .*larger than .* Add the image again\.$/s,
  )
  await expect(
    files.image(randomBytes(10), { signature: 'AAAA', signingCertificate: '-----BEGIN CERTIFICATE-----\nnone' }),
  ).rejects.toThrow('cannot be read')
})

test('UpdateFirmware: fetched once, step by step, and the boot with the new version is the proof', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  const { id: fileId, bytes } = await files.image()
  const asked = files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, retries: 1, retryIntervalS: 60 })
  const call = await at.hears('UpdateFirmware')
  expect(call).toMatchObject({ retries: 1, retryInterval: 60, retrieveDate: expect.stringMatching(/Z$/) })
  expect(String(call.location)).toMatch(/\/fw-2\.0\.bin$/)
  const { id } = await asked
  await files.depot.verb('updateFirmware', { chargerId: at.id, fileId }).then(
    () => expect.unreachable(),
    (error: Error) => expect(error.message).toContain('under way'),
  )
  await at.say('FirmwareStatusNotification', { status: 'Downloading' })
  const fetched = await http(files.depot.ocppPort, 'GET', pathOf(call.location))
  expect(fetched.body.equals(bytes)).toBe(true)
  for (const status of ['Downloaded', 'Downloaded', 'Installing']) await at.say('FirmwareStatusNotification', { status })
  expect(await files.updateOf(at, id)).toMatchObject({ state: 'installing', fromVersion: '1.0', toVersion: '2.0', endedAt: null })
  await files.boot(at, '2.0')
  const done = await files.updateOf(at, id)
  expect(done.state).toBe('installed')
  expect(done.steps.map(({ state }) => state)).toEqual(['asked', 'downloading', 'downloaded', 'installing', 'installed'])
  await at.say('FirmwareStatusNotification', { status: 'Installed' })
  expect(await files.depot.journal('review.firmwareLate', `charger:${at.id}`)).toEqual([])
  await at.say('FirmwareStatusNotification', { status: 'Downloading' })
  expect((await files.updateOf(at, id)).state).toBe('installed')
  expect(await files.depot.line('review.firmwareLate', `charger:${at.id}`)).toMatchObject({ updateId: id, status: 'Downloading' })
  expect((await files.sees(at)).updates[0]?.steps.at(-1)?.word).toContain('after the end')
})

test('from the installation on its limits count as lost, until the charger took them anew', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  const confirmed = async () => (await files.depot.portRow(at.port)).fallbackConfirmedAt
  const before = await until(confirmed)
  const fallbacks = () => at.asked.filter(({ method }) => method === 'SetChargingProfile').length
  const { id: fileId } = await files.image()
  await files.depot.verb('updateFirmware', { chargerId: at.id, fileId })
  await until(async () => ((await confirmed())?.getTime() ?? 0) > before.getTime())
  const sent = fallbacks()
  await at.say('FirmwareStatusNotification', { status: 'Installed' })
  await until(() => fallbacks() > sent)
  const again = await until(confirmed)
  await files.boot(at, '1.9')
  await until(async () => ((await confirmed())?.getTime() ?? 0) > again.getTime())
})

test('it says "installed": its word only, until its boot shows the new version', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  const { id: fileId } = await files.image()
  await files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId })
  const seen = async () => (await files.sees(at)).updates[0]
  await at.say('FirmwareStatusNotification', { status: 'Installed' })
  expect(await seen()).toMatchObject({ state: 'installed', mark: 'standby', word: 'Installed, by its own word' })
  await files.boot(at, '2.0')
  expect(await seen()).toMatchObject({
    state: 'installed',
    mark: 'normal',
    word: 'Installed',
    meaning: 'The charger runs the new firmware.',
  })
  expect((await seen())?.steps.slice(-2).map(({ word }) => word)).toEqual(['Says that it is installed', 'Started with the new firmware'])
  await files.boot(at, '2.0')
  expect((await seen())?.steps.filter(({ word }) => word === 'Started with the new firmware')).toHaveLength(1)
})

test('it said "installed", but started with the old version: failed, an alert, a security event', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  const { id: fileId } = await files.image()
  const { id } = await files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId })
  await at.say('FirmwareStatusNotification', { status: 'Installed' })
  await files.boot(at, '1.0')
  expect(await files.updateOf(at, id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('1.0 again') })
  expect(await files.depot.alerts()).toContainEqual(
    expect.objectContaining({ key: `firmware:${at.id}`, what: expect.stringContaining('2.0') }),
  )
  expect(await files.depot.prisma.securityEvent.findFirst({ where: { chargerId: at.id } })).toMatchObject({ type: 'FirmwareUpdateFailed' })
  expect(await files.depot.line('security.firmwareFailed', `charger:${at.id}`)).toMatchObject({ updateId: id })
})

test('late words begin no other update that takes the proof: the boot is told of the one that was asked', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  const { id: fileId } = await files.image()
  const { id } = await files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId })
  for (const status of ['Installed', 'Downloading', 'Installing']) await at.say('FirmwareStatusNotification', { status })
  expect(await updatesOf(files.depot.prisma, at.id)).toHaveLength(2)
  await files.boot(at, '1.0')
  expect(await files.updateOf(at, id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('1.0 again') })
  await files.boot(at, '2.0')
  expect(await files.updateOf(at, id)).toMatchObject({ state: 'installed' })
})

test.each(['ec', 'rsa', 'rsa-pss padding'])(
  'SignedUpdateFirmware with a signature of %s, verified here before any charger sees it',
  async (kind) => {
    const at = await files.depot.charger()
    await files.boot(at, '1.0')
    const bytes = randomBytes(50_000)
    const { signature, certificate } = await signed(kind, bytes)
    const forged = await files.image(randomBytes(50_000), { signature, signingCertificate: certificate })
    expect(forged.answer.status).toBe(422)
    expect(forged.answer.body.toString()).toContain('does not fit')
    const { id: fileId, answer } = await files.image(bytes, { signature, signingCertificate: certificate })
    expect(answer.status).toBe(201)
    const asked = files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, signed: true, installAt: Date.now() + 60_000 })
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
    expect((await files.updateOf(at, id)).state).toBe('installed')
  },
)

test('a wrong signature at the charger: failed at once, told as a security matter', async () => {
  const at = await files.depot.charger()
  const bytes = randomBytes(1000)
  const { signature, certificate } = await signed('ec', bytes)
  const { id: fileId } = await files.image(bytes, { signature, signingCertificate: certificate })
  const { id } = await files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, signed: true })
  for (const status of ['Downloading', 'Downloaded', 'InvalidSignature'])
    await at.say('SignedFirmwareStatusNotification', { status, requestId: id })
  expect(await files.updateOf(at, id)).toMatchObject({ state: 'failed', endedAt: expect.any(Date) })
  expect(await files.depot.prisma.securityEvent.findFirst({ where: { chargerId: at.id } })).toMatchObject({
    type: 'InvalidFirmwareSignature',
    critical: true,
  })
  await at.say('SignedFirmwareStatusNotification', { status: 'Installed', requestId: id })
  expect((await files.updateOf(at, id)).state).toBe('failed')
  await at.say('SignedFirmwareStatusNotification', { status: 'Installing', requestId: 888_888 })
  expect(await files.depot.line('review.firmwareUnasked', `charger:${at.id}`)).toMatchObject({ requestId: 888_888 })
})

test('a newer signed update takes the place of the one before; a certificate that the charger does not trust is said', async () => {
  let times = 0
  const at = await files.depot.connect('C25', {
    SignedUpdateFirmware: () => ({ status: ['Accepted', 'AcceptedCanceled', 'InvalidCertificate'][times++] }),
  })
  const bytes = randomBytes(1000)
  const { signature, certificate } = await signed('ec', bytes)
  const { id: fileId } = await files.image(bytes, { signature, signingCertificate: certificate })
  const ask = () => files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, signed: true })
  const [first, second, third] = [await ask(), await ask(), await ask()]
  expect((await files.updateOf(at, first.id)).state).toBe('cancelled')
  expect((await files.updateOf(at, second.id)).state).toBe('asked')
  expect(third).toMatchObject({ outcome: 'refused' })
  expect(await files.updateOf(at, third.id)).toMatchObject({
    state: 'refused',
    detail: 'The charger does not trust the signing certificate.',
  })
})

test('a running session: refused with the reason, or it waits for the end, or it is forced', async () => {
  const at = await files.depot.charger()
  const { transactionId } = await start(at)
  const { id: fileId } = await files.image()
  await expect(files.depot.verb('updateFirmware', { chargerId: at.id, fileId })).rejects.toThrow(/A vehicle charges at bay/)
  expect((await files.sees(at)).whyWait).toMatch(/A vehicle charges/)
  const waiting = await files.depot.verb<Outcome>('updateFirmware', { chargerId: at.id, fileId, start: 'free' })
  expect(waiting).toMatchObject({ outcome: 'waiting' })
  expect((await files.updateOf(at, waiting.id)).state).toBe('waiting')
  expect(at.asked.some(({ method }) => method === 'UpdateFirmware')).toBe(false)
  await at.say('StopTransaction', { transactionId, meterStop: 2000, timestamp: new Date().toISOString() })
  await at.hears('UpdateFirmware')
  await until(async () => (await files.updateOf(at, waiting.id)).state === 'asked')

  const forced = await files.depot.charger()
  await start(forced, { idTag: 'CARD1' })
  expect(await files.depot.verb('updateFirmware', { chargerId: forced.id, fileId, start: 'forced' })).toMatchObject({ outcome: 'accepted' })
})

test('what waits can be given up; what was sent cannot', async () => {
  const { id: fileId } = await files.image()
  const { id } = await files.depot.verb<Outcome>('updateFirmware', { chargerId: 'c29', fileId, start: 'free' })
  const give = () => cancelUpdate(getRuntime(), { depotId: 'd', chargerId: 'c29', id, actor: 'user:anna' })
  await give()
  expect((await updatesOf(files.depot.prisma, 'c29'))[0]?.state).toBe('cancelled')
  await expect(give()).rejects.toThrow('sent already')
})

test('an image for another model, and one without a signature for a signed update, are refused', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  const other = await files.image(randomBytes(100), { model: 'Other' })
  await expect(files.depot.verb('updateFirmware', { chargerId: at.id, fileId: other.id })).rejects.toThrow('for the model Other')
  const plain = await files.image()
  await expect(files.depot.verb('updateFirmware', { chargerId: at.id, fileId: plain.id, signed: true })).rejects.toThrow('no signature')
})

test('a charger that installs what nobody here asked for counts as one that may forget its limits, until its boot', async () => {
  const at = await files.depot.charger()
  await files.boot(at, '1.0')
  await files.depot.prisma.port.updateMany({ where: { chargerId: at.id }, data: { fallbackConfirmedAt: new Date() } })
  await at.say('FirmwareStatusNotification', { status: 'Installing' })
  expect(await files.depot.line('review.firmwareUnasked', `charger:${at.id}`)).toMatchObject({ status: 'Installing' })
  const [update] = await updatesOf(files.depot.prisma, at.id)
  expect(update).toMatchObject({ state: 'installing', createdBy: `charger:${at.id}`, endedAt: null })
  await at.say('FirmwareStatusNotification', { status: 'Installing' })
  expect(await updatesOf(files.depot.prisma, at.id)).toHaveLength(1)
  await files.boot(at, '2.0')
  const ended = async () => (await updatesOf(files.depot.prisma, at.id))[0]!
  expect(await ended()).toMatchObject({ state: 'installed', endedAt: expect.any(Date) })
  // and once more, by hand at the charger: the one that has ended is not the one that is meant
  await at.say('FirmwareStatusNotification', { status: 'Installed' })
  await at.say('FirmwareStatusNotification', { status: 'Installing' })
  expect(await updatesOf(files.depot.prisma, at.id)).toHaveLength(2)
})

test('a raw UpdateFirmware keeps books too; an unasked status is for review', async () => {
  const at = await files.depot.charger()
  await at.say('FirmwareStatusNotification', { status: 'Installed' })
  expect(await files.depot.line('review.firmwareUnasked', `charger:${at.id}`)).toMatchObject({ status: 'Installed' })
  await at.say('FirmwareStatusNotification', { status: 'Idle' })
  const payload = { location: 'https://user:word@fw.example/2.bin', retrieveDate: new Date().toISOString() }
  await files.depot.verb('sendCall', { chargerId: at.id, action: 'UpdateFirmware', payload })
  const [update] = await updatesOf(files.depot.prisma, at.id)
  expect(update).toMatchObject({ fileId: null, state: 'asked', location: 'https://…@fw.example/2.bin' })
  await at.say('FirmwareStatusNotification', { status: 'DownloadFailed' })
  expect((await files.updateOf(at, update!.id)).state).toBe('failed')
})

test('another system announces an image, sends it and updates a charger with it', async () => {
  const at = await files.depot.charger()
  const bytes = randomBytes(5000)
  const body = { name: 'api.bin', version: '3.0', sizeBytes: bytes.length }
  const place = await files.depot.door(announceByApi, ['chargers:write'], { body })
  expect(place.status).toBe(200)
  expect((await files.put(String(place.json.url), bytes)).status).toBe(201)
  const asked = await files.depot.door(askByApi, ['chargers:write'], { params: { charger: at.identity }, body: { fileId: place.json.id } })
  expect(asked.json).toMatchObject({ outcome: 'accepted' })
  expect(pathOf((await at.hears('UpdateFirmware')).location)).toMatch(/^\/files\/.*\/api\.bin$/)
  expect((await files.depot.door(announceByApi, ['chargers:read'], { body })).status).toBe(403)
})
