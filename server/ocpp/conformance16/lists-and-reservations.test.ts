import { describe, expect, test } from 'vitest'
import { getRuntime } from '../../runtime.ts'
import { addToken, changeToken } from '../../tokens/change-token.ts'
import { type Keeper, keeper } from '../../tokens/test-keeper.ts'
import { until } from '../test-depot.ts'
import { type Answers, type At, HOUR, start, world } from './test-world.ts'

// Local authorisation list, cache and reservations: OCPP 1.6 edition 2 §5.1, §5.4, §5.10, §5.13, §5.15.

const w = await world(16)
const { prisma } = w
const anna = { depotId: 'd', actor: 'user:anna' }
const nothing = { expires: null, group: null, parentIdTag: null, vehicleId: null, driver: null, costCentre: null }
const card = (idTag: string) => addToken(getRuntime(), anna, { idTag, kind: 'rfid', status: 'accepted', ...nothing })
const wanted = async () => (await prisma.depot.findUniqueOrThrow({ where: { id: 'd' } })).localListVersion
const frames = (at: At, action: string) => at.asked.filter(({ method }) => method === action).map(({ params }) => params)

async function keeps(): Promise<{ at: At; list: Keeper }> {
  const list = keeper()
  const at = await w.charger(list.answers)
  await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
  await synced(at, list)
  return { at, list }
}
const synced = (at: At, list: Keeper) =>
  until(async () => list.version === (await wanted()) && (await w.row(at.id)).localListVersion === list.version)

describe('local authorisation list', () => {
  test('§5.15 SendLocalList: every change of a card is at the charger as a difference; a mismatch gets the whole list, a failure is told', async () => {
    const { at, list } = await keeps()
    expect(frames(at, 'SendLocalList')[0]).toMatchObject({ updateType: 'Full', listVersion: expect.any(Number) })
    await card('FRESH')
    await synced(at, list)
    expect(frames(at, 'SendLocalList').at(-1)).toMatchObject({
      updateType: 'Differential',
      localAuthorizationList: [{ idTag: 'FRESH', idTagInfo: { status: 'Accepted' } }],
    })
    list.says = ['VersionMismatch']
    await card('SECOND')
    await synced(at, list)
    expect(frames(at, 'SendLocalList').at(-1)).toMatchObject({ updateType: 'Full' })
    expect([...list.tags.keys()]).toEqual(expect.arrayContaining(['FRESH', 'SECOND', 'CARD1']))
    list.says = ['Failed', 'Failed', 'Failed', 'Failed']
    await card('THIRD')
    await until(async () => (await w.row(at.id)).localListProblem)
    expect((await w.row(at.id)).localListVersion).not.toBe(await wanted())
    list.says = []
  })

  test('§5.10 GetLocalListVersion: the charger is asked what it holds, and a list that is not ours is replaced', async () => {
    const { at, list } = await keeps()
    expect(frames(at, 'GetLocalListVersion').length).toBeGreaterThan(0)
    list.version = 88_000
    list.tags = new Map([['STRANGER', { status: 'Accepted' }]])
    const before = frames(at, 'GetLocalListVersion').length
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await until(() => frames(at, 'GetLocalListVersion').length > before)
    await synced(at, list)
    expect(list.tags.has('STRANGER')).toBe(false)
    // -1: it keeps none, and none is sent
    const none = await w.charger({ ...keeper().answers, GetLocalListVersion: () => ({ listVersion: -1 }) })
    await none.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'None' })
    await none.hears('GetLocalListVersion')
    await until(async () => (await w.row(none.id)).localListProblem)
    expect(frames(none, 'SendLocalList')).toEqual([])
  })

  test('§5.4 ClearCache: a card that was shown there and then blocked is not let in from memory; a refusal is not repeated for ever', async () => {
    const { at, list } = await keeps()
    const { id } = await card('CACHED')
    await synced(at, list)
    await at.say('Authorize', { idTag: 'CACHED' })
    await changeToken(getRuntime(), anna, id, { status: 'blocked' })
    await at.hears('ClearCache')
    expect(await w.line('charger.cacheCleared', `charger:${at.id}`)).toMatchObject({ answer: 'accepted' })
    expect(list.cleared).toBe(1)

    const stubborn = keeper()
    const other = await w.charger({ ...stubborn.answers, ClearCache: () => ({ status: 'Rejected' }) })
    await other.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await synced(other, stubborn)
    const { id: second } = await card('CACHED2')
    await synced(other, stubborn)
    await other.say('Authorize', { idTag: 'CACHED2' })
    await changeToken(getRuntime(), anna, second, { status: 'blocked' })
    expect(await w.line('charger.cacheCleared', `charger:${other.id}`)).toMatchObject({ answer: 'refused' })
    await synced(other, stubborn)
    expect(frames(other, 'ClearCache')).toHaveLength(1)
  })
})

