import { expect, test } from 'vitest'
import { hours } from '#lib/time/instant.ts'
import { portViews } from '../live/views.ts'
import { type Answers, type At, ago, start, world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { reservationsView } from './reservations-view.ts'

// Reservations over real sockets: OCPP 1.6 §5.13 and §5.1.

const w = await world(22)
const { prisma } = w
type Reserved = { id: number | null; outcome: string; detail: string }

const SETTINGS = {
  SupportedFeatureProfiles: 'Core,Reservation,SmartCharging',
  ReserveConnectorZeroSupported: 'true',
  NumberOfConnectors: '2',
}
async function charger(answers: Answers = {}, settings: Record<string, string> = SETTINGS): Promise<At> {
  const configurationKey = Object.entries(settings).map(([key, value]) => ({ key, value, readonly: true }))
  const at = await w.charger({ GetConfiguration: () => ({ configurationKey, unknownKey: [] }), ...answers })
  await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
  await until(async () => (await w.row(at.id)).commissionedAt)
  await says(at, 'Available')
  return at
}
const says = (at: At, status: string, port = 1) =>
  at.say('StatusNotification', {
    connectorId: port,
    errorCode: status === 'Faulted' ? 'GroundFailure' : 'NoError',
    status,
    timestamp: new Date().toISOString(),
  })
const inAnHour = () => Date.now() + hours(1)
const reserve = (at: At, more: Record<string, unknown> = {}) =>
  w.verb<Reserved>('reserve', { chargerId: at.id, port: 1, vehicleId: 'v2', until: inAnHour(), ...more })
const cancel = (id: number | null) => w.verb<Reserved>('cancelReservation', { id })
const row = (id: number | null) => prisma.reservation.findUniqueOrThrow({ where: { id: id! } })
const frames = (at: At, action: string) => at.asked.filter(({ method }) => method === action).map(({ params }) => params)
const seen = async (at: At) => (await portViews(getRuntime(), [at.port]))[0]!

test('a port is kept for a vehicle’s card; the board says for whom and until when; its start uses it', async () => {
  const at = await charger()
  expect((await seen(at)).act).toMatchObject({ kind: 'reserve' })
  const { id, outcome } = await reserve(at)
  expect(outcome).toBe('accepted')
  expect(frames(at, 'ReserveNow')).toEqual([{ connectorId: 1, expiryDate: expect.any(String), idTag: 'CARD1', reservationId: id }])
  await says(at, 'Reserved')
  await until(async () => (await seen(at)).word.startsWith('Reserved for v2 until '))
  expect(await seen(at)).toMatchObject({ mark: 'standby', act: { kind: 'cancelReservation' }, reservation: { id, whom: 'v2' } })
  const { transactionId } = await start(at, { idTag: 'card1', reservationId: id, timestamp: new Date().toISOString() })
  expect(await row(id)).toMatchObject({ state: 'used', sessionId: transactionId })
  expect((await w.session(transactionId)).flags).toEqual([])
  expect((await reservationsView(getRuntime(), 'd', at.id))[0]).toMatchObject({
    id,
    state: 'used',
    words: 'v2 came and charged.',
    open: false,
  })
  expect(await prisma.chargeRequest.findFirstOrThrow({ where: { sessionId: transactionId } })).toMatchObject({ source: 'reservation' })
  // the same start again adds nothing
  await w.journal('reservation.used', `charger:${at.id}`)
  expect(await w.journal('reservation.used', `charger:${at.id}`)).toHaveLength(1)
})

test.each([
  ['Occupied', 'The port is occupied or reserved already.'],
  ['Faulted', 'The port reports a fault.'],
  ['Unavailable', 'The port is out of service.'],
  ['Rejected', 'The charger is not set to take reservations.'],
])('%s is told for what it means, and keeps nothing', async (status, words) => {
  const at = await charger({ ReserveNow: () => ({ status }) })
  const { id, outcome, detail } = await reserve(at)
  expect([outcome, detail.startsWith(words)]).toEqual(['refused', true])
  expect(await row(id)).toMatchObject({ state: 'refused', reason: detail, endedAt: expect.any(Date) })
  expect((await seen(at)).reservation).toBeNull()
})

test('what cannot be is refused before anything leaves', async () => {
  const none = await charger({}, { SupportedFeatureProfiles: 'Core,SmartCharging', NumberOfConnectors: '2' })
  expect(await reserve(none)).toMatchObject({ outcome: 'refused', detail: 'The charger does not know reservations.' })
  expect((await seen(none)).act).toBeNull()
  const single = await charger({}, { ...SETTINGS, ReserveConnectorZeroSupported: 'false' })
  expect(await reserve(single, { port: 0 })).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('choose a port') })
  await expect(reserve(single, { vehicleId: undefined, idTag: 'LOST' })).rejects.toThrow('The card LOST is blocked')
  await expect(reserve(single, { vehicleId: undefined, idTag: 'NOBODY' })).rejects.toThrow('There is no card')
  await expect(reserve(single, { vehicleId: 'v1', idTag: 'CARD1' })).rejects.toThrow('The card CARD1 is not this vehicle’s')
  await expect(reserve(single, { until: Date.now() - 1 })).rejects.toThrow('Until a moment')
  await expect(reserve(single, { port: 7 })).rejects.toThrow('There is no port')
  expect([...frames(none, 'ReserveNow'), ...frames(single, 'ReserveNow')]).toEqual([])
  await single.client.close({ force: true })
  await until(() => !getRuntime().links.online(single.id))
  expect(await reserve(single)).toMatchObject({ outcome: 'offline' })
})

