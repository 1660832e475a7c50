import { beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '#lib/kpi/charge-request.ts'
import { type Instant, instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { DEPOT, makeDepot, makeSession, makeTariff, type TestWorld, testWorld } from '../energy/test-depot.ts'
import { insertRequest } from '../store/kpi.ts'
import { testDatabase } from '../tools/test-store.ts'
import { kpis, kpiTiles } from './query.ts'
import { kpiRecords } from './records.ts'

const NOW = instant('2026-11-20T12:00:00Z')
let world: TestWorld
let count = 0
const ask = (outcome: Outcome | null, more: Partial<Parameters<typeof insertRequest>[1]> = {}) => {
  const at = plus(NOW, -minutes(20 * ++count))
  const poweredAt = outcome === 'STARTED_IN_SLA' ? plus(at, seconds(30)) : outcome === 'STARTED_LATE' ? plus(at, seconds(500)) : null
  return insertRequest(world.ctx.db.prisma, {
    depotId: DEPOT,
    source: 'plug_in',
    portId: 'p1',
    vehicleId: null,
    idTag: null,
    sessionId: null,
    requestedAt: at,
    pluggedAt: at,
    askedAt: at,
    acceptedAt: poweredAt,
    promisedAt: null,
    poweredAt,
    endedAt: poweredAt && plus(poweredAt, 1000),
    outcome,
    stageFailed: null,
    inferred: false,
    evidence: [],
    ...more,
  })
}
const command = (id: string, state: string, tookMs: number | null, at: Instant = NOW) =>
  world.ctx.db.prisma.command.create({
    data: {
      id,
      depotId: DEPOT,
      kind: 'limit',
      portId: 'p1',
      input: {},
      source: 'api',
      actor: 'key:x',
      at: new Date(at),
      state,
      t0: new Date(at),
      t0FromSource: true,
      t1: new Date(at),
      t5: tookMs === null ? null : new Date(at + tookMs / 2),
      t6: tookMs === null ? null : new Date(at + tookMs),
    },
  })

beforeAll(async () => {
  world = testWorld((await testDatabase()).url, '2026-11-20T12:00:00Z')
  const { db } = world.ctx
  await makeDepot(db, { at: '2026-09-01T00:00Z' })
  await makeTariff(db)
  for (let i = 0; i < 57; i++) await ask('STARTED_IN_SLA')
  for (const outcome of ['STARTED_LATE', 'UNKNOWN', 'NO_TOKEN', 'AUTH_DENIED'] as const) await ask(outcome)
  return () => db.close()
})
const tile = async (id: string, window: '24h' | '7d' | '30d' | 'month' = '7d') =>
  (await kpiTiles(world.ctx, DEPOT, window)).find((one) => one.id === id)!
const all = async (kpi: 'availability' | 'latency') => {
  const of = async (counts?: 'success' | 'failure' | 'excluded' | 'open') =>
    (await kpiRecords(world.ctx, DEPOT, kpi, { window: '7d', counts })).total
  return {
    success: await of('success'),
    failure: await of('failure'),
    excluded: await of('excluded'),
    open: await of('open'),
    all: await of(),
  }
}

describe('KPI 1', () => {
  test('57 of 59, four exclusions and failures seen as such', async () => {
    const one = await tile('availability')
    expect(one).toMatchObject({ text: '96.6', n: 59, status: 'notMet', statusWord: 'Not met', provisional: null })
    expect(one.notes[0]).toBe('n 59 · 88.5–99.1')
    expect(one.notes.join('|')).toMatch(/2 excluded \(3\.3\u202f%\)/)
    expect(one.notes.join('|')).toContain('failures: 1 started late, 1 unknown cause')
    expect(one.trend).toHaveLength(7)
  })
  test('numerator + failures + exclusions = all', async () =>
    expect(await all('availability')).toEqual({ success: 57, failure: 2, excluded: 2, open: 0, all: 61 }))
  test('an attempt that is not classed yet is classed as of now; a promise of the plan counts', async () => {
    const at = plus(NOW, -minutes(10))
    const open = await ask(null, { portId: 'p2', requestedAt: at, acceptedAt: plus(at, seconds(5)), promisedAt: plus(NOW, minutes(60)) })
    expect((await all('availability')).success).toBe(58)
    await world.ctx.db.prisma.chargeRequest.delete({ where: { id: open.id } })
  })
  test('provisional while a charger is offline', async () => {
    const { prisma } = world.ctx.db
    await prisma.charger.update({ where: { id: 'c2' }, data: { connectedAt: null, disconnectedAt: new Date(NOW) } })
    expect((await tile('availability')).provisional).toBe('provisional (1 charger offline)')
    await prisma.charger.update({ where: { id: 'c2' }, data: { connectedAt: new Date(NOW) } })
  })
  test('pages end where the records end', async () => {
    const first = await kpiRecords(world.ctx, DEPOT, 'availability', { window: '7d' })
    expect([first.items.length, first.next]).toEqual([61, null])
    await expect(kpiRecords(world.ctx, DEPOT, 'availability', { window: '7d', cursor: 'x' })).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('KPI 2', () => {
  test('40 kWh in a day at 80 kW less the building’s 40 kW in peak hours', async () => {
    const { db } = world.ctx
    const session = { from: '2026-11-19T19:00Z', until: '2026-11-19T21:00Z', wh: 40_000 }
    await makeSession(db, session)
    const slots = Array.from({ length: 96 }, (_, i) => ({
      nodeId: 'service',
      startsAt: new Date(instant('2026-11-19T12:00Z') + i * minutes(15)),
      minutes: 15,
      forecastW: 0,
      upperW: 0,
      measuredW: 40_000,
    }))
    await db.prisma.baseLoad.createMany({ data: slots })
    const one = await tile('throughput', '24h')
    expect(one).toMatchObject({ text: '1.00', unit: 'kWh/kW·day', status: 'noTarget', n: 1, provisional: null })
    expect(one.notes.join('|')).toMatch(/busiest hour 50\.0\u202f% .*2\.0\u202fkW kept off the connection at its peak.*0 cap breaches/)
    const records = await kpiRecords(world.ctx, DEPOT, 'throughput', { window: '24h' })
    expect(records.items.reduce((sum, { value }) => sum + value!, 0)).toBeCloseTo(40, 6)
  })
  test('days before the depot began do not count: it began with its first session, or when it was made', async () => {
    const { prisma } = world.ctx.db
    const madeAt = (at: string) => prisma.depot.update({ where: { id: DEPOT }, data: { createdAt: new Date(at) } })
    await madeAt('2026-11-18T10:00Z')
    const young = await tile('throughput', '30d')
    expect(young.notes).toContain('3 of 30 days')
    expect(young.trend).toHaveLength(3)
    expect(young.value).toBeCloseTo(40 / 40 / (61 / 24), 6) // from Wednesday 0:00 in Berlin to Friday 13:00
    expect((await kpiRecords(world.ctx, DEPOT, 'throughput', { window: '30d' })).total).toBe(3)
    await madeAt('2026-11-20T10:00Z')
    expect((await tile('throughput', '7d')).notes).toContain('2 of 7 days')
    await madeAt('2026-09-01T00:00Z')
    expect((await tile('throughput', '30d')).notes.join('|')).not.toContain('days')
  })
  test('a departure that was not ready makes it not valid as success', async () => {
    const { prisma } = world.ctx.db
    const departsAt = new Date('2026-11-20T05:00Z')
    await prisma.duty.create({
      data: {
        id: 'd',
        vehicleId: 'v1',
        departsAt,
        plannedDepartsAt: departsAt,
        returnsAt: departsAt,
        distanceM: 1,
        energyWh: 1,
        source: 'test',
        changedAt: departsAt,
        outcome: 'short',
      },
    })
    expect(await tile('throughput', '24h')).toMatchObject({ status: 'notMet', statusWord: 'Not valid as success' })
  })
  test('no headroom is said', async () => {
    await world.ctx.db.prisma.siteNode.update({ where: { id: 'service' }, data: { limitW: 30_000 } })
    expect(await tile('throughput', '24h')).toMatchObject({ text: 'no headroom', value: null })
  })
})

describe('KPI 3', () => {
  test('F6: six of a hundred time out', async () => {
    const at = plus(NOW, -minutes(5))
    for (let i = 0; i < 92; i++) await command(`a${i}`, 'seen', 2_000 + (7_000 * i) / 91, at)
    for (let i = 0; i < 2; i++) await command(`b${i}`, 'seen', 12_000, at)
    for (let i = 0; i < 6; i++) await command(`c${i}`, 'timeout', null, at)
    await command('d', 'superseded', null, at)
    const one = await tile('latency')
    expect(one).toMatchObject({ text: '> 30', value: null, n: 100, status: 'notMet' })
    expect(one.notes[0]).toBe('p95 > 30 s (n failed: 6) · n 100')
    expect(one.notes.join('|')).toContain('94.0\u202f% succeeded')
    expect(await all('latency')).toEqual({ success: 94, failure: 6, excluded: 1, open: 0, all: 101 })
    const words = async (counts: 'failure' | 'excluded') => (await kpiRecords(world.ctx, DEPOT, 'latency', { window: '7d', counts })).items
    const [late, replaced] = [await words('failure'), await words('excluded')]
    expect(late[0]).toMatchObject({
      subject: expect.stringMatching(/^Limit a port · /),
      outcome: 'Took too long',
      detail: 'through the API',
    })
    expect(replaced.map(({ outcome }) => outcome)).toEqual(['Replaced by a newer command'])
  })
})

test('an empty depot has figures, and they are undefined', async () => {
  const { prisma } = world.ctx.db
  await prisma.depot.create({ data: { id: 'empty', name: 'Empty', zone: 'America/New_York', currency: 'USD', createdAt: new Date(NOW) } })
  const { tiles, from, until } = await kpis(world.ctx, 'empty', 'month')
  expect(tiles.map(({ text, status }) => [text, status])).toEqual([
    ['–', 'notEnoughData'],
    ['–', 'notEnoughData'],
    ['–', 'notEnoughData'],
  ])
  // made today: the month before does not count
  expect([new Date(from).toISOString(), until]).toEqual(['2026-11-20T05:00:00.000Z', NOW + 1])
})
