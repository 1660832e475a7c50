import { beforeAll, describe, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { costSummary } from '../billing/cost-summary.ts'
import { priceSession } from '../billing/price-session.ts'
import { vehicleQuarters } from '../store/site-power.ts'
import { testDatabase } from '../tools/test-store.ts'
import { getTariff } from './get-tariff.ts'
import { monthPeak } from './month-peak.ts'
import { putTariff } from './put-tariff.ts'
import { vehiclePower15 } from './quarter-hours.ts'
import { DEPOT, makeDepot, makeSession, makeTariff, type TestWorld, testWorld } from './test-depot.ts'

let world: TestWorld
beforeAll(async () => {
  world = testWorld((await testDatabase()).url, '2026-10-26T12:00:00Z')
  const { db } = world.ctx
  await makeDepot(db, { at: '2026-09-01T00:00Z' })
  await makeTariff(db)
  // 10 kW and 8 kW, overlapping by half an hour; a week earlier one alone; one from before midnight
  const sessions = [
    { from: '2026-10-26T08:00Z', until: '2026-10-26T10:00Z', wh: 20_000 },
    { from: '2026-10-26T09:30Z', until: '2026-10-26T10:30Z', wh: 8_000, port: 'p2', card: 'CARD2', everyMin: 6 },
    { from: '2026-10-19T08:00Z', until: '2026-10-19T09:00Z', wh: 6_000 },
    { from: '2026-09-20T20:00Z', until: '2026-09-21T02:00Z', wh: 60_000 },
  ]
  for (const session of sessions) {
    const id = await makeSession(db, session)
    await db.prisma.$transaction((tx) => priceSession(tx, id))
  }
  return () => db.close()
})

test('vehicle power per quarter hour, from registers: the same energy, whatever the samples’ rhythm', async () => {
  const means = await vehiclePower15(world.ctx, DEPOT, instant('2026-10-26T09:00Z'), instant('2026-10-26T11:00Z'))
  expect(means.map(({ powerW }) => Math.round(powerW / 100))).toEqual([100, 100, 180, 180, 80, 80, 0, 0])
})
test('a register gone mad, and energy that came at no time, are no more power than is plausible at the port', async () => {
  const { db } = world.ctx
  const month = { from: instant('2026-08-01T00:00Z'), until: instant('2026-08-03T00:00Z') }
  for (const session of [
    { from: '2026-08-01T08:00Z', until: '2026-08-01T09:00Z', wh: 5_000_000_000 },
    { from: '2026-08-02T08:00Z', until: '2026-08-02T08:00Z', wh: 70_000, port: 'p2', card: 'CARD2' },
  ]) {
    const id = await makeSession(db, session)
    await db.prisma.$transaction((tx) => priceSession(tx, id))
  }
  const { maxW } = await db.prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })
  const means = await vehiclePower15(world.ctx, DEPOT, month.from, month.until)
  expect(Math.max(...means.map(({ powerW }) => powerW))).toBe(2 * maxW)
  const byVehicle = await vehicleQuarters(db, DEPOT, month.from, month.until)
  expect(byVehicle.map(({ powerW }) => powerW)).toEqual(byVehicle.map(() => 2 * maxW))
  expect(byVehicle.length).toBeGreaterThan(3)
  await db.prisma.session.deleteMany({ where: { startedAt: { gte: new Date(month.from), lt: new Date(month.until) } } })
})
test('the month’s peak has building and vehicles', async () => {
  const { prisma } = world.ctx.db
  await prisma.baseLoad.create({
    data: { nodeId: 'service', startsAt: new Date('2026-10-26T09:30Z'), minutes: 15, forecastW: 9_000, upperW: 20_000, measuredW: 12_000 },
  })
  expect(await monthPeak(world.ctx, DEPOT, 'Europe/Berlin')).toEqual({
    peakW: 30_000,
    peakAt: instant('2026-10-26T09:30Z'),
    estimated: false,
  })
})
test('cost today and this month, with the same span before, and the demand charge', async () => {
  const summary = await costSummary(world.ctx, DEPOT)
  expect(summary).toMatchObject({
    today: { minor: 840, currency: 'EUR' },
    todayKwh: 28,
    month: { minor: 1_020 },
    todayBefore: { minor: 180 },
    // 22:00–24:00 at 0.30, 00:00–04:00 at 0.10
    monthBefore: { minor: 600 + 400 },
    demand: { minor: 30_000 },
    estimated: false,
  })
  expect(summary.perKwhMicro).toBe(Math.round((31_020 * 10_000) / 34))
})

describe('the tariff', () => {
  const file = {
    format: 'yardwatt-tariff-1',
    currency: 'EUR',
    windows: [
      { name: 'night', from: '00:00', until: '06:00', pricePerKwh: 0.198 },
      { name: 'day', from: '06:00', until: '24:00', pricePerKwh: 0.32 },
    ],
  }
  test('as it is shown', async () => {
    const { tariff } = await getTariff(world.ctx, DEPOT)
    expect(tariff).toMatchObject({
      name: 'Night and day',
      demandMicroPerKw: 10_000_000,
      levels: [
        { name: 'night', priceMicroPerKwh: 100_000 },
        { name: 'day', priceMicroPerKwh: 300_000 },
      ],
      now: { microPerKwh: 300_000, window: 'day', until: instant('2026-10-26T23:00Z') },
      dstNote: null,
    })
    expect(tariff!.seasons).toHaveLength(1)
    expect(tariff!.seasons[0]!.grid[3]!.join('')).toBe('000000111111111111111111')
  })
  test('a file with a gap is refused in words, and nothing changes', async () => {
    const gap = { ...file, windows: [file.windows[0]!, { ...file.windows[1]!, until: '22:00' }] }
    await expect(putTariff(world.ctx, DEPOT, { name: 'x', file: gap }, 'user:a')).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('no price from 22:00 to 24:00'),
    })
    await expect(putTariff(world.ctx, DEPOT, { name: 'x', file: { ...file, currency: 'USD' } }, 'user:a')).rejects.toMatchObject({
      code: 'invalid',
    })
    expect((await getTariff(world.ctx, DEPOT)).tariff!.name).toBe('Night and day')
  })
  test('a good file replaces it from now on; the journal has before and after; the plan is made again', async () => {
    await putTariff(world.ctx, DEPOT, { name: 'New', file }, 'user:a')
    expect((await getTariff(world.ctx, DEPOT)).tariff).toMatchObject({
      name: 'New',
      now: { microPerKwh: 320_000 },
      validFrom: world.ctx.clock.now(),
    })
    const line = await world.ctx.db.prisma.journal.findFirst({ where: { kind: 'setting.changed' } })
    expect(line).toMatchObject({ actor: 'user:a', data: { setting: 'tariff', before: { name: 'Night and day' }, after: { name: 'New' } } })
    expect(world.replanned).toEqual(['yard: the tariff was replaced'])
  })
  test('a session that ran before keeps its price', async () => {
    const id = await makeSession(world.ctx.db, { from: '2026-10-26T11:00Z', until: '2026-10-26T12:00Z', wh: 10_000 })
    await priceSession(world.ctx.db.prisma, id)
    expect(await world.ctx.db.prisma.session.findUnique({ where: { id } })).toMatchObject({ costMinor: 300n, tariffId: 'tariff' })
  })
})