test('a silent charger may keep the port: it is cancelled when it answers again', async () => {
  const silent = { ReserveNow: () => new Promise(() => {}) }
  const at = await charger(silent)
  const asked = reserve(at)
  await at.hears('ReserveNow')
  // the socket dies before the answer
  await at.client.close({ force: true })
  const { id, outcome, detail } = await asked
  expect([outcome, detail]).toEqual(['timeout', expect.stringContaining('it may keep the port')])
  expect((await row(id)).state).toBe('unknown')
  const back = await w.connect(at.identity, silent)
  await until(async () => (await row(id)).state === 'cancelled', 15_000)
  expect(frames(back, 'CancelReservation')).toEqual([{ reservationId: id }])
}, 20_000)

test('cancelled: by the charger’s word, also where it knew nothing of it; one that is away is told when it is back', async () => {
  let says = 'Accepted'
  const at = await charger({ CancelReservation: () => ({ status: says }) })
  const first = await reserve(at)
  expect(await cancel(first.id)).toMatchObject({ outcome: 'accepted' })
  expect(await row(first.id)).toMatchObject({ state: 'cancelled', reason: null })
  await expect(cancel(first.id)).rejects.toThrow('over already')
  says = 'Rejected'
  const second = await reserve(at)
  expect(await cancel(second.id)).toMatchObject({ outcome: 'accepted', detail: 'The charger did not know it any more.' })
  says = 'Accepted'
  const third = await reserve(at)
  await at.client.close({ force: true })
  await until(() => !getRuntime().links.online(at.id))
  expect(await cancel(third.id)).toMatchObject({ outcome: 'offline' })
  expect((await row(third.id)).state).toBe('unknown')
  const back = await w.connect(at.identity)
  await until(async () => (await row(third.id)).state === 'cancelled', 15_000)
  expect(frames(back, 'CancelReservation')).toHaveLength(1)
}, 20_000)

test('one a port; the same number again takes the place of what it was, and a refusal leaves that as it was', async () => {
  let answer = 'Accepted'
  const at = await charger({ ReserveNow: () => ({ status: answer }) })
  const { id } = await reserve(at)
  await expect(reserve(at, { vehicleId: 'v1' })).rejects.toThrow('It is reserved for CARD1 already')
  const later = Date.now() + hours(3)
  expect(await reserve(at, { replaces: id, until: later })).toMatchObject({ id, outcome: 'accepted' })
  expect(frames(at, 'ReserveNow').map(({ reservationId }) => reservationId)).toEqual([id, id])
  expect((await row(id)).expiresAt.getTime()).toBe(later)
  answer = 'Rejected'
  expect(await reserve(at, { replaces: id, until: Date.now() + hours(5) })).toMatchObject({ outcome: 'refused' })
  expect(await row(id)).toMatchObject({ state: 'accepted', expiresAt: new Date(later) })
})

