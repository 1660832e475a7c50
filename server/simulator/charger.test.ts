import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { type Clock, makeClock } from '#server/clock.ts'
import { type Central, startCentral } from './central-for-tests.ts'
import { type Charger, type ChargerOptions, startCharger } from './charger.ts'
import type { Payload } from './frame.ts'
import { WALL_BOX_22KW } from './model.ts'
import { fixedLoad } from './vehicle.ts'

// One charger on a real socket against a strict central system. A minute of depot time takes a second.

let clock: Clock
let central: Central
const running: Charger[] = []
let port = 20_100

beforeEach(async () => {
  clock = makeClock({ realMs: Date.now(), depotMs: instant('2026-03-10T20:00:00Z'), speed: 60 })
  central = await startCentral(clock, port++)
})
afterEach(async () => {
  for (const charger of running.splice(0)) charger.close()
  await central.close()
})

function make(options: Partial<ChargerOptions> = {}): Charger {
  const charger = startCharger({
    url: central.url,
    identity: 'C1',
    password: central.password,
    clock,
    backoffMs: { min: 20, max: 100 },
    ...options,
  })
  running.push(charger)
  return charger
}
async function online(options: Partial<ChargerOptions> = {}) {
  const charger = make(options)
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
  return charger
}
async function charging(options: Partial<ChargerOptions> = {}, powerW = 19_200, registerWh = 0) {
  const charger = await online(options)
  charger.memory.ports[0]!.registerWh = registerWh
  charger.plug(fixedLoad(powerW))
  await charger.swipe('VAN7')
  await charger.waitFor(() => charger.transaction()?.transactionId && charger.powerW() === powerW, 'full power')
  return charger
}
const profile = (amps: number, purpose = 'TxProfile', id = 1): Payload => ({
  chargingProfileId: id,
  stackLevel: 0,
  chargingProfilePurpose: purpose,
  chargingProfileKind: purpose === 'TxProfile' ? 'Absolute' : 'Relative',
  chargingSchedule: {
    ...(purpose === 'TxProfile' && { startSchedule: '2026-03-10T18:00:00Z' }),
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: amps, numberPhases: 1 }],
  },
})
const setProfile = (amps: number, purpose?: string, connectorId = 1, id = 1) =>
  central.ask('C1', 'SetChargingProfile', { connectorId, csChargingProfiles: profile(amps, purpose, id) })

test('boots, authorises, starts, meters, obeys its limit and stops; nothing it says breaks the 1.6 schemas', async () => {
  const charger = await charging()
  expect(await setProfile(30)).toEqual({ status: 'Accepted' })
  expect(charger.limitW()).toBe(7_200)
  await charger.waitFor(() => charger.powerW() === 7_200, 'the limit to be obeyed')
  const samples = central.heardOf('MeterValues').length
  await charger.waitFor(() => central.heardOf('MeterValues').length > samples, 'a sample')
  charger.unplug()
  await charger.waitFor(() => central.heardOf('StopTransaction').length === 1, 'the stop')

  const actions = [...new Set(central.heard.map((h) => h.action))]
  expect(actions).toEqual(['BootNotification', 'StatusNotification', 'Authorize', 'StartTransaction', 'MeterValues', 'StopTransaction'])
  const [stop] = central.heardOf('StopTransaction')
  expect(stop?.params).toMatchObject({ transactionId: 101, reason: 'EVDisconnected' })
  expect(stop?.params.meterStop).toBe(Math.round(charger.meterWh()))
  expect(charger.status()).toBe('Available')
  expect(charger.limit().because, 'the TxProfile died with its transaction').toBe('nameplate')
  expect(central.bad).toEqual([])
})

