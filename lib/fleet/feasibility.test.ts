import { describe, expect, test } from 'vitest'
import { hours, type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { dutyEnergyWh } from './duty.ts'
import { feasibilityOf, type PlannedStay } from './feasibility.ts'
import { outcomeText, reckoning } from './feasibility-words.ts'
import type { FleetDuty } from './need.ts'

const NOW = instant('2026-11-23T20:00:00Z')
const LEAVES = plus(NOW, hours(4))
const BUS = {
  ...{ batteryWh: 140_000, maxW: 22_000, efficiencyPermille: 900, whPerKm: 450, targetSocPct: 90, socPct: 20 },
  socAt: NOW as Instant | undefined,
}
const duty = (departsAt: Instant, km: number, hoursOut = 8): FleetDuty => ({
  vehicleId: 'bus',
  departsAt,
  returnsAt: plus(departsAt, hours(hoursOut)),
  distanceM: km * 1000,
  energyWh: dutyEnergyWh(km * 1000, 450),
})
const steady = (powerW: number): PlannedStay => ({ departsAt: LEAVES, gives: [{ from: NOW, until: LEAVES, powerW }] })
/** As a person reads it: every space a space. */
const plain = (text: string) => text.replace(/\u202f/g, ' ')

function judge(
  given: {
    vehicle?: Partial<Parameters<typeof feasibilityOf>[0]>
    duties?: FleetDuty[]
    portW?: number | null
    planned?: PlannedStay
  } = {},
) {
  const { vehicle = {}, duties = [duty(LEAVES, 180)], portW = 19_200, planned } = given
  return [...feasibilityOf({ ...BUS, ...vehicle }, duties, { portW, isHere: false, planned, now: NOW }).values()]
}
const text = (outcome: Parameters<typeof outcomeText>[0] | null) => (outcome ? plain(outcomeText(outcome)) : null)

describe('180 km at 0.45 kWh a km, 140 kWh, back with 20 %, leaves in 4 h (R1 AT1)', () => {
  test('a port of 19.2 kW makes it ready with 14 minutes to spare', () => {
    const [judged] = judge()
    expect(judged!.stay.neededWh).toBe(93_150)
    expect((judged!.stay.neededWh / 140_000) * 100).toBeCloseTo(66.5, 1)
    expect(judged!.stay.neededWh - judged!.stay.hasWh).toBe(65_150)
    expect(judged!.alone!.givesWh).toBeCloseTo(69_120, 6)
    expect(text(judged!.alone)).toBe('ready, margin ≈ 14 min (≈ 9 km)')
    // under a quarter of an hour to spare is worth a look
    expect(judged!.verdict).toBe('tight')
  })

  test('at 9.6 kW under a shared cap it is not ready, and short by 31 kWh, 68 km', () => {
    const [judged] = judge({ planned: steady(9600) })
    expect(text(judged!.byPlan)).toBe('not ready, short by ≈ 31 kWh (≈ 68 km)')
    expect(judged!.byPlan!.shortWh).toBeCloseTo(30_590, 6)
    expect(judged!.verdict).toBe('shortByPlan')
  })

  test('every figure of it is told', () => {
    expect(reckoning(judge({ planned: steady(9600) })[0]!).map(({ name, text }) => plain(`${name}: ${text}`))).toEqual([
      'Needed at departure: 93.2 kWh of 140 kWh (66.5 %), reserve included',
      'Comes with: 28.0 kWh (20.0 %): 65.2 kWh missing at the battery',
      'Port alone: 4 h × 19.2 kW × 0.9 = 69.1 kWh: ready, margin ≈ 14 min (≈ 9 km)',
      'Plan in force: gives 34.6 kWh until it leaves: not ready, short by ≈ 31 kWh (≈ 68 km)',
    ])
  })
})

test('a port that is too weak tells how late it would be', () => {
  const [judged] = judge({ portW: 9600 })
  expect(judged!.verdict).toBe('short')
  // 30.59 kWh at 8.64 kW
  expect(judged!.alone!.marginMs! / minutes(1)).toBeCloseTo(-212.4, 1)
})

test('the plan is ready where its own hours have brought enough, not where they end', () => {
  const gives = [
    { from: NOW, until: plus(NOW, hours(1)), powerW: 0 },
    { from: plus(NOW, hours(1)), until: plus(NOW, hours(5)), powerW: 22_000 },
  ]
  const [judged] = judge({ vehicle: { socPct: 40 }, portW: 22_000, planned: { departsAt: LEAVES, gives } })
  // 37.15 kWh at 19.8 kW from 21:00 on
  expect((judged!.byPlan!.readyAt! - NOW) / minutes(1)).toBeCloseTo(60 + 112.6, 1)
  // it is not charged above its target of 90 %
  expect(judged!.byPlan!.leavesWithWh).toBeCloseTo(56_000 + 3 * 19_800, 3)
})

test('the second duty of a day begins with what the first one leaves', () => {
  const first = duty(plus(NOW, hours(1)), 100, 3)
  const second = duty(plus(NOW, hours(6)), 180)
  const [one, two] = judge({ vehicle: { socPct: 90 }, duties: [first, second] })
  expect(one!.verdict).toBe('ready')
  expect(two!.stay).toMatchObject({ from: first.returnsAt, departsAt: second.departsAt, hasWh: 126_000 - 45_000 })
  expect(text(two!.alone)).toBe('ready, margin ≈ 1 h 18 (≈ 50 km)')
})

test('one on the road comes back with what its duty leaves', () => {
  const out = { ...duty(plus(NOW, -hours(4)), 100, 6) }
  const [judged] = judge({ vehicle: { socPct: 80, socAt: plus(NOW, -hours(5)) }, duties: [out, duty(plus(NOW, hours(10)), 180)] })
  expect(judged!.stay).toMatchObject({ from: out.returnsAt, hasWh: 112_000 - 45_000 })
})

test('one that is back early has what its battery tells', () => {
  const out = { ...duty(plus(NOW, -hours(4)), 100, 6) }
  const facts = { portW: 19_200, isHere: true, planned: undefined, now: NOW }
  const [judged] = feasibilityOf({ ...BUS, socPct: 45, socAt: plus(NOW, -hours(5)) }, [out, duty(LEAVES, 180)], facts).values()
  expect(judged!.stay).toMatchObject({ from: NOW, hasWh: 63_000 })
})

test('more than the battery or its target holds is said, however long it charges', () => {
  const late = plus(NOW, hours(30))
  expect(judge({ duties: [duty(late, 300)] })[0]).toMatchObject({ verdict: 'short', tooSmall: 'battery', alone: { readyAt: null } })
  const [judged] = judge({ duties: [duty(late, 260)] })
  expect(judged).toMatchObject({ verdict: 'short', tooSmall: 'target' })
  expect(plain(reckoning(judged!)[2]!.text)).toBe('more than it is charged to (126 kWh). Raise “Charge to” of the vehicle')
})

test('without a bay only a battery that is full enough is ready; an unknown charge is taken for low, and said', () => {
  expect(judge({ portW: null })[0]).toMatchObject({ verdict: 'unknown', alone: null })
  expect(judge({ portW: null, vehicle: { socPct: 88 } })[0]).toMatchObject({ verdict: 'ready' })
  const [judged] = feasibilityOf({ ...BUS, socPct: null }, [duty(LEAVES, 180)], {
    portW: 19_200,
    isHere: false,
    planned: undefined,
    now: NOW,
  }).values()
  expect(judged).toMatchObject({ isAssumed: true, stay: { hasWh: 28_000 } })
  const [assumed] = judge({ vehicle: { socPct: null, assumedSocPct: 50 } })
  expect(assumed).toMatchObject({ isAssumed: true, stay: { hasWh: 70_000 } })
})
