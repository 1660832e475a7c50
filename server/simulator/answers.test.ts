import { expect, test } from 'vitest'
import { charging16 } from './charger-for-tests.ts'
import type { Payload } from './frame.ts'
import { WALL_BOX_22KW } from './model.ts'
import { fixedLoad } from './vehicle.ts'

// What the central system asks.

const { online, charging, ask, setProfile, heardOf } = charging16(20_158)

test('availability waits for the transaction', async () => {
  const charger = await charging()
  const request = { connectorId: 1, type: 'Inoperative' }
  expect(await ask('ChangeAvailability', request)).toEqual({ status: 'Scheduled' })
  expect(charger.status()).toBe('Charging')
  charger.unplug()
  await charger.waitFor(() => charger.status() === 'Unavailable')
  charger.plug(fixedLoad(7_000))
  await charger.swipe('VAN7')
  expect(charger.transaction()).toBeUndefined()
  expect(await ask('ChangeAvailability', { connectorId: 0, type: 'Operative' })).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => charger.status() === 'Preparing')
})

test('configuration: read, changed, read-only, unknown, after a reboot', async () => {
  const charger = await online()
  const change = (key: string, value: string) => ask('ChangeConfiguration', { key, value })
  expect(await change('MeterValueSampleInterval', '15')).toEqual({ status: 'Accepted' })
  expect(await change('MeterValueSampleInterval', 'often')).toEqual({ status: 'Rejected' })
  expect(await change('NumberOfConnectors', '4')).toEqual({ status: 'Rejected' })
  expect(await change('CpoName', 'Depot')).toEqual({ status: 'RebootRequired' })
  expect(await change('Nonsense', '1')).toEqual({ status: 'NotSupported' })
  expect(await ask('GetConfiguration', { key: ['MeterValueSampleInterval', 'AuthorizationKey', 'Nonsense'] })).toEqual({
    configurationKey: [{ key: 'MeterValueSampleInterval', readonly: false, value: '15' }],
    unknownKey: ['AuthorizationKey', 'Nonsense'],
  })
  const all = await ask('GetConfiguration', {})
  expect(all.configurationKey).toContainEqual({ key: 'ChargeProfileMaxStackLevel', readonly: true, value: '9' })
  expect(charger.memory.configuration.MeterValueSampleInterval).toBe('15')
})

test('a new AuthorizationKey counts from the connection it makes at once', async () => {
  const charger = await online()
  await ask('ChangeConfiguration', { key: 'AuthorizationKey', value: 'another key of 22 chars' })
  await charger.waitFor(() => !charger.isConnected(), 'the refusal')
  expect(charger.memory.password).toBe('another key of 22 chars')
})

test('samples carry what is asked for, at the interval', async () => {
  // a single-phase vehicle at a three-phase wall box
  const box = await charging({ model: WALL_BOX_22KW }, 7_360)
  await ask('ChangeConfiguration', {
    key: 'MeterValuesSampledData',
    value: 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage',
  })
  await ask('TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 })
  await box.waitFor(() => heardOf('MeterValues').some((h) => JSON.stringify(h.params).includes('Trigger')), 'the triggered sample')
  const { params } = heardOf('MeterValues').find((h) => JSON.stringify(h.params).includes('Trigger'))!
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
  const { chargingSchedule } = await ask('GetCompositeSchedule', { connectorId: 1, duration: 600, chargingRateUnit: 'A' })
  expect(chargingSchedule).toMatchObject({ chargingSchedulePeriod: [{ startPeriod: 0, limit: 30, numberPhases: 1 }] })
})

test('a message that the model lacks is answered with NotSupported', async () => {
  const charger = await online({ model: { lacks: ['ReserveNow'] } })
  const reserve = () => ask('ReserveNow', { connectorId: 1, expiryDate: '2026-03-11T00:00:00Z', idTag: 'VAN7', reservationId: 1 })
  await expect(reserve()).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' })
  charger.fault('whitepaperUnknown')
  const getLog = { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'http://127.0.0.1/x' } }
  await expect(ask('GetLog', getLog)).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' })
})