test('tells its states in order: preparing, charging, paused by us, charging, finishing, available', async () => {
  const charger = await charging()
  await setProfile(0)
  await charger.waitFor(() => charger.status() === 'SuspendedEVSE')
  await setProfile(16)
  await charger.waitFor(() => charger.status() === 'Charging')
  await charger.swipe('VAN7')
  await charger.waitFor(() => charger.status() === 'Finishing')
  charger.unplug()
  await charger.waitFor(() => central.heardOf('StatusNotification').at(-1)?.params.status === 'Available', 'the last status')
  const told = central.heardOf('StatusNotification').filter((h) => h.params.connectorId === 1)
  const distinct = told.map((h) => h.params.status).filter((status, i, all) => status !== all[i - 1])
  expect(distinct).toEqual(['Available', 'Preparing', 'SuspendedEVSE', 'Charging', 'SuspendedEVSE', 'Charging', 'Finishing', 'Available'])
  expect(central.heardOf('StopTransaction')[0]?.params).toMatchObject({ reason: 'Local', idTag: 'VAN7' })
})

test('below 6 A the pilot cannot say it: the charger pauses', async () => {
  const charger = await charging()
  await setProfile(5.9)
  await charger.waitFor(() => charger.powerW() === 0, 'the pause')
  expect(charger.status()).toBe('SuspendedEVSE')
})

test('a wrong key is refused; with the right one it comes back by itself', async () => {
  const charger = make({ password: 'not the key' })
  charger.connect()
  await charger.waitFor(() => charger.refusedWith() === 401, 'the refusal')
  expect(charger.sent).toEqual([])
  charger.memory.password = central.password
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
})

test('pending: says nothing but BootNotification until it is accepted, after the interval', async () => {
  const answers: ('Pending' | 'Accepted')[] = ['Pending', 'Pending', 'Accepted']
  central.manners.boot = () => ({ status: answers.shift() ?? 'Accepted', interval: 30 })
  const charger = make()
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Pending')
  charger.plug(fixedLoad(7_000))
  expect(await central.ask('C1', 'GetConfiguration', { key: ['NumberOfConnectors'] })).toMatchObject({ configurationKey: [{ value: '1' }] })
  expect(await central.ask('C1', 'RemoteStartTransaction', { idTag: 'VAN7' })).toEqual({ status: 'Rejected' })
  await charger.waitFor(() => charger.registration() === 'Accepted')
  const boots = charger.sentCalls('BootNotification')
  expect(boots).toHaveLength(3)
  expect(boots[1]!.at - boots[0]!.at).toBeGreaterThanOrEqual(27_000)
  expect(charger.memory.configuration.HeartbeatInterval).toBe('30')
  await charger.waitFor(() => central.heardOf('Heartbeat').length > 0, 'a heartbeat after the interval')
  expect(central.heard.slice(0, 3).map((h) => h.action)).toEqual(Array(3).fill('BootNotification'))
})

test('a tag that is not accepted starts nothing', async () => {
  central.manners.tag = () => 'Blocked'
  const charger = await online()
  charger.plug(fixedLoad(7_000))
  await charger.swipe('STRANGER')
  expect(charger.transaction()).toBeUndefined()
  expect(central.heardOf('StartTransaction')).toEqual([])
})

test('remote start waits for the cable, remote stop ends', async () => {
  const charger = await online({ ports: 2 })
  const request = { idTag: 'VAN7', connectorId: 2, chargingProfile: { ...profile(10), chargingProfileKind: 'Relative' } }
  expect(await central.ask('C1', 'RemoteStartTransaction', request)).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => charger.status(2) === 'Preparing')
  charger.plug(fixedLoad(19_200), 2)
  await charger.waitFor(() => charger.powerW(2) === 2_400, 'the profile that came with the start')
  await charger.waitFor(() => charger.transaction(2)?.transactionId)
  expect(await central.ask('C1', 'RemoteStopTransaction', { transactionId: 101 })).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => central.heardOf('StopTransaction').length === 1)
  expect(central.heardOf('StopTransaction')[0]?.params.reason).toBe('Remote')
  expect(await central.ask('C1', 'RemoteStopTransaction', { transactionId: 101 })).toEqual({ status: 'Rejected' })
})

