import { expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { makeClock } from '#server/clock.ts'
import { charging16 } from './charger-for-tests.ts'
import { fixedLoad } from './vehicle.ts'

// Without a network: what is known, what is kept, what is delivered.

const { world, make, online, charging, ask, setProfile, heardOf } = charging16(20_115)

test('what happened without a network arrives later, in order, with the device time, once', async () => {
  const charger = await charging()
  charger.fault('offlineHour')
  charger.unplug()
  charger.plug(fixedLoad(7_200))
  // known from the cache: LocalAuthorizeOffline
  await charger.swipe('VAN7')
  expect(charger.transaction()?.transactionId).toBeUndefined()
  await charger.waitFor(() => charger.meterWh() > 100, 'some energy')
  charger.unplug()
  const offlineUntil = world.clock.now()
  charger.fault('offlineHour', false)
  await charger.waitFor(() => heardOf('StopTransaction').length === 2, 'both stops')

  const heard = world.central.heard.filter((h) => /Transaction|MeterValues/.test(h.action)).map((h) => h.action)
  const short = heard.filter((action, i) => action !== heard[i - 1])
  expect(short.join(' ')).toMatch(/^StartTransaction( MeterValues)? StopTransaction StartTransaction( MeterValues)? StopTransaction$/)
  const [, second] = heardOf('StartTransaction')
  expect(instant(String(second!.params.timestamp))).toBeLessThan(offlineUntil)
  expect(heardOf('StopTransaction').map((h) => h.params.transactionId)).toEqual([101, 102])
  expect(heardOf('BootNotification'), 'a reconnect is no boot').toHaveLength(1)
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
  world.central.manners.before = async ({ action }) => {
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

test('a TxProfile is obeyed on without a network, for its transaction; the next one gets the default (§3.13.6)', async () => {
  const charger = await charging()
  await setProfile(10, 'TxDefaultProfile', 1, 1)
  await setProfile(30, 'TxProfile', 1, 2)
  charger.fault('offlineHour')
  await charger.waitFor(() => charger.powerW() === 7_200, 'the TxProfile')
  charger.unplug()
  charger.plug(fixedLoad(19_200))
  await charger.swipe('VAN7')
  await charger.waitFor(() => charger.powerW() === 2_400, 'the default')
})

test('a Start that is answered with an error three times is given up, and its Stop carries transactionId -1', async () => {
  world.central.manners.before = ({ action }) => {
    if (action === 'StartTransaction') throw new Error('the database is gone')
  }
  const charger = await online()
  charger.plug(fixedLoad(7_200))
  await charger.swipe('VAN7')
  charger.unplug()
  await charger.waitFor(() => heardOf('StopTransaction').length === 1, 'the stop')
  expect(heardOf('StartTransaction')).toHaveLength(3)
  expect(heardOf('StopTransaction')[0]?.params.transactionId).toBe(-1)
})

test('too much to keep: samples go first, never a Start or a Stop', async () => {
  const charger = make()
  charger.memory.configuration.AllowOfflineTxForUnknownId = 'true'
  charger.plug(fixedLoad(7_200))
  await charger.swipe('VAN7')
  charger.memory.configuration.MeterValueSampleInterval = '1'
  const { queue } = charger.memory
  const sample = () => ({ ...queue[0]!, id: 'x', action: 'MeterValues' })
  while (queue.length < 2_000) queue.push(sample())
  charger.unplug()
  expect(queue).toHaveLength(2_000)
  expect([queue[0]?.action, queue.at(-1)?.action]).toEqual(['StartTransaction', 'StopTransaction'])
})

test('a tag from the list that was sent needs no network', async () => {
  const charger = await online()
  const list = [
    { idTag: 'VAN7', idTagInfo: { status: 'Accepted' } },
    { idTag: 'LOST', idTagInfo: { status: 'Blocked' } },
  ]
  expect(await ask('SendLocalList', { listVersion: 3, updateType: 'Full', localAuthorizationList: list })).toEqual({ status: 'Accepted' })
  expect(await ask('GetLocalListVersion', {})).toEqual({ listVersion: 3 })
  charger.fault('offlineHour')
  charger.plug(fixedLoad(7_200))
  await charger.swipe('LOST')
  expect(charger.transaction()).toBeUndefined()
  await charger.swipe('VAN7')
  expect(charger.transaction()).toMatchObject({ idTag: 'VAN7' })
})
