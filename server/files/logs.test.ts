import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { logRequestsOf } from '../store/log-request.ts'
import { openFile } from './library.ts'
import { http } from './test-files.ts'
import { type FilesWorld, filesWorld, type Outcome, pathOf } from './test-world.ts'
import { giveUpHope } from './watch.ts'

let files: FilesWorld
beforeAll(async () => {
  files = await filesWorld(30)
})

test('GetLog: the charger sends the file to where it found us, tells it, and the operator downloads it', async () => {
  const at = await files.depot.charger()
  const asked = files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'SecurityLog', oldest: Date.UTC(2026, 0, 1), retries: 2 })
  const call = await at.hears('GetLog')
  expect(call).toMatchObject({ logType: 'SecurityLog', retries: 2, log: { oldestTimestamp: '2026-01-01T00:00:00.000Z' } })
  const { id, outcome } = await asked
  expect([outcome, call.requestId]).toEqual(['accepted', id])
  const location = (call.log as { remoteLocation: string }).remoteLocation
  expect(new URL(location).host).toBe(`127.0.0.1:${files.depot.ocppPort}`)

  await at.say('LogStatusNotification', { status: 'Uploading', requestId: id })
  expect((await files.logOf(at, id))?.state).toBe('uploading')
  const body = randomBytes(200_000)
  expect((await files.put(`${pathOf(location)}/security.log`, body)).status).toBe(201)
  await at.say('LogStatusNotification', { status: 'Uploaded', requestId: id })
  await at.say('LogStatusNotification', { status: 'Uploaded', requestId: id })

  const [log] = (await files.sees(at)).logs
  expect(log).toMatchObject({
    state: 'uploaded',
    word: 'Received',
    file: { name: expect.stringMatching(/ SecurityLog .*\.log$/), sizeBytes: 200_000 },
  })
  const { url } = await openFile(getRuntime(), { depotId: 'd', id: log!.file!.id, actor: 'user:anna' })
  const download = await http(files.depot.ocppPort, 'GET', url)
  expect(download.body.equals(body)).toBe(true)
  expect(download.headers['content-disposition']).toContain('attachment')
  expect((await http(files.depot.ocppPort, 'GET', url)).status).toBe(404)

  const raw = await until(() => files.depot.prisma.ocppMessage.findFirst({ where: { chargerId: at.id, action: 'GetLog' } }))
  const token = location.split('/').at(-1)!
  const all = JSON.stringify([raw, await files.depot.prisma.journal.findMany(), await files.depot.prisma.command.findMany()], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  expect(all).not.toContain(token)
})

test('a file that is too large: the request says so, also after the charger’s own word, and can be asked again', async () => {
  const at = await files.depot.charger()
  const first = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  const path = pathOf(((await at.hears('GetLog')).log as { remoteLocation: string }).remoteLocation)
  await files.depot.prisma.storedFile.updateMany({ where: { chargerId: at.id }, data: { maxBytes: 1000n } })
  expect((await files.put(path, randomBytes(1001))).status).toBe(413)
  const refused = {
    state: 'failed',
    word: 'Failed',
    detail: expect.stringMatching(/^Refused: it is larger than the 1000 bytes that are taken\. Ask for a shorter time/),
  }
  expect((await files.sees(at)).logs[0]).toMatchObject(refused)
  await at.say('LogStatusNotification', { status: 'Uploading', requestId: first.id })
  await at.say('LogStatusNotification', { status: 'UploadFailure', requestId: first.id })
  expect(await files.sees(at)).toMatchObject({ logs: [refused], whyNot: { log: null } })
  expect(await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })).toMatchObject({ outcome: 'accepted' })
})

test('GetDiagnostics: the newest request is meant; the file alone is proof enough', async () => {
  const at = await files.depot.connect('C21', { GetDiagnostics: () => ({ fileName: 'diag.zip' }) })
  const asked = files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'diagnostics' })
  const { location } = await at.hears('GetDiagnostics')
  const { id } = await asked
  await at.say('DiagnosticsStatusNotification', { status: 'Uploading' })
  expect((await files.put(pathOf(location), 'diagnostics')).status).toBe(201)
  expect(await files.logOf(at, id)).toMatchObject({ state: 'uploaded', endedAt: expect.any(Date) })
  await at.say('DiagnosticsStatusNotification', { status: 'Uploaded' })
  expect(await files.depot.journal('review.logLate', `charger:${at.id}`)).toEqual([])
  expect((await files.sees(at)).logs[0]?.file?.name).toMatch(/^C21 diagnostics .*\.zip$/)
})

test('a file that nobody named bears its charger, the depot’s time and what it is', async () => {
  const at = await files.depot.charger()
  await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'SecurityLog' })
  const path = pathOf(((await at.hears('GetLog')).log as { remoteLocation: string }).remoteLocation)
  expect((await files.put(path, gzipSync('10:18 started'))).status).toBe(201)
  const [log] = (await files.sees(at)).logs
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Los_Angeles', dateStyle: 'short', timeStyle: 'short' })
  const asked = local.format(log!.createdAt).replace(' ', 'T').replace(':', '')
  expect(log!.file!.name).toBe(`${at.identity} SecurityLog ${asked}.gz`)
})

test('without a file name there are no diagnostics; a charger that sends some all the same is believed', async () => {
  const at = await files.depot.connect('C22', { GetDiagnostics: () => ({}) })
  const asked = files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'diagnostics' })
  const { location } = await at.hears('GetDiagnostics')
  const { id } = await asked
  expect(await files.logOf(at, id)).toMatchObject({ state: 'refused', detail: 'The charger has no diagnostics of that time.' })
  await files.put(pathOf(location), 'after all')
  expect((await files.logOf(at, id))?.state).toBe('uploaded')
})

