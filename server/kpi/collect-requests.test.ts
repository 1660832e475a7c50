import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PortStatus, RecordedEvent, Verdict } from '#lib/charging/event.ts'
import { type Instant, instant, plus, seconds } from '#lib/time/instant.ts'
import { wattHours, watts } from '#lib/units/units.ts'
import { DEPOT, makeDepot, type TestWorld, testWorld } from '../energy/test-depot.ts'
import { requestsBetween } from '../store/kpi.ts'
import { testDatabase } from '../tools/test-store.ts'
import { closeRequests } from './close-requests.ts'
import { collectRequests } from './collect-requests.ts'
import { countedStart, noteStartProblem, requestStart } from './request-start.ts'

const T = instant('2026-11-20T18:00:00Z')
const s = (n: number): Instant => plus(T, seconds(n))
let world: TestWorld
beforeAll(async () => {
  world = testWorld((await testDatabase()).url, '2026-11-20T18:00:00Z')
  await makeDepot(world.ctx.db, { at: '2026-11-01T00:00Z' })
  return () => world.ctx.db.close()
})
beforeEach(async () => {
  const { prisma } = world.ctx.db
  await prisma.chargeRequest.deleteMany()
  await prisma.limitWanted.deleteMany()
  await prisma.session.deleteMany()
  await prisma.depot.update({ where: { id: DEPOT }, data: { plugAndGo: false } })
  await prisma.charger.updateMany({ data: { connectedAt: new Date(T), disconnectedAt: null } })
})

const base = (port: 1 | 2, at: Instant) => ({ depotId: DEPOT, chargerId: `c${port}`, portId: `p${port}`, receivedAt: at, at })
const status = (port: 1 | 2, at: Instant, to: PortStatus, more = {}): RecordedEvent => ({
  ...base(port, at),
  kind: 'status',
  port: 1,
  status: to,
  ...more,
})
const token = (port: 1 | 2, at: Instant, idTag: string, verdict: Verdict = 'accepted'): RecordedEvent => ({
  ...base(port, at),
  portId: undefined,
  kind: 'authorized',
  idTag,
  verdict,
})
const started = async (
  port: 1 | 2,
  at: Instant,
  more: { late?: boolean; verdict?: Verdict; idTag?: string } = {},
): Promise<RecordedEvent> => {
  const { late = false, verdict = 'accepted', idTag = `CARD${port}` } = more
  const row = {
    depotId: DEPOT,
    portId: `p${port}`,
    idTag,
    vehicleId: `v${port}`,
    startKey: `${port}|${at}`,
    currency: 'EUR',
    meterStartWh: 1_000n,
  }
  const session = await world.ctx.db.prisma.session.upsert({
    where: { startKey: row.startKey },
    update: {},
    create: { ...row, startedAt: new Date(at), receivedAt: new Date(at) },
  })
  return {
    ...base(port, at),
    kind: 'started',
    port: 1,
    idTag,
    verdict,
    meterStartWh: wattHours(1_000),
    late,
    flags: [],
    session: session.id,
  }
}
const power = (start: RecordedEvent, at: Instant, late = false): RecordedEvent => ({
  ...base(start.portId === 'p1' ? 1 : 2, at),
  kind: 'metered',
  port: 1,
  sessionId: start.session,
  session: start.session,
  late,
  readings: [{ at, powerW: watts(7_000), currentMa: [], voltageMv: [], context: 'periodic', flags: [] }],
})
const stopped = (start: RecordedEvent, at: Instant, wh: number, reason: string): RecordedEvent => ({
  ...base(start.portId === 'p1' ? 1 : 2, at),
  kind: 'stopped',
  port: 1,
  sessionId: start.session!,
  session: start.session,
  meterStopWh: wattHours(1_000 + wh),
  reason,
  late: false,
  flags: [],
})
const tell = async (...events: (RecordedEvent | Promise<RecordedEvent>)[]) => {
  for (const event of events) {
    const told = await event
    await world.ctx.db.prisma.$transaction((db) => collectRequests(db, [told]))
  }
}
const closeAt = async (at: Instant) => {
  world.setNow(at)
  await closeRequests(world.ctx)
  return (await requestsBetween(world.ctx.db, DEPOT, instant(0), plus(at, seconds(86_400)))).map(({ outcome }) => outcome)
}
const requests = () => requestsBetween(world.ctx.db, DEPOT, instant(0), s(1e6))

