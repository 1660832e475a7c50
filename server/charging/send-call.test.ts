import { beforeEach, describe, expect, test } from 'vitest'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import { SETTLE_MS } from '#lib/planning/port-holding.ts'
import { instant, iso, minutes, plus } from '#lib/time/instant.ts'
import { readFacts } from '../planning/facts.ts'
import { NIGHT, type TestDepot, testDepot } from '../planning/test-depot.ts'
import { callRecords } from '../store/call.ts'
import { Prisma } from '../store/generated/client.ts'
import { type CallInput, sendCall } from './send-call.ts'
import { lockOut, stopAll } from './stop-all.ts'

// 12 kW for three ports of 9.6 kW: one of them charges with 9.6 kW, so there is no room for another's nameplate.

let depot: TestDepot
let session: number
beforeEach(async () => {
  depot = await testDepot({ capW: 12_000 })
  await depot.allConfirmed()
  session = await depot.plug(1)
  await depot.want(1, [0, 9_600])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
})

const call = (chargerId: string, action: SendableAction, payload: Record<string, unknown> = {}, more: Partial<CallInput> = {}) =>
  sendCall(depot.gateway, { depotId: 'north', chargerId, action, payload, actor: 'key:1', source: 'api', ...more })
const left = (chargerId: string, action: SendableAction) =>
  depot.charger(chargerId).calls.filter((each) => each.kind === 'message' && each.action === action)

const farPeriods = [
  { startPeriod: 0, limit: 16 },
  { startPeriod: 1e15, limit: 8 },
]

type Profile = { connectorId?: number } & Record<string, unknown>
/** A limit in the plan's slot of port 1 of charger 1, changed as the test says. */
const limit = (limitA: number, { connectorId = 1, schedule = {}, ...profile }: Profile & { schedule?: Record<string, unknown> } = {}) => ({
  connectorId,
  csChargingProfiles: {
    chargingProfileId: 2001,
    transactionId: session,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: iso(plus(NIGHT, -minutes(1))),
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: limitA }],
      ...schedule,
    },
    ...profile,
  },
})
const fallback = (limitA: number, more: Record<string, unknown> = {}) =>
  limit(limitA, {
    chargingProfileId: 1001,
    transactionId: undefined,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    schedule: { startSchedule: undefined },
    ...more,
  })

