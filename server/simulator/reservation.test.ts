import { expect, test } from 'vitest'
import { charging16 } from './charger-for-tests.ts'
import { fixedLoad } from './vehicle.ts'

// Reservations (§5.13, §5.2) and the local list (§5.15, §3.5).

const { world, online, ask, heardOf } = charging16(22_530)
const reserve = (change: Record<string, unknown> = {}) =>
  ask('ReserveNow', {
    connectorId: 1,
    expiryDate: new Date(world.clock.now() + 600_000).toISOString(),
    idTag: 'VAN7',
    reservationId: 5,
    ...change,
  })

test('a reserved port waits for its tag, which uses the reservation up', async () => {
  const charger = await online()
  expect(await reserve()).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => charger.status() === 'Reserved')
  await charger.swipe('VAN8')
  expect(charger.status(), 'not for others').toBe('Reserved')
  expect(await ask('RemoteStartTransaction', { idTag: 'VAN8', connectorId: 1 })).toEqual({ status: 'Rejected' })
  charger.plug(fixedLoad(7_000))
  await charger.swipe('VAN7')
  await charger.waitFor(() => heardOf('StartTransaction').length === 1, 'the start')
  expect(heardOf('StartTransaction')[0]?.params).toMatchObject({ idTag: 'VAN7', reservationId: 5 })
  expect(await ask('CancelReservation', { reservationId: 5 }), 'used').toEqual({ status: 'Rejected' })
})

test('one of the same group may use it', async () => {
  world.central.manners.group = (tag) => (tag.startsWith('VAN') ? 'FLEET' : undefined)
  const charger = await online()
  await reserve({ parentIdTag: 'FLEET' })
  charger.plug(fixedLoad(7_000))
  await charger.swipe('GUEST')
  expect(charger.transaction()).toBeUndefined()
  await charger.swipe('VAN8')
  await charger.waitFor(() => heardOf('StartTransaction').length === 1)
  expect(heardOf('StartTransaction')[0]?.params).toMatchObject({ idTag: 'VAN8', reservationId: 5 })
})

test('cancelled, expired, or replaced under the same id', async () => {
  const charger = await online()
  await reserve()
  await charger.waitFor(() => charger.status() === 'Reserved')
  expect(await reserve({ reservationId: 6 })).toEqual({ status: 'Occupied' })
  expect(await reserve({ idTag: 'VAN9' })).toEqual({ status: 'Accepted' })
  expect(charger.memory.reservations).toHaveLength(1)
  expect(await ask('CancelReservation', { reservationId: 5 })).toEqual({ status: 'Accepted' })
  await charger.waitFor(() => charger.status() === 'Available', 'free again')
  await reserve({ expiryDate: new Date(world.clock.now() + 20_000).toISOString() })
  await charger.waitFor(() => charger.status() === 'Reserved')
  await charger.waitFor(() => charger.status() === 'Available', 'the time is over')
})

test('the charger as a whole: the last free port is kept', async () => {
  const charger = await online({ ports: 2 })
  expect(await reserve({ connectorId: 0 })).toEqual({ status: 'Accepted' })
  charger.plug(fixedLoad(7_000), 1)
  await charger.swipe('VAN1', 1)
  await charger.waitFor(() => charger.transaction(1))
  charger.plug(fixedLoad(7_000), 2)
  await charger.swipe('VAN2', 2)
  expect(charger.transaction(2), 'kept for VAN7').toBeUndefined()
  await charger.swipe('VAN7', 2)
  await charger.waitFor(() => heardOf('StartTransaction').some((h) => h.params.reservationId === 5), 'VAN7 comes')
})

test.each([
  ['groundFault', 'Faulted'],
  ['inoperative', 'Unavailable'],
] as const)('%s: %s', async (state, status) => {
  const charger = await online()
  if (state === 'inoperative') await ask('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })
  else charger.fault(state)
  await charger.waitFor(() => charger.status() === status)
  expect(await reserve()).toEqual({ status })
  expect(await reserve({ connectorId: 9 })).toEqual({ status: 'Rejected' })
})

const list = (listVersion: number, updateType: string, ...entries: [string, string?][]) =>
  ask('SendLocalList', {
    listVersion,
    updateType,
    localAuthorizationList: entries.map(([idTag, status]) => ({ idTag, ...(status && { idTagInfo: { status } }) })),
  })

test('the list: full, differential, removed, wrong version, twice the same, too long, switched off', async () => {
  const charger = await online()
  expect(await list(3, 'Full', ['VAN1', 'Accepted'], ['VAN2', 'Accepted'])).toEqual({ status: 'Accepted' })
  expect(await list(3, 'Differential', ['VAN3', 'Accepted'])).toEqual({ status: 'VersionMismatch' })
  expect(await list(4, 'Differential', ['VAN3', 'Accepted'], ['VAN1'])).toEqual({ status: 'Accepted' })
  expect(Object.keys(charger.memory.localList.tags).sort()).toEqual(['VAN2', 'VAN3'])
  expect(await list(5, 'Full', ['VAN1', 'Accepted'], ['VAN1', 'Blocked'])).toEqual({ status: 'Failed' })
  expect(await list(5, 'Full', ['VAN1'])).toEqual({ status: 'Failed' })
  const many = Array.from({ length: 201 }, (_, i): [string, string] => [`TAG${i}`, 'Accepted'])
  expect(await list(5, 'Full', ...many)).toEqual({ status: 'Failed' })
  expect(await ask('GetLocalListVersion', {})).toEqual({ listVersion: 4 })
  await ask('ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'false' })
  expect(await list(6, 'Full')).toEqual({ status: 'NotSupported' })
  expect(await ask('GetLocalListVersion', {})).toEqual({ listVersion: -1 })
  await ask('ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'true' })
  charger.fault('listFull')
  expect(await list(6, 'Full')).toEqual({ status: 'Failed' })
})

test('the list is stronger than the cache; the cache can be cleared, unless there is none', async () => {
  const charger = await online()
  charger.memory.cache.VAN7 = { status: 'Accepted' }
  await list(1, 'Full', ['VAN7', 'Blocked'])
  charger.fault('offline')
  charger.plug(fixedLoad(7_000))
  await charger.swipe('VAN7')
  expect(charger.transaction()).toBeUndefined()
  charger.memory.configuration.LocalAuthListEnabled = 'false'
  await charger.swipe('VAN7')
  expect(charger.transaction()).toBeDefined()
  charger.fault('offline', false)
  await charger.waitFor(() => charger.registration() === 'Accepted')
  expect(await ask('ClearCache', {})).toEqual({ status: 'Accepted' })
  expect(charger.memory.cache.VAN7).toBeUndefined()
  await ask('ChangeConfiguration', { key: 'AuthorizationCacheEnabled', value: 'false' })
  expect(await ask('ClearCache', {})).toEqual({ status: 'Rejected' })
})

test('a jammed lock does not open', async () => {
  const charger = await online()
  charger.fault('lockJammed')
  expect(await ask('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'UnlockFailed' })
})
