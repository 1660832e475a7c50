import { expect, test } from 'vitest'
import { charging16, profile } from './charger-for-tests.ts'
import type { Payload } from './frame.ts'
import { fixedLoad } from './vehicle.ts'

// How models bend smart charging, fault by fault.

const { online, charging, ask, setProfile, heardOf } = charging16(22_540)

const withPeriods = (...amps: number[]): Payload => {
  const one = profile(amps[0]!, 'TxDefaultProfile')
  const chargingSchedulePeriod = amps.map((limit, i) => ({ startPeriod: i * 600, limit, numberPhases: 1 }))
  return { ...one, chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod } }
}
const put = (csChargingProfiles: Payload, connectorId = 1) => ask('SetChargingProfile', { connectorId, csChargingProfiles })
const periods = async () => {
  const { chargingSchedule } = await ask('GetCompositeSchedule', { connectorId: 1, duration: 3_600, chargingRateUnit: 'A' })
  return (chargingSchedule as { chargingSchedulePeriod: { limit: number }[] }).chargingSchedulePeriod.map(({ limit }) => limit)
}
const told = async (key: string) => {
  const { configurationKey } = await ask('GetConfiguration', { key: [key] })
  return (configurationKey as { value: string }[])[0]?.value
}
const inUnit = (unit: 'A' | 'W', limit: number): Payload => ({
  ...profile(1, 'TxDefaultProfile'),
  chargingSchedule: { chargingRateUnit: unit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
})

test('onePeriodOnly says so and refuses more; keepsFirstPeriodOnly takes them all and forgets', async () => {
  const charger = await online()
  charger.fault('onePeriodOnly')
  expect(await told('ChargingScheduleMaxPeriods')).toBe('1')
  expect(await put(withPeriods(8, 6))).toEqual({ status: 'Rejected' })
  charger.fault('onePeriodOnly', false)
  charger.fault('keepsFirstPeriodOnly')
  expect(await told('ChargingScheduleMaxPeriods')).toBe('96')
  expect(await put(withPeriods(8, 6))).toEqual({ status: 'Accepted' })
  expect(await periods()).toEqual([8])
  charger.fault('keepsFirstPeriodOnly', false)
  await put(withPeriods(8, 6))
  expect(await periods()).toEqual([8, 6])
})

test('wattsOnly, ampsOnly, refusesZero, stackLevelZeroOnly, minimum7A refuse what their names say', async () => {
  const charger = await online()
  const under = async (fault: Parameters<typeof charger.fault>[0], ...all: Payload[]) => {
    charger.fault(fault)
    const answers: unknown[] = []
    for (const one of all) answers.push((await put(one)).status)
    charger.fault(fault, false)
    return answers
  }
  expect(await under('wattsOnly', inUnit('A', 8), inUnit('W', 1_920))).toEqual(['Rejected', 'Accepted'])
  expect(await under('ampsOnly', inUnit('A', 8), inUnit('W', 1_920))).toEqual(['Accepted', 'Rejected'])
  expect(await under('refusesZero', inUnit('A', 0), inUnit('A', 6))).toEqual(['Rejected', 'Accepted'])
  expect(await under('stackLevelZeroOnly', { ...inUnit('A', 6), stackLevel: 1 }, inUnit('A', 6))).toEqual(['Rejected', 'Accepted'])
  expect(await under('minimum7A', inUnit('A', 6), inUnit('A', 7), inUnit('A', 0))).toEqual(['Rejected', 'Accepted', 'Accepted'])
})

test('noSmartCharging knows no profiles, and does not claim to', async () => {
  const charger = await online()
  charger.fault('noSmartCharging')
  expect(await told('SupportedFeatureProfiles')).not.toContain('SmartCharging')
  await expect(put(inUnit('A', 8))).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' })
})

test('losesProfilesOnReboot: the profile is gone, the rest is kept', async () => {
  const charger = await online()
  charger.fault('losesProfilesOnReboot')
  await setProfile(10, 'TxDefaultProfile')
  await ask('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '15' })
  await ask('Reset', { type: 'Soft' })
  await charger.waitFor(() => heardOf('BootNotification').length === 2 && charger.registration() === 'Accepted', 'the boot')
  expect(charger.limitW()).toBe(19_200)
  expect(charger.memory.configuration.MeterValueSampleInterval).toBe('15')
})

test('splitsMaxProfileOverConnectors: half for a lone vehicle at two ports', async () => {
  const charger = await charging({ ports: 2 })
  await setProfile(40, 'ChargePointMaxProfile', 0)
  await charger.waitFor(() => charger.powerW() === 9_600, 'all of it')
  charger.fault('splitsMaxProfileOverConnectors')
  await charger.waitFor(() => charger.powerW() === 4_800, 'its half')
  charger.plug(fixedLoad(19_200), 2)
  await charger.swipe('VAN8', 2)
  await charger.waitFor(() => charger.powerW(2) === 4_800, 'the other half')
})
