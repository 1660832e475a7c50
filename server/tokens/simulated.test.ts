import { afterAll, expect, test } from 'vitest'
import { hours } from '#lib/time/instant.ts'
import { makeClock } from '../clock.ts'
import { setOfflinePolicy } from '../configuration/set-rules.ts'
import { world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { type Charger, startCharger } from '../simulator/charger.ts'
import { fixedLoad } from '../simulator/vehicle.ts'
import { changeToken } from './change-token.ts'
import { addCard } from './test-card.ts'

// The simulator was written from the text of OCPP alone: what it keeps of our lists and reservations decides who charges at it.

const w = await world(4)
const anna = { depotId: 'd', actor: 'user:anna' }
const running: Charger[] = []
afterAll(() => {
  for (const charger of running) charger.close()
})

async function online(identity: string): Promise<Charger> {
  const charger = startCharger({
    url: `ws://127.0.0.1:${w.ocppPort}/ocpp`,
    identity,
    password: w.keys.get(identity)!,
    ports: 2,
    clock: makeClock(),
    backoffMs: { min: 20, max: 100 },
  })
  running.push(charger)
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
  return charger
}
const upToDate = (charger: Charger) =>
  until(
    async () => charger.memory.localList.version === (await w.prisma.depot.findUniqueOrThrow({ where: { id: 'd' } })).localListVersion,
    15_000,
  )
/** Shows a card offline; what it may not start it does not start. */
async function starts(charger: Charger, idTag: string): Promise<boolean> {
  charger.fault('offlineHour')
  charger.plug(fixedLoad(7_200))
  await charger.swipe(idTag)
  const began = charger.transaction() !== undefined
  charger.unplug()
  charger.fault('offlineHour', false)
  await until(() => getRuntime().links.online('c1'), 15_000)
  return began
}

test('offline: a card that was just added charges, a blocked and an unknown one do not; anyone may where the depot says so', async () => {
  const charger = await online('C1')
  const { id } = await addCard('FRESH')
  await upToDate(charger)
  expect(await starts(charger, 'FRESH')).toBe(true)
  expect(await starts(charger, 'NOBODY')).toBe(false)
  await changeToken(getRuntime(), anna, id, { status: 'blocked' })
  await upToDate(charger)
  expect(await starts(charger, 'FRESH')).toBe(false)
  await setOfflinePolicy(getRuntime(), anna, 'anyone')
  await until(() => charger.memory.configuration.AllowOfflineTxForUnknownId === 'true')
  expect(await starts(charger, 'NOBODY')).toBe(true)
  expect(await starts(charger, 'FRESH')).toBe(false)
  await setOfflinePolicy(getRuntime(), anna, 'nobody')
  // the policy is several keys, told one after the other
  const { configuration } = charger.memory
  await until(() => configuration.LocalAuthorizeOffline === 'false' && configuration.AllowOfflineTxForUnknownId === 'false')
  expect(await starts(charger, 'CARD1')).toBe(false)
  await setOfflinePolicy(getRuntime(), anna, 'known')
}, 90_000)

test('a reserved port is not for another card; the one it is kept for uses it, by its number', async () => {
  const charger = await online('C2')
  await until(async () => (await w.row('c2')).commissionedAt)
  const told = await w.verb<{ id: number; outcome: string }>('reserve', {
    chargerId: 'c2',
    port: 1,
    vehicleId: 'v2',
    until: Date.now() + hours(1),
  })
  expect(told.outcome).toBe('accepted')
  await until(async () => (await w.portRow('c2-1')).status === 'reserved')
  charger.plug(fixedLoad(7_200))
  await charger.swipe('CENTRAL')
  expect(charger.transaction()).toBeUndefined()
  await charger.swipe('CARD1')
  await charger.waitFor(() => charger.transaction()?.transactionId, 'the start')
  expect(await w.prisma.reservation.findUniqueOrThrow({ where: { id: told.id } })).toMatchObject({
    state: 'used',
    sessionId: charger.transaction()!.transactionId,
  })
}, 60_000)
