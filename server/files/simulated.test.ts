import { sign } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { clockText, makeClock } from '../clock.ts'
import { world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { makeRoot } from '../simulator/certificates-for-tests.ts'
import { type Charger, startCharger } from '../simulator/charger.ts'
import { updatesOf } from '../store/firmware.ts'
import { logRequestsOf } from '../store/log-request.ts'
import { addFirmware } from './library.ts'
import { http } from './test-files.ts'
import { chargerFilesView } from './views.ts'

// Our simulated charger, written from the text of OCPP alone, against the whole gateway: it really sends and really fetches.

const setting = { realMs: Date.now(), depotMs: Date.now(), speed: 20 }
const clock = makeClock(setting)
const depot = await world(4, { YARDWATT_CLOCK: clockText(setting) })
const running: Charger[] = []
afterAll(() => {
  for (const charger of running) charger.close()
})

async function online(identity: string): Promise<Charger> {
  const url = `ws://127.0.0.1:${depot.ocppPort}/ocpp`
  const charger = startCharger({ url, identity, password: depot.keys.get(identity)!, ports: 2, clock, backoffMs: { min: 20, max: 100 } })
  running.push(charger)
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
  await until(() => getRuntime().links.online(identity.toLowerCase()))
  return charger
}
const update = async (chargerId: string) => (await updatesOf(depot.prisma, chargerId))[0]!

test.each(['diagnostics', 'SecurityLog'])('%s: asked, sent, here', async (kind) => {
  const identity = kind === 'diagnostics' ? 'C1' : 'C2'
  await online(identity)
  expect(await depot.verb('askLog', { chargerId: identity.toLowerCase(), kind })).toMatchObject({ outcome: 'accepted' })
  await until(async () => (await logRequestsOf(depot.prisma, identity.toLowerCase()))[0]?.state === 'uploaded')
  const { logs } = await chargerFilesView(getRuntime(), 'd', identity.toLowerCase())
  expect(logs[0]?.file).toMatchObject({ state: 'complete', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(logs[0]!.file!.sizeBytes).toBeGreaterThan(20)
})

const IMAGE = Buffer.concat([Buffer.from('Sim firmware 2.1.0\n'), Buffer.alloc(3_000_000, 'x')])

test('a signed update: fetched over the one-time address, verified, installed, proven by the boot', async () => {
  const charger = await online('C3')
  const maker = await makeRoot('The maker')
  const signer = await maker.issue('Firmware signing')
  const root = { certificateType: 'ManufacturerRootCertificate', certificate: maker.cert }
  await depot.verb('sendCall', { chargerId: 'c3', action: 'InstallCertificate', payload: root })
  const { id: fileId, url } = await addFirmware(getRuntime(), {
    depotId: 'd',
    actor: 'user:anna',
    name: 'sim-2.1.0.bin',
    version: '2.1.0',
    sizeBytes: IMAGE.length,
    signature: sign('sha256', IMAGE, signer.key).toString('base64'),
    signingCertificate: signer.cert,
  })
  expect((await http(depot.ocppPort, 'PUT', url, { body: IMAGE })).status).toBe(201)
  expect(await depot.verb('updateFirmware', { chargerId: 'c3', fileId, signed: true, start: 'forced' })).toMatchObject({
    outcome: 'accepted',
  })
  await until(async () => (await update('c3')).state === 'installed', 40_000)
  const said = (await update('c3')).steps.flatMap((step) => (step.said === null || step.late ? [] : [step.said]))
  // on a slow machine the boot may overtake what the charger had still to say; in the order of L01 it is in any case
  const way = ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallRebooting', 'Installed']
  expect(said[0]).toBe('Downloading')
  expect(way.filter((each) => said.includes(each))).toEqual(said)
  await until(async () => (await update('c3')).steps.at(-1)?.said === 'Installed')
  expect(await depot.journal('review.firmwareLate', 'charger:c3')).toEqual([])
  expect((await depot.row('c3')).firmware).toBe('2.1.0')
  expect(charger.memory.firmware).toBe('2.1.0')
  expect(await depot.prisma.fileUrl.findFirst({ where: { chargerId: 'c3' } })).toMatchObject({ usedAt: expect.any(Date) })
}, 60_000)

test('an image that the charger cannot install: failed, told, and it goes on with the old one', async () => {
  const charger = await online('C4')
  charger.fault('failsToInstall')
  const { id: fileId, url } = await addFirmware(getRuntime(), {
    depotId: 'd',
    actor: 'user:anna',
    name: 'sim.bin',
    version: '2.1.0',
    sizeBytes: IMAGE.length,
  })
  await http(depot.ocppPort, 'PUT', url, { body: IMAGE })
  await depot.verb('updateFirmware', { chargerId: 'c4', fileId })
  await until(async () => (await update('c4')).state === 'failed', 40_000)
  expect((await depot.alerts()).map(({ key }) => key)).toContain('firmware:c4')
  expect((await depot.row('c4')).firmware).not.toBe('2.1.0')
}, 60_000)
