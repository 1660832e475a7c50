import { expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { dayInterval } from '#lib/time/zone.ts'
import { makeClock } from '#server/clock.ts'
import { makeLog } from '#server/log.ts'
import { openDatabase } from '#server/store/database.ts'
import { writeSetting } from '#server/store/setting.ts'
import { tariffInForce } from '#server/store/tariff.ts'
import { testDatabase } from '#server/tools/test-store.ts'
import { warehouseLoad, warehouseP95W } from './base-load.ts'
import { demoDepotId, demoDuties, demoZone, vans } from './depot.ts'
import { fillHistory, firstRegisterWh, historySetting } from './history.ts'
import { extendDemo, seedDemo } from './seed.ts'

const start = instant('2026-11-22T04:40:00Z')
const depotTime = makeClock({ realMs: Date.now(), depotMs: start, speed: 1 })

test('every van has one duty a day, the same for every process that asks', () => {
  const day = dayInterval('2026-11-20', demoZone)
  const duties = demoDuties(day)
  expect(duties.map(({ vehicleId }) => vehicleId)).toEqual(vans.map(({ id }) => id))
  expect(demoDuties(day)).toEqual(duties)
  for (const { departsAt, returnsAt, energyWh } of duties) {
    expect(returnsAt).toBeGreaterThan(departsAt)
    expect(energyWh).toBeLessThanOrEqual(0.9 * 140_000 * 1.05)
  }
})

test('the building is under its 95th percentile in 95 of 100 hours, and the envelope counts at least the forecast', () => {
  const year = { from: instant('2026-01-01T08:00:00Z'), until: instant('2027-01-01T08:00:00Z') }
  const load = warehouseLoad(year, demoZone)
  const under = load.filter(({ forecastW }) => forecastW <= warehouseP95W).length / load.length
  expect(under).toBeGreaterThan(0.94)
  expect(load.every(({ forecastW, upperW }) => upperW >= forecastW)).toBe(true)
})

test('the depot is made once; a second start keeps what dispatch moved', async () => {
  const { url } = await testDatabase()
  const db = openDatabase(url, 3)
  const ctx = { db, clock: depotTime }
  expect(await seedDemo(ctx)).toBe(true)
  await extendDemo(ctx)
  const duty = await db.prisma.duty.findFirstOrThrow({ where: { departsAt: { gt: new Date(start) } }, orderBy: { departsAt: 'asc' } })
  await db.prisma.duty.update({ where: { id: duty.id }, data: { departsAt: new Date(start + hours(1)) } })
  expect(await seedDemo(ctx)).toBe(false)
  await extendDemo(ctx)
  expect((await db.prisma.duty.findUniqueOrThrow({ where: { id: duty.id } })).departsAt).toEqual(new Date(start + hours(1)))
  await db.close()
})

test('history is filled from real duties, can be cut off, and doubles nothing when it goes on', async () => {
  const { url } = await testDatabase()
  const db = openDatabase(url, 3)
  const ctx = { db, clock: depotTime, log: makeLog('test', 'fatal') }
  await seedDemo(ctx)
  await extendDemo(ctx)
  const tariff = await tariffInForce(db.prisma, demoDepotId, start)
  await writeSetting(db.prisma, historySetting, { from: plus(start, -hours(30)), until: start, done: 0, of: 0 })

  const cut = new AbortController()
  const writes = db.prisma.session.count.bind(db.prisma.session)
  const watch = setInterval(async () => (await writes()) > 2 && cut.abort(), 50)
  await fillHistory(ctx, tariff!, cut.signal)
  clearInterval(watch)
  await fillHistory(ctx, tariff!, new AbortController().signal)
  await fillHistory(ctx, tariff!, new AbortController().signal)

  const sessions = await db.prisma.session.findMany({ orderBy: { startedAt: 'asc' } })
  expect(sessions.length).toBeGreaterThan(8)
  expect(new Set(sessions.map(({ startKey }) => startKey)).size).toBe(sessions.length)
  for (const { meterStopWh, meterStartWh, energyWh, costMinor, stoppedAt, vehicleId } of sessions) {
    expect(meterStopWh! - meterStartWh).toBe(energyWh)
    expect(Number(meterStopWh)).toBeLessThanOrEqual(firstRegisterWh)
    expect(costMinor > 0n || energyWh === 0n).toBe(true)
    expect(stoppedAt!.getTime()).toBeLessThanOrEqual(start)
    expect(vehicleId).not.toBeNull()
  }
  const requests = await db.prisma.chargeRequest.groupBy({ by: ['outcome'], _count: true })
  // the past's plans kept their promises
  expect(requests.map(({ outcome }) => outcome)).toEqual(['STARTED_IN_SLA'])
  expect(await db.prisma.chargeRequest.count()).toBe(sessions.length)
  await db.close()
})