describe('what may raise power is refused where the site has no room for it', () => {
  const forget: [string, SendableAction, Record<string, unknown>][] = [
    ['all limits cleared', 'ClearChargingProfile', {}],
    ['one port cleared', 'ClearChargingProfile', { connectorId: 1 }],
    ['our fallback cleared by its id', 'ClearChargingProfile', { id: 1001 }],
    ['firmware', 'UpdateFirmware', { location: 'https://f.example.com/a', retrieveDate: '2026-11-23T20:00:00Z' }],
    [
      'signed firmware',
      'SignedUpdateFirmware',
      {
        requestId: 1,
        firmware: {
          location: 'https://f.example.com/a',
          retrieveDateTime: '2026-11-23T20:00:00Z',
          signingCertificate: 'x',
          signature: 'y',
        },
      },
    ],
    ['a message of the maker', 'DataTransfer', { vendorId: 'com.maker', data: 'x' }],
    ['a key of the maker', 'ChangeConfiguration', { key: 'OpMode', value: '2' }],
  ]
  test.each(forget)('%s', async (_, action, payload) => {
    const refused = await call('c2', action, payload)
    expect(refused).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: expect.stringContaining('Grid connection would be') })
    expect(left('c2', action)).toEqual([])
    expect(await depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p2' } })).toMatchObject({ fallbackConfirmedAt: expect.any(Date) })
    // out of use it gives nothing, whatever it forgets
    await depot.db.prisma.port.update({ where: { id: 'p2' }, data: { inoperativeAt: new Date(NIGHT) } })
    expect(await call('c2', action, payload)).toMatchObject({ outcome: 'answered' })
    expect(left('c2', action)).toHaveLength(1)
    expect(await depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p2' } })).toMatchObject({ inoperativeAt: expect.any(Date) })
  })

  test('somebody else’s profile is none that we count on: it may be cleared', async () => {
    expect(await call('c2', 'ClearChargingProfile', { id: 77 })).toMatchObject({ outcome: 'answered' })
  })

  test('a model that forgets at a restart is not restarted, another one is', async () => {
    expect(await call('c2', 'Reset', { type: 'Hard' })).toMatchObject({ outcome: 'answered' })
    await depot.db.prisma.charger.update({ where: { id: 'c2' }, data: { quirks: { keepsProfiles: false } } })
    expect(await call('c2', 'Reset', { type: 'Hard' })).toMatchObject({ outcome: 'refused', by: 'yardwatt' })
    expect(left('c2', 'Reset')).toHaveLength(1)
  })

  test('from when firmware is asked for until it is in, its full power is reserved, confirmed or not', async () => {
    await depot.want(1, [0, 1_440])
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
    await depot.clock.move(minutes(1))
    await depot.gateway.idle()
    const payload = { location: 'https://f.example.com/a', retrieveDate: '2026-11-23T20:00:00Z' }
    expect(await call('c2', 'UpdateFirmware', payload)).toMatchObject({ outcome: 'answered' })
    await depot.gateway.idle()
    expect(await depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p2' } })).toMatchObject({ fallbackConfirmedAt: expect.any(Date) })
    await depot.want(1, [0, 9_600])
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
    expect((await depot.sentRows(1)).at(-1)?.maxW).toBeLessThanOrEqual(12_000 - 9_600)
    await depot.db.prisma.firmwareUpdate.updateMany({ data: { state: 'installed', endedAt: new Date(depot.clock.now()) } })
    await depot.clock.move(SETTLE_MS)
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
    expect((await depot.sentRows(1)).at(-1)?.maxW).toBe(9_600)
  })

  test('while what it may have forgotten is not confirmed anew, its full power is reserved', async () => {
    await depot.want(1, [0, 1_440])
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
    await depot.clock.move(minutes(1))
    await depot.gateway.idle()
    depot.charger('c2').manner = 'isMute'
    expect(await call('c2', 'DataTransfer', { vendorId: 'com.maker' })).toMatchObject({ outcome: 'timeout' })
    expect(await depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p2' } })).toMatchObject({ fallbackConfirmedAt: null })
    await depot.want(1, [0, 9_600])
    await depot.gateway.reconciler.depot('north')
    const last = (await depot.sentRows(1)).at(-1)
    expect(last?.maxW).toBeLessThanOrEqual(12_000 - 9_600)
  })
})

describe('a profile of somebody’s own', () => {
  const refused: [string, Record<string, unknown>, string][] = [
    ['connector 0', limit(16, { connectorId: 0 }), 'each connector at once'],
    ['no such port', limit(16, { connectorId: 7 }), 'no port 7'],
    ['a maximum of the whole charger', limit(16, { chargingProfilePurpose: 'ChargePointMaxProfile' }), 'taken as a minimum by some'],
    ['recurring', limit(16, { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' }), 'own calendar'],
    ['an end', limit(16, { validTo: '2026-11-24T00:00:00Z' }), 'validFrom and validTo'],
    ['a duration', limit(16, { schedule: { duration: 3600 } }), 'duration is not used'],
    ['a least rate', limit(16, { schedule: { minChargingRate: 6 } }), 'minChargingRate'],
    ['another id', limit(16, { chargingProfileId: 1 }), 'chargingProfileId 2001 with stackLevel 0'],
    ['another level', limit(16, { stackLevel: 3 }), 'chargingProfileId 2001 with stackLevel 0'],
    ['the fallback’s slot with another id', fallback(6, { chargingProfileId: 2001 }), 'chargingProfileId 1001 with stackLevel 0'],
    ['an absolute fallback', fallback(6, { chargingProfileKind: 'Absolute' }), 'TxDefaultProfile is Relative'],
    ['a start to come', limit(16, { schedule: { startSchedule: iso(plus(NIGHT, minutes(5))) } }), 'still to come'],
    ['no start', limit(16, { schedule: { startSchedule: undefined } }), 'needs a startSchedule'],
    ['watts for a charger that takes amperes', limit(16, { schedule: { chargingRateUnit: 'W' } }), 'takes limits in A'],
    ['half amperes', limit(16.5), 'whole amperes'],
    ['a number beyond reckoning', limit(1e15), 'more than any charger can give'],
    ['a number beyond all bounds', fallback(1e300), 'more than any charger can give'],
    ['a period in the far future', limit(16, { schedule: { chargingSchedulePeriod: farPeriods } }), 'at most a year'],
    ['under 6 A', limit(4), '0 or at least 6 A'],
    ['a late first period', limit(16, { schedule: { chargingSchedulePeriod: [{ startPeriod: 60, limit: 16 }] } }), 'starts at 0'],
    ['another transaction', limit(16, { transactionId: 99 }), 'is transaction'],
  ]
  test.each(refused)('%s is refused with the reason', async (_, payload, words) => {
    const answer = await call('c1', 'SetChargingProfile', withSession(payload))
    expect(answer).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: expect.stringContaining(words) })
    expect(left('c1', 'SetChargingProfile')).toEqual([])
  })

  test('is written down before it leaves, counts, and is taken back by the plan', async () => {
    let whileLeaving: unknown
    depot.seen.leaving = async (id, what) => {
      if (id === 'c1' && what.kind === 'message') whileLeaving = (await depot.sentRows(1)).at(-1)
    }
    const answer = await call('c1', 'SetChargingProfile', limit(20))
    expect(whileLeaving).toMatchObject({ outcome: 'pending', maxW: 4_800, sessionId: session, commandId: answer.commandId })
    expect(answer).toMatchObject({ outcome: 'answered', note: expect.stringContaining('until the plan') })
    expect((await depot.sentRows(1)).find(({ commandId }) => commandId === answer.commandId)).toMatchObject({ outcome: 'accepted' })
    await depot.gateway.idle()
    expect((await depot.sentRows(1)).at(-1)).toMatchObject({ maxW: 9_600, commandId: null })
  })

  test('that passes a cap is refused; one that fits is not', async () => {
    const other = await depot.plug(2)
    const to2 = (limitA: number) => ({
      ...limit(limitA),
      csChargingProfiles: { ...limit(limitA).csChargingProfiles, transactionId: other },
    })
    expect(await call('c2', 'SetChargingProfile', to2(20))).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('no room for this limit'),
    })
    expect(await call('c2', 'SetChargingProfile', to2(6))).toMatchObject({ outcome: 'answered' })
    expect(await call('c3', 'SetChargingProfile', fallback(20))).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('Grid connection'),
    })
  })

  test('without a session only the fallback can be set, and ours follows it', async () => {
    expect(await call('c3', 'SetChargingProfile', limit(6))).toMatchObject({ by: 'yardwatt', reason: expect.stringContaining('has none') })
    expect(await call('c3', 'SetChargingProfile', fallback(6))).toMatchObject({ outcome: 'answered' })
    await depot.gateway.idle()
    expect((await depot.sentRows(3)).map(({ kind, maxW }) => [kind, maxW])).toEqual([
      ['fallback', 1_440],
      ['fallback', 0],
    ])
  })

  test('a time-out is no refusal: its curve goes on counting', async () => {
    await depot.want(1, [0, 1_440])
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
    await depot.clock.move(minutes(1))
    await depot.gateway.idle()
    depot.charger('c1').manner = 'isMute'
    expect(await call('c1', 'SetChargingProfile', limit(40))).toMatchObject({ outcome: 'timeout' })
    const read = await readFacts(depot.db.prisma, 'north', depot.clock.now(), depot.gateway.reconciler.reach)
    expect(read?.facts.ports[0]?.limits.map(({ curve }) => curve.beforeW)).toContain(9_600)
  })

  test('a charger that had its limits of the day gets no more', async () => {
    await depot.db.prisma.limitSent.createMany({
      data: Array.from({ length: 100 }, () => ({
        portId: 'p1',
        kind: 'session',
        curve: [],
        maxW: 0,
        sentAt: new Date(NIGHT),
        outcome: 'refused',
      })),
    })
    expect(await call('c1', 'SetChargingProfile', limit(10))).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('100 limits of the day'),
    })
  })
})

