import { afterEach, beforeEach, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { type Clock, makeClock } from '#server/clock.ts'
import { type Central, startCentral } from './central-for-tests.ts'
import { type Charger, type ChargerOptions, startCharger } from './charger.ts'
import { FAULTS } from './faults.ts'
import { fixedLoad } from './vehicle.ts'

// Each fault does what its name says.

let clock: Clock
let central: Central
let charger: Charger
let port = 20_140

beforeEach(async () => {
  clock = makeClock({ realMs: Date.now(), depotMs: instant('2026-03-10T20:00:00Z'), speed: 60 })
  central = await startCentral(clock, port++)
})
afterEach(async () => {
  charger.close()
  await central.close()
})

async function charging(options: Partial<ChargerOptions> = {}) {
  charger = startCharger({
    url: central.url,
    identity: 'C1',
    password: central.password,
    clock,
    backoffMs: { min: 20, max: 100 },
    callTimeoutMs: 500,
    ...options,
  })
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Accepted')
  charger.memory.ports[0]!.registerWh = 20_000
  charger.plug(fixedLoad(19_200))
  await charger.swipe('VAN7')
  await charger.waitFor(() => charger.transaction()?.transactionId && charger.powerW() === 19_200)
}
const setLimit = (amps: number, purpose = 'TxProfile') =>
  central.ask('C1', 'SetChargingProfile', {
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: purpose,
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: amps, numberPhases: 1 }] },
    },
  })
const stop = async () => {
  charger.unplug()
  await charger.waitFor(() => central.heardOf('StopTransaction').length > 0, 'the stop')
  return central.heardOf('StopTransaction')[0]!.params
}

test('dropsSocket: the socket goes and comes back, without a boot', async () => {
  await charging()
  charger.fault('dropsSocket')
  expect(charger.isConnected()).toBe(false)
  await charger.waitFor(() => charger.isConnected(), 'the reconnect')
  await charger.waitFor(() => !charger.isConnected(), 'the next drop, three minutes later')
  expect(central.heardOf('BootNotification')).toHaveLength(1)
})

test('refuses: the profile is rejected and nothing changes', async () => {
  await charging()
  charger.fault('refuses')
  expect(await setLimit(10)).toEqual({ status: 'Rejected' })
  expect(charger.limitW()).toBe(19_200)
  charger.fault('refuses', false)
  expect(await setLimit(10)).toEqual({ status: 'Accepted' })
})

