import { expect, test } from 'vitest'
import { charging16, profile } from './charger-for-tests.ts'
import { fixedLoad } from './vehicle.ts'

// A charger that does what it should.

const { world, make, online, charging, ask, setProfile, heardOf } = charging16(20_100)

test('boots, authorises, starts, meters, obeys its limit and stops; nothing it says breaks the 1.6 schemas', async () => {
  const charger = await charging()
  expect(await setProfile(30)).toEqual({ status: 'Accepted' })
  expect(charger.limitW()).toBe(7_200)
  await charger.waitFor(() => charger.powerW() === 7_200, 'the limit to be obeyed')
  const samples = heardOf('MeterValues').length
  await charger.waitFor(() => heardOf('MeterValues').length > samples, 'a sample')
  charger.unplug()
  await charger.waitFor(() => heardOf('StopTransaction').length === 1, 'the stop')

  const actions = [...new Set(world.central.heard.map((h) => h.action))]
  expect(actions).toEqual(['BootNotification', 'StatusNotification', 'Authorize', 'StartTransaction', 'MeterValues', 'StopTransaction'])
  const [stop] = heardOf('StopTransaction')
  expect(stop?.params).toMatchObject({ transactionId: 101, reason: 'EVDisconnected' })
  expect(stop?.params.meterStop).toBe(Math.round(charger.meterWh()))
  expect(charger.status()).toBe('Available')
  expect(charger.limit().because, 'the TxProfile died with its transaction').toBe('nameplate')
  expect(world.central.bad).toEqual([])
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
  await charger.waitFor(() => heardOf('StatusNotification').at(-1)?.params.status === 'Available', 'the last status')
  const told = heardOf('StatusNotification').filter((h) => h.params.connectorId === 1)
  const distinct = told.map((h) => h.params.status).filter((status, i, all) => status !== all[i - 1])
  expect(distinct).toEqual(['Available', 'Preparing', 'SuspendedEVSE', 'Charging', 'SuspendedEVSE', 'Charging', 'Finishing', 'Available'])
  expect(heardOf('StopTransaction')[0]?.params).toMatchObject({ reason: 'Local', idTag: 'VAN7' })
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
  charger.memory.password = world.central.password
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
})

test('pending: says nothing but BootNotification until it is accepted, after the interval', async () => {
  const answers: ('Pending' | 'Accepted')[] = ['Pending', 'Pending', 'Accepted']
  world.central.manners.boot = () => ({ status: answers.shift() ?? 'Accepted', interval: 30 })
  const charger = make()
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Pending')
  charger.plug(fixedLoad(7_000))
  expect(await ask('GetConfiguration', { key: ['NumberOfConnectors'] })).toMatchObject({ configurationKey: [{ value: '1' }] })
  expect(await ask('RemoteStartTransaction', { idTag: 'VAN7' })).toEqual({ status: 'Rejected' })
  await charger.waitFor(() => charger.registration() === 'Accepted')
  const boots = charger.sentCalls('BootNotification')
  expect(boots).toHaveLength(3)
  expect(boots[1]!.at - boots[0]!.at).toBeGreaterThanOrEqual(27_000)
  expect(charger.memory.configuration.HeartbeatInterval).toBe('30')
  await charger.waitFor(() => heardOf('Heartbeat').length > 0, 'a heartbeat after the interval')
  expect(world.central.heard.slice(0, 3).map((h) => h.action)).toEqual(Array(3).fill('BootNotification'))
})

test('rejected: serves nobody, and asks again after the interval', async () => {
  const answers: ('Rejected' | 'Accepted')[] = ['Rejected', 'Accepted']
  world.central.manners.boot = () => ({ status: answers.shift() ?? 'Accepted', interval: 60 })
  const charger = make()
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Rejected')
  charger.plug(fixedLoad(7_000))
  await charger.swipe('VAN7')
  const unanswered = ask('GetConfiguration', {}).catch(() => 'no answer')
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the second boot')
  const boots = charger.sentCalls('BootNotification')
  expect(boots).toHaveLength(2)
  expect(boots[1]!.at - boots[0]!.at).toBeGreaterThanOrEqual(57_000)
  expect(await unanswered).toBe('no answer')
  expect(charger.transaction()).toBeUndefined()
})

test('a tag that is not accepted starts nothing', async () => {
  world.central.manners.tag = () => 'Blocked'
  const charger = await online()
  charger.plug(fixedLoad(7_000))
  await charger.swipe('STRANGER')
  expect(charger.transaction()).toBeUndefined()
  expect(heardOf('StartTransaction')).toEqual([])
})

test('remote start waits for the cable, remote stop ends', async () => {
  const charger = await online({ ports: 2 })
  const request = { idTag: 'VAN7', connectorId: 2, chargingProfile: { ...profile(10), chargingProfileKind: 'Relative' } }
  expect(await ask('RemoteStartTransaction', request)).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => charger.status(2) === 'Preparing')
  charger.plug(fixedLoad(19_200), 2)
  await charger.waitFor(() => charger.powerW(2) === 2_400, 'the profile that came with the start')
  await charger.waitFor(() => charger.transaction(2)?.transactionId)
  expect(await ask('RemoteStopTransaction', { transactionId: 101 })).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => heardOf('StopTransaction').length === 1)
  expect(heardOf('StopTransaction')[0]?.params.reason).toBe('Remote')
  expect(await ask('RemoteStopTransaction', { transactionId: 101 })).toEqual({ status: 'Rejected' })
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

test('a tag that turns out invalid when the transaction starts: it is stopped (StopTransactionOnInvalidId)', async () => {
  const charger = await online()
  charger.memory.configuration.LocalPreAuthorize = 'true'
  charger.memory.cache.VAN7 = { status: 'Accepted' }
  world.central.manners.tag = () => 'Blocked'
  charger.plug(fixedLoad(7_000))
  await charger.swipe('VAN7')
  await charger.waitFor(() => heardOf('StopTransaction').length === 1, 'the stop')
  expect(heardOf('Authorize'), 'known from the cache').toEqual([])
  expect(heardOf('StopTransaction')[0]?.params.reason).toBe('DeAuthorized')
})

test('a tag shown before the cable waits for it, but not longer than ConnectionTimeOut', async () => {
  const charger = await online()
  charger.memory.configuration.ConnectionTimeOut = '20'
  await charger.swipe('VAN7')
  expect(charger.status()).toBe('Preparing')
  await charger.waitFor(() => charger.status() === 'Available', 'the time-out')
  charger.plug(fixedLoad(7_000))
  expect(charger.transaction()).toBeUndefined()
  await charger.swipe('VAN7')
  expect(charger.transaction()).toBeDefined()
})