test('refused, silent, failed, and "all sent" without a file: each is said', async () => {
  const refuses = await files.depot.connect('C23', { GetLog: () => ({ status: 'Rejected' }) })
  expect(await files.depot.verb<Outcome>('askLog', { chargerId: refuses.id, kind: 'DiagnosticsLog' })).toMatchObject({
    outcome: 'refused',
    detail: 'The charger refused: Rejected.',
  })
  const { log } = await refuses.hears('GetLog')
  expect((await files.put(pathOf((log as { remoteLocation: string }).remoteLocation), 'x')).status).toBe(404)

  const at = await files.depot.charger()
  const first = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  await at.say('LogStatusNotification', { status: 'Uploaded', requestId: first.id })
  expect(await files.logOf(at, first.id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('did not arrive') })
  const second = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  await at.say('LogStatusNotification', { status: 'PermissionDenied', requestId: second.id })
  expect((await files.logOf(at, second.id))?.state).toBe('failed')
  const offline = await files.depot.verb<Outcome>('askLog', { chargerId: 'c30', kind: 'DiagnosticsLog' })
  expect(offline).toMatchObject({ outcome: 'offline' })
})

test('AcceptedCanceled: the request before is given up, and its address opens nothing any more', async () => {
  let times = 0
  const at = await files.depot.connect('C24', { GetLog: () => ({ status: times++ === 0 ? 'Accepted' : 'AcceptedCanceled' }) })
  const first = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  const second = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  expect((await files.logOf(at, first.id))?.state).toBe('cancelled')
  expect((await files.logOf(at, second.id))?.state).toBe('asked')
  const [before] = at.asked.filter(({ method }) => method === 'GetLog')
  expect((await files.put(pathOf((before!.params.log as { remoteLocation: string }).remoteLocation), 'late')).status).toBe(404)
  await at.say('LogStatusNotification', { status: 'UploadFailure', requestId: first.id })
  expect((await files.logOf(at, first.id))?.state).toBe('cancelled')
  expect(await files.depot.line('review.logLate', `charger:${at.id}`)).toMatchObject({ logId: first.id, status: 'UploadFailure' })
})

test('a number that nobody gave is kept for review; -1 and idle are nothing', async () => {
  const at = await files.depot.charger()
  await at.say('LogStatusNotification', { status: 'Uploading', requestId: 999_999 })
  expect(await files.depot.line('review.logUnasked', `charger:${at.id}`)).toMatchObject({ requestId: 999_999, status: 'Uploading' })
  await at.say('LogStatusNotification', { status: 'Idle', requestId: -1 })
  await at.say('LogStatusNotification', { status: 'Idle' })
  await at.say('DiagnosticsStatusNotification', { status: 'Idle' })
  expect(await files.depot.journal('review.logUnasked', `charger:${at.id}`)).toHaveLength(1)
})

test('a raw GetLog to an address of the caller’s own keeps books too, without its password', async () => {
  const at = await files.depot.charger()
  const payload = { logType: 'SecurityLog', requestId: 4711, log: { remoteLocation: 'ftp://depot:secret@files.example/logs' } }
  await files.depot.verb('sendCall', { chargerId: at.id, action: 'GetLog', payload })
  const [log] = await logRequestsOf(files.depot.prisma, at.id)
  expect(log).toMatchObject({ requestId: 4711, fileId: null, state: 'asked', createdBy: 'user:anna' })
  await at.say('LogStatusNotification', { status: 'Uploaded', requestId: 4711 })
  expect((await files.logOf(at, log!.id))?.state).toBe('uploaded')
  expect(
    JSON.stringify(await files.depot.journal('charger.logAsked', `charger:${at.id}`), (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
  ).not.toContain('secret')
})

test('nothing heard for half an hour: not known; heard after all: it goes on', async () => {
  const at = await files.depot.charger()
  const { id } = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  const later = { ...getRuntime(), clock: { ...getRuntime().clock, now: () => plus(instant(Date.now()), hours(1)) } }
  await giveUpHope(later)
  expect((await files.logOf(at, id))?.state).toBe('unknown')
  await at.say('LogStatusNotification', { status: 'Uploading', requestId: id })
  expect((await files.logOf(at, id))?.state).toBe('uploading')
})

test('the gateway goes away in the middle of an upload: the charger goes on where it was', async () => {
  const at = await files.depot.charger()
  const { id } = await files.depot.verb<Outcome>('askLog', { chargerId: at.id, kind: 'DiagnosticsLog' })
  const path = pathOf(((await at.hears('GetLog')).log as { remoteLocation: string }).remoteLocation)
  const body = randomBytes(400_000)
  const piece = (from: number, to: number) =>
    http(files.depot.ocppPort, 'PUT', path, {
      body: body.subarray(from, to),
      headers: { 'content-range': `bytes ${from}-${to - 1}/${body.length}` },
    })
  expect((await piece(0, 150_000)).status).toBe(202)
  await files.depot.restart()
  expect((await http(files.depot.ocppPort, 'HEAD', path)).headers['upload-offset']).toBe('150000')
  expect((await piece(150_000, 400_000)).status).toBe(201)
  expect((await logRequestsOf(files.depot.prisma, at.id)).find((each) => each.id === id)?.state).toBe('uploaded')
})