test('acceptsAndIgnores: says yes, lists the profile, draws full power', async () => {
  await charging()
  charger.fault('acceptsAndIgnores')
  expect(await setLimit(10)).toEqual({ status: 'Accepted' })
  const { chargingSchedule } = await central.ask('C1', 'GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'A' })
  expect(chargingSchedule).toMatchObject({ chargingSchedulePeriod: [{ limit: 10 }] })
  const before = charger.meterWh()
  await charger.waitFor(() => charger.meterWh() > before + 100)
  expect([charger.powerW(), charger.limitW()]).toEqual([19_200, 2_400])
  charger.fault('acceptsAndIgnores', false)
  await charger.waitFor(() => charger.powerW() === 2_400, 'obedience')
})

test('repeatsMessages: every frame twice, and StartTransaction again under a new id', async () => {
  await charging()
  await stop()
  charger.fault('repeatsMessages')
  charger.plug(fixedLoad(7_200))
  await charger.swipe('VAN7')
  await charger.waitFor(() => charger.sentCalls('StartTransaction').length === 5, 'twice two starts')
  const repeated = charger.sentCalls('StartTransaction').slice(1)
  expect(new Set(repeated.map((frame) => frame.id)).size).toBe(2)
  expect(new Set(repeated.map((frame) => JSON.stringify(frame.payload))).size).toBe(1)
})

test('liesAboutMeter: the register tells 60 % of the truth', async () => {
  await charging()
  charger.fault('liesAboutMeter')
  await charger.waitFor(() => charger.meterWh() > 300)
  const { meterStop } = await stop()
  const { registerWh } = charger.memory.ports[0]!
  const honestWh = 20_000 + charger.meterWh()
  expect(registerWh).toBeCloseTo(honestWh, 6)
  expect(Number(meterStop)).toBeLessThan(honestWh - 0.35 * charger.meterWh())
  expect(Number(meterStop)).toBeGreaterThan(20_000)
})

test('meterBackwards: the stop is below the start', async () => {
  await charging()
  charger.fault('meterBackwards')
  const { meterStop } = await stop()
  expect(meterStop).toBeLessThan(20_000)
})

test('forgetsOnReboot: profile and transaction are gone, and no StopTransaction ever comes', async () => {
  await charging()
  charger.fault('forgetsOnReboot')
  await setLimit(10, 'TxDefaultProfile')
  charger.reboot()
  await charger.waitFor(() => central.heardOf('BootNotification').length === 2, 'the second boot')
  await charger.waitFor(() => charger.registration() === 'Accepted')
  expect(charger.limitW()).toBe(19_200)
  expect(charger.transaction()).toBeUndefined()
  expect(central.heardOf('StopTransaction')).toEqual([])
})

test('silent: the socket stays open and no call is answered', async () => {
  await charging()
  charger.fault('silent')
  await expect(setLimit(10)).rejects.toThrow()
  expect(charger.isConnected()).toBe(true)
  const heard = central.heard.length
  expect(await charger.call('Heartbeat', {})).toEqual({ kind: 'timeout' })
  expect(central.heard).toHaveLength(heard)
}, 20_000)

test('badFrames: the strict central system complains of each kind, and the last one is too big to take', async () => {
  await charging()
  charger.fault('badFrames')
  await charger.waitFor(() => !charger.isConnected(), 'the end of the socket')
  expect(central.bad.length).toBeGreaterThan(5)
  charger.fault('badFrames', false)
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the reconnect')
})

test.each([
  ['clockWrong', -37 * 60_000, 5_000],
  ['clockInFuture', 70 * 365 * 86_400_000, 5_000],
] as const)('%s: its messages carry the wrong time', async (name, expected, within) => {
  await charging()
  charger.fault(name)
  const { timestamp } = await stop()
  expect(Math.abs(instant(String(timestamp)) - clock.now() - expected)).toBeLessThan(within)
})

test('clockReset: its messages are of 1970', async () => {
  await charging()
  charger.fault('clockReset')
  expect(String((await stop()).timestamp)).toMatch(/^1970-01-01T20:/)
})

test('powerLoss: nothing flows and nobody answers until the fault ends', async () => {
  await charging()
  charger.fault('powerLoss')
  expect([charger.powerW(), charger.isConnected()]).toEqual([0, false])
  charger.fault('powerLoss', false)
  await charger.waitFor(() => central.heardOf('StopTransaction').length === 1)
  expect(central.heardOf('StopTransaction')[0]?.params).toMatchObject({ reason: 'PowerLoss', transactionId: 101 })
  expect(central.heardOf('BootNotification')).toHaveLength(2)
})

test('groundFault: the transaction ends and the port is out of order, with a code to look up', async () => {
  await charging()
  charger.fault('groundFault')
  await charger.waitFor(() => charger.status() === 'Faulted' && central.heardOf('StopTransaction').length === 1, 'the stop')
  await charger.waitFor(() => central.heardOf('StatusNotification').at(-1)?.params.status === 'Faulted', 'the news')
  expect(central.heardOf('StatusNotification').at(-1)?.params).toMatchObject({ errorCode: 'GroundFailure', vendorErrorCode: 'CX002' })
  await charger.swipe('VAN7')
  expect(charger.transaction()).toBeUndefined()
  charger.fault('groundFault', false)
  await charger.waitFor(() => charger.status() === 'Finishing')
})

test('offline: as long as the fault lasts, also together with offlineHour', async () => {
  await charging()
  charger.fault('offline')
  charger.fault('offlineHour')
  charger.fault('offlineHour', false)
  charger.connect()
  expect(charger.isConnected()).toBe(false)
  charger.fault('offline', false)
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the network')
})

test('every fault tells what it does, and can be switched on and off twice', async () => {
  await charging()
  for (const [name, fault] of Object.entries(FAULTS)) expect(fault.says, name).toMatch(/\w+ \w+/)
  charger.fault('refuses')
  charger.fault('refuses')
  expect(charger.faults()).toEqual(['refuses'])
  charger.fault('refuses', false)
  charger.fault('refuses', false)
  expect(charger.faults()).toEqual([])
})