describe('reservations', () => {
  type Reserved = { id: number; outcome: string; detail: string }
  const SETTINGS = { SupportedFeatureProfiles: 'Core,Reservation,SmartCharging', NumberOfConnectors: '2' }
  const configurationKey = Object.entries(SETTINGS).map(([key, value]) => ({ key, value, readonly: true }))
  async function free(answers: Answers = {}): Promise<At> {
    const at = await w.charger({ GetConfiguration: () => ({ configurationKey, unknownKey: [] }), ...answers })
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await until(async () => (await w.row(at.id)).commissionedAt)
    await at.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: new Date().toISOString() })
    return at
  }
  const reserve = (at: At) => w.verb<Reserved>('reserve', { chargerId: at.id, port: 1, idTag: 'CARD1', until: Date.now() + HOUR })
  const row = (id: number) => prisma.reservation.findUniqueOrThrow({ where: { id } })

  test('§5.13 ReserveNow: the port is kept for a card, whose start uses it; somebody else is told of, and a refusal keeps nothing', async () => {
    let status = 'Accepted'
    const at = await free({ ReserveNow: () => ({ status }) })
    const { id, outcome } = await reserve(at)
    expect(outcome).toBe('accepted')
    expect(await at.hears('ReserveNow')).toMatchObject({ connectorId: 1, idTag: 'CARD1', reservationId: id })
    expect(await row(id)).toMatchObject({ state: 'accepted', number: 1, createdBy: 'user:anna' })
    const used = { idTag: 'card1', reservationId: id, timestamp: new Date().toISOString() }
    const { transactionId } = await start(at, used)
    expect((await start(at, used)).transactionId).toBe(transactionId)
    expect(await row(id)).toMatchObject({ state: 'used', sessionId: transactionId, endedAt: expect.any(Date) })
    expect(await w.journal('reservation.used', `charger:${at.id}`)).toHaveLength(1)

    const other = await free({ ReserveNow: () => ({ status }) })
    const kept = await reserve(other)
    const foreign = await start(other, { idTag: 'CENTRAL', timestamp: new Date().toISOString() })
    expect((await w.session(foreign.transactionId)).flags).toContain('reservedForOther')
    expect((await row(kept.id)).state).toBe('cancelled')
    status = 'Occupied'
    const refused = await reserve(await free({ ReserveNow: () => ({ status }) }))
    expect(refused.outcome).toBe('refused')
    expect((await row(refused.id)).state).toBe('refused')
  })

  test('§5.1 CancelReservation: given up by the charger’s word, and also where it knew nothing of it; one that is away is told later', async () => {
    let status = 'Accepted'
    const at = await free({ CancelReservation: () => ({ status }) })
    const first = await reserve(at)
    expect(await w.verb('cancelReservation', { id: first.id })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('CancelReservation')).toEqual({ reservationId: first.id })
    expect(await row(first.id)).toMatchObject({ state: 'cancelled', endedAt: expect.any(Date) })
    await expect(w.verb('cancelReservation', { id: first.id })).rejects.toThrow('over already')
    status = 'Rejected'
    const second = await reserve(at)
    expect(await w.verb('cancelReservation', { id: second.id })).toMatchObject({ outcome: 'accepted' })
    expect((await row(second.id)).state).toBe('cancelled')
    status = 'Accepted'
    const third = await reserve(at)
    await at.client.close({ force: true })
    await until(() => !w.runtime.links.online(at.id))
    expect(await w.verb('cancelReservation', { id: third.id })).toMatchObject({ outcome: 'offline' })
    const back = await w.connect(at.identity)
    await until(async () => (await row(third.id)).state === 'cancelled', 20_000)
    expect(frames(back, 'CancelReservation')).toEqual([{ reservationId: third.id }])
  }, 30_000)
})