test('two ports share ChargePointMax', async () => {
  const charger = await online({ ports: 2 })
  await setProfile(50, 'ChargePointMaxProfile', 0)
  for (const number of [1, 2]) {
    charger.plug(fixedLoad(19_200), number)
    await charger.swipe(`VAN${number}`, number)
  }
  await charger.waitFor(() => charger.powerW(1) === 6_000 && charger.powerW(2) === 6_000, '12 kW for both')
})

describe('offline', () => {
  test('what happened without a network arrives later, in order, with the device time, once', async () => {
    const charger = await charging()
    charger.fault('offlineHour')
    charger.unplug()
    charger.plug(fixedLoad(7_200))
    // known from the cache: LocalAuthorizeOffline
    await charger.swipe('VAN7')
    expect(charger.transaction()?.transactionId).toBeUndefined()
    await charger.waitFor(() => charger.meterWh() > 500, 'half a kilowatt-hour')
    charger.unplug()
    const offlineUntil = clock.now()
    charger.fault('offlineHour', false)
    await charger.waitFor(() => central.heardOf('StopTransaction').length === 2, 'both stops')

    const heard = central.heard.filter((h) => /Transaction|MeterValues/.test(h.action)).map((h) => h.action)
    const short = heard.filter((action, i) => action !== heard[i - 1])
    expect(short.join(' ')).toMatch(/^StartTransaction( MeterValues)? StopTransaction StartTransaction( MeterValues)? StopTransaction$/)
    const [, second] = central.heardOf('StartTransaction')
    expect(instant(String(second!.params.timestamp))).toBeLessThan(offlineUntil)
    expect(central.heardOf('StopTransaction').map((h) => h.params.transactionId)).toEqual([101, 102])
    expect(central.heardOf('BootNotification'), 'a reconnect is no boot').toHaveLength(1)
  })

  test('an unknown tag starts offline only where AllowOfflineTxForUnknownId says so', async () => {
    const charger = await online()
    charger.fault('offlineHour')
    charger.plug(fixedLoad(7_200))
    await charger.swipe('STRANGER')
    expect(charger.transaction()).toBeUndefined()
    charger.memory.configuration.AllowOfflineTxForUnknownId = 'true'
    await charger.swipe('STRANGER')
    expect(charger.transaction()).toMatchObject({ idTag: 'STRANGER' })
  })

  test('a StartTransaction without an answer is sent again, the same, until it is answered', async () => {
    let deafTimes = 2
    central.manners.before = async ({ action }) => {
      if (action === 'StartTransaction' && deafTimes-- > 0) await new Promise((resolve) => setTimeout(resolve, 400).unref())
    }
    const charger = await online({ callTimeoutMs: 150 })
    charger.plug(fixedLoad(7_200))
    await charger.swipe('VAN7')
    await charger.waitFor(() => charger.transaction()?.transactionId, 'the answer')
    const starts = charger.sentCalls('StartTransaction')
    expect(starts.length).toBeGreaterThanOrEqual(2)
    expect(new Set(starts.map((frame) => frame.text)).size).toBe(1)
  })

  test('the offline hour ends by itself', async () => {
    const fast = makeClock({ realMs: Date.now(), depotMs: instant('2026-03-10T20:00:00Z'), speed: 1_800 })
    const charger = await online({ clock: fast })
    charger.fault('offlineHour')
    const from = fast.now()
    expect(charger.isConnected()).toBe(false)
    await charger.waitFor(() => charger.registration() === 'Accepted', 'the network')
    expect(fast.now() - from).toBeGreaterThan(3_590_000)
    expect(charger.faults()).toEqual([])
  })
})