/** Payloads of the table are made before there is a session. */
const withSession = (payload: Record<string, unknown>) => {
  const profile = payload.csChargingProfiles as Record<string, unknown>
  return profile.transactionId === undefined && profile.chargingProfilePurpose !== 'TxDefaultProfile'
    ? { ...payload, csChargingProfiles: { ...profile, transactionId: session } }
    : payload
}

describe('starting and taking into use', () => {
  const startAt = (connectorId?: number) => ({ idTag: 'T1', ...(connectorId === undefined ? {} : { connectorId }) })

  test('not while everything is stopped or the circuit is locked out', async () => {
    await stopAll(depot.gateway, { depotId: 'north', actor: 'user:1', stop: true })
    expect(await call('c2', 'RemoteStartTransaction', startAt(1))).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('stopped'),
    })
    expect(await call('c2', 'ChangeAvailability', { connectorId: 1, type: 'Operative' })).toMatchObject({ by: 'yardwatt' })
    expect(await call('c1', 'SetChargingProfile', limit(10))).toMatchObject({ by: 'yardwatt', reason: expect.stringContaining('stopped') })
    expect(await call('c1', 'SetChargingProfile', limit(0))).toMatchObject({ outcome: 'answered' })
    expect(await call('c2', 'UnlockConnector', { connectorId: 1 })).toMatchObject({ outcome: 'answered' })
    await stopAll(depot.gateway, { depotId: 'north', actor: 'user:1', stop: false })
    await lockOut(depot.gateway, { nodeId: 'service', actor: 'user:1', lock: true })
    expect(await call('c2', 'RemoteStartTransaction', startAt(1))).toMatchObject({ reason: expect.stringContaining('locked out') })
  })

  test('a profile inside a start, every port at once, a port that is held or taken', async () => {
    const inside = { ...startAt(1), chargingProfile: limit(6).csChargingProfiles }
    expect(await call('c2', 'RemoteStartTransaction', inside)).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('start first'),
    })
    expect(await call('c2', 'ChangeAvailability', { connectorId: 0, type: 'Operative' })).toMatchObject({ by: 'yardwatt' })
    expect(await call('c1', 'RemoteStartTransaction', startAt(1))).toMatchObject({
      reason: expect.stringContaining('open at this port already'),
    })
    // one at a connector that is not in our records keeps nobody from this one
    await depot.db.prisma.session.updateMany({ where: { portId: 'p1' }, data: { flags: ['unknownPort'] } })
    expect(await call('c1', 'RemoteStartTransaction', startAt(1))).toMatchObject({ outcome: 'answered' })
    await depot.db.prisma.port.update({ where: { id: 'p2' }, data: { heldReason: 'Broken cable.' } })
    expect(await call('c2', 'RemoteStartTransaction', startAt())).toMatchObject({ reason: expect.stringContaining('Broken cable.') })
    expect(await call('c3', 'RemoteStartTransaction', startAt())).toMatchObject({ outcome: 'answered' })
  })

  test('a start that was asked counts as a request to charge', async () => {
    await call('c2', 'RemoteStartTransaction', startAt(1))
    expect(await depot.db.prisma.chargeRequest.findFirst({ where: { portId: 'p2' } })).toMatchObject({
      source: 'remote_start',
      idTag: 'T1',
    })
  })

  test('the whole charger out of use takes each of its ports out', async () => {
    expect(await call('c2', 'ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toMatchObject({ outcome: 'answered' })
    expect(await depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p2' } })).toMatchObject({ inoperativeAt: expect.any(Date) })
  })
})

describe('who is told what', () => {
  test('a pending charger is neither started nor stopped, a rejected one is told nothing', async () => {
    await depot.db.prisma.charger.update({ where: { id: 'c2' }, data: { registration: 'pending' } })
    expect(await call('c2', 'RemoteStartTransaction', { idTag: 'T1', connectorId: 1 })).toMatchObject({
      reason: expect.stringContaining('pending'),
    })
    expect(await call('c2', 'GetConfiguration')).toMatchObject({ outcome: 'answered' })
    await depot.db.prisma.charger.update({ where: { id: 'c2' }, data: { registration: 'rejected' } })
    expect(await call('c2', 'GetConfiguration')).toMatchObject({ by: 'yardwatt', reason: expect.stringContaining('rejected') })
  })

  test('what a charger says that it has not is not asked of it', async () => {
    const told = [{ key: 'SupportedFeatureProfiles', value: 'Core,SmartCharging', readonly: true }]
    await depot.db.prisma.charger.update({ where: { id: 'c2' }, data: { configuration: told } })
    expect(await call('c2', 'GetLocalListVersion')).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('LocalAuthListManagement'),
    })
    expect(await call('c2', 'GetCompositeSchedule', { connectorId: 1, duration: 60 })).toMatchObject({ outcome: 'answered' })
  })

  test('the room that owns a key sets it, nobody else', async () => {
    const payload = { key: 'LocalAuthorizeOffline', value: 'false' }
    expect(await call('c2', 'ChangeConfiguration', payload)).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('offline policy'),
    })
    expect(await call('c2', 'ChangeConfiguration', payload, { owner: 'offlinePolicy' })).toMatchObject({ outcome: 'answered' })
  })

  test('the room that keeps books of a call hears of it, also of one that went unanswered', async () => {
    const heard: unknown[] = []
    depot.gateway.afterCall.SendLocalList = async (_, { charger, payload, answer }) =>
      void heard.push([charger.id, payload.listVersion, answer.kind])
    const payload = { listVersion: 3, updateType: 'Full' }
    await call('c2', 'SendLocalList', payload)
    depot.charger('c2').manner = 'isMute'
    await call('c2', 'SendLocalList', payload)
    expect(heard).toEqual([
      ['c2', 3, 'accepted'],
      ['c2', 3, 'timeout'],
    ])
  })

  test('the same id again gets the first one’s answer, and makes no second call', async () => {
    const first = await call('c2', 'ClearCache', {}, { id: 'same' })
    expect(await call('c2', 'ClearCache', {}, { id: 'same' })).toMatchObject({ commandId: first.commandId, outcome: 'answered' })
    expect(left('c2', 'ClearCache')).toHaveLength(1)
  })

  test('the same id again, after the gateway died before the answer: lost, said so, and no second call', async () => {
    const { prisma } = depot.db
    await call('c2', 'ClearCache', {}, { id: 'died' })
    const began = new Date(Date.now() - 1000)
    await prisma.command.update({ where: { id: 'died' }, data: { answer: Prisma.DbNull, state: 'sent', t1: began } })
    const lost = { commandId: 'died', outcome: 'timeout', by: null, response: null, reason: expect.stringContaining('answer was lost') }
    expect(await call('c2', 'ClearCache', {}, { id: 'died' })).toMatchObject(lost)
    expect(left('c2', 'ClearCache')).toHaveLength(1)
    // in the list it is under way for as long as a call may live, then lost as well
    const listed = async (at: number) => (await callRecords(prisma, 'c2', { before: undefined, take: 1, now: instant(at) }))[0]!.answer
    expect(await listed(Date.now())).toBeNull()
    expect(await listed(Date.now() + minutes(3))).toMatchObject({ outcome: 'timeout', reason: lost.reason })
  })
})

test('a reservation that has ended already is not asked for; one that is to come is', async () => {
  const reserve = (minutesFromNow: number) =>
    call('c2', 'ReserveNow', { connectorId: 1, expiryDate: iso(plus(NIGHT, minutes(minutesFromNow))), idTag: 'A', reservationId: 9 })
  const why = expect.stringMatching(/expiryDate, 20.*Z, has passed/)
  expect(await reserve(-1)).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: why })
  expect(left('c2', 'ReserveNow')).toEqual([])
  expect(await reserve(30)).toMatchObject({ outcome: 'answered' })
})
