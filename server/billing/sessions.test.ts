import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from 'vitest'
import { instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { wattHours } from '#lib/units/units.ts'
import { DEPOT, makeDepot, makeReading, makeSession, makeTariff, type TestWorld, testWorld } from '../energy/test-depot.ts'
import { testDatabase } from '../tools/test-store.ts'
import { exportSessions } from './export-sessions.ts'
import { priceSession } from './price-session.ts'
import { startPricing } from './running-cost.ts'
import { listSessions, oneSession } from './sessions.ts'

let world: TestWorld
const ids: number[] = []
beforeAll(async () => {
  world = testWorld((await testDatabase()).url, '2026-10-26T12:00:00Z')
  const { db } = world.ctx
  await makeDepot(db, { at: '2026-10-01T00:00Z' })
  await makeTariff(db)
  // 03:00–08:00 in Berlin: three hours of night, two of day
  ids.push(await makeSession(db, { from: '2026-10-20T01:00Z', until: '2026-10-20T06:00Z', wh: 50_000 }))
  // over the hour that clocks repeat: local midnight to 06:00 has seven hours
  ids.push(await makeSession(db, { from: '2026-10-24T22:00Z', until: '2026-10-25T05:00Z', wh: 70_000, port: 'p2', card: 'CARD2' }))
  // no samples but the ends, across 06:00
  ids.push(await makeSession(db, { from: '2026-10-26T04:00Z', until: '2026-10-26T06:00Z', wh: 8_000, everyMin: 120 }))
  for (const id of ids) await db.prisma.$transaction((tx) => priceSession(tx, id))
  return () => db.close()
})

describe('the price of a session', () => {
  test('by tariff windows, to the cent', async () => {
    const one = await oneSession(world.ctx, DEPOT, ids[0]!)
    expect(one.lines.map(({ window, energyWh, amount }) => [window, energyWh, amount.minor])).toEqual([
      ['night', 30_000, 300],
      ['day', 20_000, 600],
    ])
    expect([one.cost, one.estimated, one.readings.length]).toEqual([{ minor: 900, currency: 'EUR' }, false, 21])
  })
  test('a night of 25 hours has seven hours of night tariff before 06:00', async () =>
    expect(
      (await oneSession(world.ctx, DEPOT, ids[1]!)).lines.map(({ window, energyWh, amount }) => [window, energyWh, amount.minor]),
    ).toEqual([['night', 70_000, 700]]))
  test('what nobody measured is marked', async () =>
    expect(await oneSession(world.ctx, DEPOT, ids[2]!)).toMatchObject({ estimated: true, cost: { minor: 40 + 120 } }))
  test('again is the same', async () => {
    const before = await oneSession(world.ctx, DEPOT, ids[0]!)
    await world.ctx.db.prisma.$transaction((tx) => priceSession(tx, ids[0]!))
    expect(await oneSession(world.ctx, DEPOT, ids[0]!)).toEqual(before)
  })
  test('a session that does not exist', async () => {
    await priceSession(world.ctx.db.prisma, 999_999)
    await expect(oneSession(world.ctx, DEPOT, 3_000_000_000)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the list', () => {
  test('totals are of the whole filter', async () =>
    expect(await listSessions(world.ctx, DEPOT, {})).toMatchObject({
      total: 3,
      sumEnergyWh: 128_000,
      sumCost: { minor: 1_760, currency: 'EUR' },
      next: null,
    }))
  test('days are the depot’s: the session that began on 24 October at 22:00 UTC is of the 25th', async () => {
    const of = async (from: string, until: string) => (await listSessions(world.ctx, DEPOT, { from, until })).items.map(({ id }) => id)
    expect([await of('2026-10-24', '2026-10-25'), await of('2026-10-25', '2026-10-26')]).toEqual([[], [ids[1]]])
  })
  test.each([
    [{ vehicle: 'v2' }, 1],
    [{ charger: 'c1' }, 2],
    [{ tag: 'card1' }, 2],
    [{ state: 'open' as const }, 0],
    [{ state: 'review' as const }, 1],
  ])('by %j: %d', async (filter, n) => expect((await listSessions(world.ctx, DEPOT, filter)).total).toBe(n))
  test('sorted by energy', async () =>
    expect((await listSessions(world.ctx, DEPOT, {}, undefined, 'energy')).items.map(({ energyWh }) => energyWh)).toEqual([
      70_000, 50_000, 8_000,
    ]))
  test('a cursor that we never gave', async () =>
    expect(listSessions(world.ctx, DEPOT, {}, "1'; DROP")).rejects.toMatchObject({ code: 'invalid' }))
})

describe('sessions.csv', () => {
  const csv = async (filter = {}) => text((await exportSessions(world.ctx, DEPOT, filter, 'user:fin')).body)
  const lastExport = () => world.ctx.db.prisma.journal.findFirst({ where: { kind: 'export.sessions' }, orderBy: { id: 'desc' } })

  test('depot time with its offset, decimal points, formulas as text', async () => {
    const lines = (await csv()).trimEnd().split('\r\n')
    expect(lines[0]).toBe(
      'session_v1,started_at,stopped_at,time_zone,charger,port,bay,vehicle,driver,id_tag,cost_centre,meter_start_kwh,meter_stop_kwh,energy_kwh,cost,currency,cost_estimated,state,stop_reason,flags',
    )
    expect(lines[1]).toBe(
      `${ids[0]},2026-10-20T03:00:00+02:00,2026-10-20T08:00:00+02:00,Europe/Berlin,Charger 1,1,B1,Van 1,"'=HYPERLINK(""http://x"")",CARD1,,1000.000,1050.000,50.000,9.00,EUR,no,closed,,`,
    )
    expect(lines[2]).toContain('2026-10-25T00:00:00+02:00,2026-10-25T06:00:00+01:00')
  })
  test('rows sum to the totals of the list with the same filter, and the journal keeps the hash', async () => {
    const filter = { charger: 'c1' }
    const file = await csv(filter)
    const list = await listSessions(world.ctx, DEPOT, filter)
    const cells = file
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',').slice(-7))
    expect(cells).toHaveLength(list.total)
    expect(cells.reduce((sum, [kwh]) => sum + Number(kwh) * 1000, 0)).toBe(list.sumEnergyWh)
    expect(cells.reduce((sum, [, cost]) => sum + Math.round(Number(cost) * 100), 0)).toBe(list.sumCost.minor)
    expect(await lastExport()).toMatchObject({
      actor: 'user:fin',
      depotId: DEPOT,
      data: { rows: 2, filter, sha256: createHash('sha256').update(file).digest('hex') },
    })
  })
  test('an export that is broken off frees its connection', async () => {
    for (let i = 0; i < 6; i++) {
      const { body } = await exportSessions(world.ctx, DEPOT, {}, 'user:fin')
      const closed = new Promise((resolve) => body.once('close', resolve))
      body.destroy()
      await closed
    }
    // the pool has four connections: the seventh export would wait for ever
    expect(await csv()).toContain('Van 2')
  })
})

test('a running session costs more with each reading, and its port is shown again', async () => {
  const { ctx } = world
  const id = await makeSession(ctx.db, { from: '2026-10-26T10:00Z', wh: 0 })
  const at = plus(instant('2026-10-26T10:00Z'), minutes(30))
  await makeReading(ctx.db, id, 'p1', at, 5_000)
  let tick = () => {}
  const every = (_: number, then: () => void) => {
    tick = then
    return () => {}
  }
  const clock = { ...ctx.clock, every }
  const stop = startPricing({ ...ctx, clock })
  world.record([
    {
      kind: 'metered',
      depotId: DEPOT,
      chargerId: 'c1',
      portId: 'p1',
      port: 1,
      session: id,
      sessionId: id,
      late: false,
      receivedAt: at,
      readings: [{ at, energyWh: wattHours(5_000), currentMa: [], voltageMv: [], context: 'periodic', flags: [] }],
    },
  ])
  tick()
  await expect.poll(() => world.touched, { timeout: seconds(5) }).toContain('p1')
  expect(await oneSession(ctx, DEPOT, id)).toMatchObject({ energyWh: 5_000, cost: { minor: 150 }, stoppedAt: null })
  stop()
})