describe('reboots and memory', () => {
  test('profiles survive the reboot of a model that keeps them (errata 3.37)', async () => {
    const charger = await online()
    await setProfile(10, 'TxDefaultProfile')
    await central.ask('C1', 'Reset', { type: 'Hard' })
    await charger.waitFor(() => central.heardOf('BootNotification').length === 2, 'the second boot')
    expect(charger.limitW()).toBe(2_400)
  })

  test('… and not that of a model that loses them', async () => {
    const charger = await online({ memory: 'loses' })
    await setProfile(10, 'TxDefaultProfile')
    await central.ask('C1', 'Reset', { type: 'Hard' })
    await charger.waitFor(() => central.heardOf('BootNotification').length === 2, 'the second boot')
    expect(charger.limitW()).toBe(19_200)
  })

  test('a soft reset ends the transaction before, a hard one after the boot', async () => {
    const charger = await charging()
    await central.ask('C1', 'Reset', { type: 'Soft' })
    await charger.waitFor(() => central.heardOf('StopTransaction').length === 1)
    await charger.waitFor(() => charger.registration() === 'Accepted')
    await charger.swipe('VAN7')
    await charger.waitFor(() => charger.transaction()?.transactionId === 102)
    await central.ask('C1', 'Reset', { type: 'Hard' })
    await charger.waitFor(() => central.heardOf('StopTransaction').length === 2)
    expect(central.heardOf('StopTransaction').map((h) => h.params.reason)).toEqual(['SoftReset', 'HardReset'])
  })

  test.each([
    ['stops', 'StopTransaction with reason PowerLoss'],
    ['resumes', 'the same transaction goes on'],
    ['resumesBelowStart', 'it goes on with a register below meterStart'],
  ] as const)('after a loss of power a model that %s: %s', async (afterPowerLoss, _says) => {
    const charger = await charging({ model: { afterPowerLoss } }, 19_200, 4_000)
    const meterStart = 4_000
    charger.fault('powerLoss')
    expect(charger.powerW()).toBe(0)
    const before = central.heard.length
    charger.fault('powerLoss', false)
    const news = () => central.heard.slice(before).find((h) => /StopTransaction|MeterValues/.test(h.action))
    await charger.waitFor(news, 'news of the transaction')
    expect(news()!.params).toMatchObject({ transactionId: 101 })
    expect([news()!.action, news()!.params.reason]).toEqual(
      afterPowerLoss === 'stops' ? ['StopTransaction', 'PowerLoss'] : ['MeterValues', undefined],
    )
    expect(charger.memory.ports[0]!.registerWh < meterStart).toBe(afterPowerLoss === 'resumesBelowStart')
  })

  test('a second life goes on from the remembered flash', async () => {
    const first = await charging()
    await setProfile(10, 'TxDefaultProfile', 1, 7)
    first.close()
    const remembered = JSON.parse(JSON.stringify(first.memory))
    const second = await online({ remembered })
    expect(second.transaction()).toMatchObject({ transactionId: 101, idTag: 'VAN7' })
    expect(second.limitW()).toBe(2_400)
  })
})