describe('an ordinary evening', () => {
  test('plugged at 18:00, card at 18:02, energy at 18:03: the clock starts with the card', async () => {
    const start = await started(1, s(130))
    await tell(status(1, T, 'plugged'), token(1, s(120), 'card1'), start, power(start, s(190)))
    expect(await closeAt(s(300))).toEqual(['STARTED_IN_SLA'])
    expect(await requests()).toMatchObject([
      {
        source: 'plug_in',
        requestedAt: s(120),
        pluggedAt: T,
        askedAt: s(120),
        acceptedAt: s(130),
        poweredAt: s(190),
        vehicleId: 'v1',
        idTag: 'CARD1',
      },
    ])
  })
  test('the same events again change nothing', async () => {
    const start = await started(1, s(20))
    const all = [
      status(1, T, 'plugged'),
      token(1, s(10), 'CARD1'),
      start,
      power(start, s(60)),
      stopped(start, s(4000), 9_000, 'EVDisconnected'),
      status(1, s(4001), 'free'),
    ]
    await tell(...all)
    await closeAt(s(5000))
    const before = await requests()
    await tell(...all)
    await closeAt(s(5000))
    expect(await requests()).toEqual(before)
  })
  test('a card that stops a session is no request', async () => {
    const start = await started(1, s(20))
    await tell(
      status(1, T, 'plugged'),
      start,
      power(start, s(30)),
      token(1, s(3000), 'CARD1'),
      stopped(start, s(3001), 9_000, 'Local'),
      status(1, s(3002), 'finishing'),
      status(1, s(3003), 'plugged'),
    )
    expect(await closeAt(s(9000))).toEqual(['STARTED_IN_SLA'])
  })
  test('energy after 121 s is late, nobody asking is open, then excluded', async () => {
    const start = await started(1, s(20))
    await tell(status(1, T, 'plugged'), token(1, T, 'CARD1'), start, power(start, s(121)), status(2, T, 'plugged'))
    expect((await closeAt(s(4000))).sort()).toEqual(['STARTED_LATE', null])
    await tell(status(2, s(5000), 'free'))
    expect((await closeAt(s(5001))).sort()).toEqual(['NO_TOKEN', 'STARTED_LATE'])
  })
  test('plug and go: plugging in is asking', async () => {
    await world.ctx.db.prisma.depot.update({ where: { id: DEPOT }, data: { plugAndGo: true } })
    await tell(status(1, T, 'plugged'))
    expect([await closeAt(s(119)), await closeAt(s(121))]).toEqual([[null], ['UNKNOWN']])
    expect(await requests()).toMatchObject([{ askedAt: T, vehicleId: 'v1' }])
  })
})