test('a start by another card is for review, and the port is not kept any more; a card of the same group may', async () => {
  await prisma.token.createMany({
    data: ['NIGHT1', 'NIGHT2'].map((idTag) => ({ id: idTag, depotId: 'd', idTag, kind: 'rfid', parentIdTag: 'NIGHT' })),
  })
  const at = await charger()
  const kept = await reserve(at, { vehicleId: undefined, idTag: 'NIGHT1' })
  expect(frames(at, 'ReserveNow')[0]).toMatchObject({ idTag: 'NIGHT1', parentIdTag: 'NIGHT' })
  const mate = await start(at, { idTag: 'NIGHT2', timestamp: new Date().toISOString() })
  expect(await row(kept.id)).toMatchObject({ state: 'used', sessionId: mate.transactionId })
  const other = await reserve(at, { port: 2 })
  const { transactionId } = await start(at, { connectorId: 2, idTag: 'NIGHT1', timestamp: new Date().toISOString() })
  expect(await row(other.id)).toMatchObject({ state: 'cancelled', reason: expect.stringContaining('Another card') })
  expect((await w.session(transactionId)).flags).toContain('reservedForOther')
  expect(await w.journal('review.reservedForOther', `session:${transactionId}`)).toHaveLength(1)
  // a number that nobody gave out
  const odd = await charger()
  const named = await start(odd, { reservationId: 999_999, timestamp: new Date().toISOString() })
  expect((await w.session(named.transactionId)).flags).toContain('unknownReservation')
  // what began before it was made has nothing to do with it
  const late = await charger()
  const mine = await reserve(late)
  const before = await start(late, { timestamp: ago(hours(2)) })
  expect((await w.session(before.transactionId)).flags).not.toContain('reservedForOther')
  expect((await row(mine.id)).state).toBe('accepted')
})

test('any port: kept for whoever starts at one of them', async () => {
  const at = await charger()
  const { id } = await reserve(at, { port: 0 })
  expect(frames(at, 'ReserveNow')[0]).toMatchObject({ connectorId: 0 })
  const { transactionId } = await start(at, { connectorId: 2, idTag: 'CARD1', timestamp: new Date().toISOString() })
  expect(await row(id)).toMatchObject({ state: 'used', sessionId: transactionId })
})

test('it ends by its time, by a fault, and when the charger frees the port', async () => {
  const at = await charger()
  const { id } = await reserve(at)
  await prisma.reservation.update({ where: { id: id! }, data: { expiresAt: new Date(Date.now() - 1) } })
  await until(async () => (await row(id)).state === 'expired', 15_000)
  expect((await reservationsView(getRuntime(), 'd', at.id))[0]!.words).toMatch(/^v2 did not come until /)
  const faulty = await reserve(at)
  await says(at, 'Reserved')
  await says(at, 'Faulted')
  await until(async () => (await row(faulty.id)).state === 'cancelled')
  await says(at, 'Available')
  const freed = await reserve(at)
  await says(at, 'Available')
  expect((await row(freed.id)).state).toBe('accepted')
  await says(at, 'Reserved')
  await says(at, 'Available')
  await until(async () => (await row(freed.id)).state === 'cancelled')
  expect((await row(freed.id)).reason).toContain('by itself')
}, 25_000)

test('a raw ReserveNow or CancelReservation keeps the books too; the same number of another charger is not ours to change', async () => {
  const at = await charger()
  const raw = (to: At, action: string, payload: Record<string, unknown>) => w.verb('sendCall', { chargerId: to.id, action, payload })
  const payload = { connectorId: 1, expiryDate: new Date(inAnHour()).toISOString(), idTag: 'card1', reservationId: 5000 }
  await raw(at, 'ReserveNow', payload)
  expect(await row(5000)).toMatchObject({ state: 'accepted', chargerId: at.id, idTag: 'CARD1', vehicleId: 'v2' })
  const other = await charger()
  await raw(other, 'ReserveNow', payload)
  expect(await row(5000)).toMatchObject({ chargerId: at.id })
  expect(await w.journal('review.reservationNumber', `charger:${other.id}`)).toHaveLength(1)
  await raw(at, 'CancelReservation', { reservationId: 5000 })
  expect(await row(5000)).toMatchObject({ state: 'cancelled' })
  // ours go on above a number that somebody chose
  expect((await reserve(at)).id).toBeGreaterThan(5000)
})