describe('what the central system asks', () => {
  test('availability waits for the transaction', async () => {
    const charger = await charging()
    const request = { connectorId: 1, type: 'Inoperative' }
    expect(await central.ask('C1', 'ChangeAvailability', request)).toEqual({ status: 'Scheduled' })
    expect(charger.status()).toBe('Charging')
    charger.unplug()
    await charger.waitFor(() => charger.status() === 'Unavailable')
    charger.plug(fixedLoad(7_000))
    await charger.swipe('VAN7')
    expect(charger.transaction()).toBeUndefined()
    expect(await central.ask('C1', 'ChangeAvailability', { connectorId: 0, type: 'Operative' })).toEqual({ status: 'Accepted' })
    await charger.waitFor(() => charger.status() === 'Preparing')
  })

  test('configuration: read, changed, read-only, unknown, after a reboot', async () => {
    const charger = await online()
    const change = (key: string, value: string) => central.ask('C1', 'ChangeConfiguration', { key, value })
    expect(await change('MeterValueSampleInterval', '15')).toEqual({ status: 'Accepted' })
    expect(await change('MeterValueSampleInterval', 'often')).toEqual({ status: 'Rejected' })
    expect(await change('NumberOfConnectors', '4')).toEqual({ status: 'Rejected' })
    expect(await change('CpoName', 'Depot')).toEqual({ status: 'RebootRequired' })
    expect(await change('Nonsense', '1')).toEqual({ status: 'NotSupported' })
    expect(await central.ask('C1', 'GetConfiguration', { key: ['MeterValueSampleInterval', 'AuthorizationKey', 'Nonsense'] })).toEqual({
      configurationKey: [{ key: 'MeterValueSampleInterval', readonly: false, value: '15' }],
      unknownKey: ['AuthorizationKey', 'Nonsense'],
    })
    const all = await central.ask('C1', 'GetConfiguration', {})
    expect(all.configurationKey).toContainEqual({ key: 'ChargeProfileMaxStackLevel', readonly: true, value: '9' })
    expect(charger.memory.configuration.MeterValueSampleInterval).toBe('15')
  })

  test('a new AuthorizationKey counts from the connection it makes at once', async () => {
    const charger = await online()
    await central.ask('C1', 'ChangeConfiguration', { key: 'AuthorizationKey', value: 'another key of 22 chars' })
    await charger.waitFor(() => !charger.isConnected(), 'the refusal')
    expect(charger.memory.password).toBe('another key of 22 chars')
  })

  test('samples carry what is asked for, at the interval', async () => {
    // a single-phase vehicle at a three-phase wall box
    const box = await charging({ model: WALL_BOX_22KW }, 7_360)
    await central.ask('C1', 'ChangeConfiguration', {
      key: 'MeterValuesSampledData',
      value: 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage',
    })
    await central.ask('C1', 'TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 })
    await box.waitFor(
      () => central.heardOf('MeterValues').some((h) => JSON.stringify(h.params).includes('Trigger')),
      'the triggered sample',
    )
    const { params } = central.heardOf('MeterValues').find((h) => JSON.stringify(h.params).includes('Trigger'))!
    const [{ sampledValue }] = params.meterValue as [{ sampledValue: Payload[] }]
    const told = sampledValue.map((v) => [v.measurand, v.phase, v.unit, v.measurand === 'Energy.Active.Import.Register' ? '' : v.value])
    expect(told).toEqual([
      ['Energy.Active.Import.Register', undefined, 'Wh', ''],
      ['Power.Active.Import', undefined, 'W', '7360.0'],
      ['Current.Import', 'L1', 'A', '32.0'],
      ['Current.Import', 'L2', 'A', '0.0'],
      ['Current.Import', 'L3', 'A', '0.0'],
      ['Current.Offered', undefined, 'A', '32.0'],
      ['Voltage', 'L1-N', 'V', '230.0'],
      ['Voltage', 'L2-N', 'V', '230.0'],
      ['Voltage', 'L3-N', 'V', '230.0'],
    ])
  })

  test('a composite schedule over the wire', async () => {
    await charging()
    await setProfile(30)
    const { chargingSchedule } = await central.ask('C1', 'GetCompositeSchedule', { connectorId: 1, duration: 600, chargingRateUnit: 'A' })
    expect(chargingSchedule).toMatchObject({ chargingSchedulePeriod: [{ startPeriod: 0, limit: 30, numberPhases: 1 }] })
  })

  test.each([
    ['ReserveNow', { connectorId: 1, expiryDate: '2026-03-11T00:00:00Z', idTag: 'VAN7', reservationId: 1 }, 'NotSupported'],
    ['GetDiagnostics', { location: 'ftp://x' }, 'NotSupported'],
  ])('%s is answered with a CALLERROR', async (action, params, code) => {
    await online()
    await expect(central.ask('C1', action, params)).rejects.toMatchObject({ rpcErrorCode: code })
  })
})