describe('failures, by evidence', () => {
  test('a fault, told in words', async () => {
    await tell(status(1, T, 'plugged'), token(1, s(1), 'CARD1'), status(1, s(30), 'faulted', { errorCode: 'GroundFailure' }))
    expect(await closeAt(s(200))).toEqual(['FAILED_CHARGER'])
    expect((await requests())[0]!.evidence.map(({ text }) => text)).toContain('Charger fault · GroundFailure')
  })
  test('started and stopped by itself within a minute', async () => {
    const start = await started(1, s(10))
    await tell(status(1, T, 'plugged'), start, status(1, s(12), 'charging'), stopped(start, s(40), 20, 'Other'))
    expect(await closeAt(s(200))).toEqual(['FAILED_CHARGER'])
  })
  test('F5: blocked, expired and unknown cards are excluded; a valid one refused is our failure', async () => {
    const hour = 3600
    for (const [i, [card, verdict]] of (
      [
        ['BLOCKED', 'blocked'],
        ['EXPIRED', 'expired'],
        ['STRANGE', 'invalid'],
        ['CARD1', 'invalid'],
      ] as const
    ).entries())
      await tell(status(1, s(i * hour), 'plugged'), token(1, s(i * hour + 1), card, verdict), status(1, s(i * hour + 600), 'free'))
    expect(await closeAt(s(5 * hour))).toEqual(['AUTH_DENIED', 'AUTH_DENIED', 'AUTH_DENIED', 'FAILED_AUTH_SYSTEM'])
  })
  test('F3: fails on port 1, starts on port 2: two attempts of one visit', async () => {
    const start = await started(2, s(85), { idTag: 'CARD1' })
    await world.ctx.db.prisma.session.update({ where: { id: start.session! }, data: { vehicleId: 'v1' } })
    await tell(status(1, T, 'plugged'), token(1, T, 'CARD1'), status(1, s(20), 'faulted'), status(1, s(50), 'free'))
    await tell(status(2, s(70), 'plugged'), token(2, s(75), 'CARD1'), start, power(start, s(90)))
    expect(await closeAt(s(300))).toEqual(['FAILED_CHARGER', 'STARTED_IN_SLA'])
    const [first, second] = await requests()
    expect(second!.visitId).toBe(first!.visitId)
  })
  test('a remote start that was not delivered, and one that came through', async () => {
    const { prisma } = world.ctx.db
    await tell(status(1, T, 'plugged'), status(2, T, 'plugged'))
    const asked = (portId: string) =>
      requestStart(prisma, { depotId: DEPOT, portId, at: s(1000), source: 'remote_start', idTag: 'CENTRAL' })
    await noteStartProblem(prisma, await asked('p1'), { at: s(1030), kind: 'notDelivered', text: 'No answer in 30 s' })
    await asked('p2')
    const start = await started(2, s(1005))
    await tell(start, power(start, s(1060)))
    expect((await closeAt(s(2000))).sort()).toEqual(['FAILED_COMMS', 'STARTED_IN_SLA'])
    expect((await requests()).map(({ requestedAt }) => requestedAt)).toEqual([s(1000), s(1000)])
  })
  test('a start that the charger refuses, asked through the verb', async () => {
    await tell(status(1, T, 'plugged'))
    world.setNow(s(100))
    const answer = await countedStart(world.ctx, { depotId: DEPOT, portId: 'p1', source: 'remote_start', idTag: 'CENTRAL' }, async () => ({
      kind: 'refused',
      reason: 'Rejected',
    }))
    expect(answer.kind).toBe('refused')
    expect(await closeAt(s(230))).toEqual(['FAILED_CHARGER'])
    expect(await requests()).toMatchObject([
      { requestedAt: s(100), stageFailed: 'command', evidence: [{ text: 'Start refused: Rejected' }] },
    ])
  })
  test('a card without a cable', async () => {
    await tell(token(1, T, 'CARD1'))
    expect([await closeAt(s(299)), await closeAt(s(301))]).toEqual([[null], ['NOT_PLUGGED']])
  })
})

test('F4: offline starts delivered later become successes, once', async () => {
  const { prisma } = world.ctx.db
  await prisma.depot.update({ where: { id: DEPOT }, data: { plugAndGo: true } })
  await tell(status(1, T, 'plugged'), status(2, s(10), 'plugged'))
  await prisma.charger.updateMany({ data: { connectedAt: null, disconnectedAt: new Date(s(15)) } })
  expect(await closeAt(s(600))).toEqual(['FAILED_COMMS', 'FAILED_COMMS'])
  const late = [await started(1, s(30), { late: true }), await started(2, s(40), { late: true })]
  const readings = [power(late[0]!, s(60), true), power(late[1]!, s(70), true)]
  await tell(...late, ...readings, ...late, ...readings)
  expect(await closeAt(s(14_500))).toEqual(['STARTED_IN_SLA', 'STARTED_IN_SLA'])
})

describe('deferred by the plan', () => {
  const want = (from: Instant) =>
    world.ctx.db.prisma.limitWanted.upsert({
      where: { portId: 'p1' },
      create: {
        portId: 'p1',
        curve: [
          { from: T, limitW: 0 },
          { from, limitW: 7_000 },
        ],
        wantedAt: new Date(T),
      },
      update: {
        curve: [
          { from: T, limitW: 0 },
          { from, limitW: 7_000 },
        ],
      },
    })
  test('accepted and promised stays open until energy comes, then counts as started in time', async () => {
    await want(s(7200))
    const start = await started(1, s(10))
    await tell(status(1, T, 'plugged'), start, status(1, s(12), 'pausedByCharger'))
    expect(await closeAt(s(300))).toEqual([null])
    expect(await requests()).toMatchObject([{ promisedAt: s(7200) }])
    await tell(power(start, s(7250)))
    expect(await closeAt(s(7400))).toEqual(['STARTED_IN_SLA'])
  })
  test('a broken promise is held by the cap, and late when energy comes all the same', async () => {
    await want(s(7200))
    const start = await started(1, s(10))
    await tell(status(1, T, 'plugged'), start)
    await closeAt(s(60))
    expect(await closeAt(s(7321))).toEqual(['HELD_BY_CAP'])
    await tell(power(start, s(7500)))
    expect(await closeAt(s(7600))).toEqual(['STARTED_LATE'])
  })
})
