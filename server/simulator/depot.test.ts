import { afterEach, beforeEach, expect, test } from 'vitest'
import { hours, type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { makeClock } from '#server/clock.ts'
import { type Central, startCentral } from './central-for-tests.ts'
import { type Depot, type DepotOptions, startDepot } from './depot.ts'
import type { Trip } from './trips.ts'
import { weeklyTrips } from './trips.ts'
import { VAN } from './vehicle.ts'

// An evening in a depot of four, with real sockets; half an hour takes a second.

const EVENING = instant('2026-03-10T18:00:00Z')
const NAMES = [1, 2, 3, 4]
let central: Central
let depot: Depot | undefined
let port = 20_170

const clock = () => makeClock({ realMs: Date.now(), depotMs: EVENING, speed: 1_800 })
const trip = (n: number, from: number, until: number): Trip => ({
  vehicleId: `van-${n}`,
  leavesAt: plus(EVENING, hours(from)),
  returnsAt: plus(EVENING, hours(until)),
  energyWh: 24_000,
  distanceM: 50_000,
})

beforeEach(async () => {
  central = await startCentral(clock(), port++)
})
afterEach(async () => {
  depot?.close()
  await central.close()
})

const start = (options: Partial<DepotOptions> = {}) => {
  depot = startDepot({
    url: central.url,
    chargers: NAMES.map((n) => ({ identity: `C${n}`, password: central.password })),
    vehicles: NAMES.map((n) => ({ ...VAN, id: `van-${n}`, tag: `TAG${n}`, soc: 0.7, home: { charger: `C${n}`, port: 1 } })),
    trips: NAMES.flatMap((n) => [trip(n, -8, n * 0.1), trip(n, 1.4 + n * 0.1, 12)]),
    nodes: [{ id: 'service', capW: 60_000 }],
    clock: clock(),
    habits: { latePlugShare: 0 },
    network: { backoffMs: { min: 20, max: 100 } },
    ...options,
  })
  return depot
}
const until = (isSo: () => unknown, says: string, living = depot!) => living.chargers[0]!.waitFor(isSo, says, 15_000)
const sums = (all: number[]) => all.reduce((a, b) => a + b, 0)

test('vans come home, charge and leave; the judge sees what no plan prevents, and not a watt-hour is lost', async () => {
  const living = start()
  expect(living.vehicles().every((v) => !v.isPlugged)).toBe(true)
  await until(() => central.heardOf('StartTransaction').length === 4, 'four starts')
  await until(() => central.heardOf('StopTransaction').length === 4, 'four departures')
  expect(living.vehicles().every((v) => v.isAway)).toBe(true)

  const delivered = NAMES.map((n) => living.charger(`C${n}`).meterWh())
  const registered = central.heardOf('StopTransaction').map((h) => Number(h.params.meterStop))
  for (const [i, wh] of registered.toSorted((a, b) => a - b).entries()) expect(wh).toBe(Math.round(delivered.toSorted((a, b) => a - b)[i]!))
  // 70 % of 80 kWh, less the day's drive, plus what was charged
  for (const n of NAMES) {
    const { storedWh } = living.vehicle(`van-${n}`).state()
    expect(storedWh).toBeCloseTo(56_000 - 24_000 + delivered[n - 1]! * VAN.efficiency, 3)
  }
  const { mostW, overs, means } = living.judge.verdict()
  expect(mostW).toBeGreaterThan(60_000)
  expect(overs.length).toBeGreaterThan(0)
  expect(overs.every((over) => over.disobedient.length === 0)).toBe(true)
  expect(sums(means.map((m) => (m.meanW * m.seconds) / 3_600))).toBeCloseTo(sums(delivered), 3)
})

test('plug and go: no tag is shown, the central system starts', async () => {
  start({
    vehicles: [{ ...VAN, id: 'van-1', tag: 'TAG1', plugAndGo: true, soc: 0.5, home: { charger: 'C1', port: 1 } }],
    habits: { latePlugShare: 0, patienceMs: hours(2) },
  })
  await until(() => central.heardOf('StatusNotification', 'C1').some((h) => h.params.status === 'Preparing'), 'the cable')
  expect(await central.ask('C1', 'RemoteStartTransaction', { connectorId: 1, idTag: 'FLEET1' })).toEqual({ status: 'Accepted' })
  await until(() => central.heardOf('StartTransaction').length === 1, 'the start')
  expect(central.heardOf('Authorize')).toEqual([])
  expect(central.heardOf('StartTransaction')[0]?.params).toMatchObject({ idTag: 'FLEET1' })
})

test('a departure that is moved earlier is kept, also by a second life', async () => {
  const time = { clock: clock() }
  const first = start(time)
  await until(() => first.charger('C1').transaction()?.transactionId, 'the first start')
  const to = plus(EVENING, hours(1))
  expect(first.moveDeparture('van-1', to)).toBe(true)
  first.close()
  start({ ...time, remembered: JSON.parse(JSON.stringify(first.state())) })
  await until(() => central.heardOf('StopTransaction').length === 1, 'the early stop')
  const stoppedAt: Instant = instant(String(central.heardOf('StopTransaction')[0]?.params.timestamp))
  expect(Math.abs(stoppedAt - to)).toBeLessThan(minutes(5))
})

test('a second life goes on where the first one stopped', async () => {
  const time = { clock: clock() }
  const first = start(time)
  await until(() => central.heardOf('StartTransaction').length === 4, 'four starts')
  await until(() => NAMES.every((n) => first.charger(`C${n}`).transaction()?.transactionId), 'four answers')
  const remembered = JSON.parse(JSON.stringify(first.state()))
  first.close()
  const second = start({ ...time, remembered })
  expect(second.vehicle('van-1').soc()).toBeCloseTo(first.vehicle('van-1').soc(), 2)
  await until(() => central.heardOf('StopTransaction').length === 4, 'four departures')
  const ids = central.heardOf('StopTransaction').map((h) => h.params.transactionId)
  expect(ids.toSorted()).toEqual([101, 102, 103, 104])
  expect(central.heardOf('StartTransaction')).toHaveLength(4)
})

test('a disobedient charger is the one the judge names; the others keep to the cap', async () => {
  const living = start({ nodes: [{ id: 'service', capW: 4 * 4_800 }] })
  living.charger('C2').fault('acceptsAndIgnores')
  await until(() => living.chargers.every((c) => c.registration() === 'Accepted'), 'the boots')
  for (const n of NAMES) {
    const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 20, numberPhases: 1 }] }
    const csChargingProfiles = {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule,
    }
    expect(await central.ask(`C${n}`, 'SetChargingProfile', { connectorId: 0, csChargingProfiles })).toEqual({ status: 'Accepted' })
  }
  await until(() => living.judge.verdict().overs.some((over) => over.seconds > 120), 'two minutes above the cap')
  const over = living.judge.verdict().overs.find((o) => o.seconds > 120)!
  expect(over.disobedient).toEqual(['C2/1'])
  expect(over.unexplainedSeconds, 'but for the seconds in which a charger may still follow').toBeLessThanOrEqual(10)
  expect(living.meter.portW('C2')).toBeGreaterThan(4_800)
  for (const obedient of ['C1', 'C3', 'C4']) expect(living.meter.portW(obedient)).toBeLessThanOrEqual(4_800)
})

test('weekly duties become drives by the depot calendar, also over a change of the clocks', () => {
  const duty = { vehicleId: 'van-1', weekday: 7, departs: '22:00', returns: '06:00', energyWh: 1, distanceM: 1 }
  const week = { from: instant('2026-03-23T00:00:00Z'), until: instant('2026-04-06T00:00:00Z') }
  expect(weeklyTrips([duty], 'Europe/Berlin', week).map((t) => [t.leavesAt, t.returnsAt])).toEqual([
    // the clocks went forward that morning: 22:00 is +02:00
    [instant('2026-03-29T20:00:00Z'), instant('2026-03-30T04:00:00Z')],
    [instant('2026-04-05T20:00:00Z'), instant('2026-04-06T04:00:00Z')],
  ])
})
