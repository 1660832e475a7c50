import { hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import { kilowatts, type Milliamps, powerAt, wattHours, watts } from '#lib/units/units.ts'
import { type Curve, curveOf } from './curve.ts'
import type { FactPort } from './depot-facts.ts'
import type { Need } from './input.ts'

// For tests only: the vans and ports of the night in `night-loop.ts`.

export type NightVan = { arrives: Instant; departs: Instant; startWh: number; mustWh: number }

export const BATTERY_WH = 140_000
/** Full is nine tenths. */
export const TARGET_WH = BATTERY_WH * 0.9
export const FULL_W = kilowatts(19.2)
const circuit = { volts: 240, wiring: 'L-L' as const, phases: 1 as const }

export const needOf = ({ departs, mustWh }: NightVan, i: number, hasWh: number, now: Instant): Need => ({
  id: `van-${i}`,
  port: `port-${i}`,
  arrives: now,
  departs,
  energyWh: wattHours(Math.max(0, mustWh - hasWh)),
  extraWh: wattHours(Math.max(0, TARGET_WH - Math.max(hasWh, mustWh))),
  maxW: FULL_W,
  phases: 1,
  efficiency: 0.92,
  priority: 0,
  mayPause: true,
})

export const portOf = (i: number, maxPeriods: number): FactPort => ({
  id: `port-${i}`,
  chargerId: `charger-${i}`,
  number: 1,
  node: `charger-${i}`,
  points: { minW: powerAt(6000 as Milliamps, circuit), maxW: FULL_W, stepMa: 1000 as Milliamps, circuit },
  mostW: FULL_W,
  phases: ['l1', 'l2'],
  maxPeriods,
  online: true,
  known: true,
  bootedAt: undefined,
  fallbackW: watts(0),
  fallbackConfirmedAt: instant('2026-11-01T00:00:00Z'),
  wantedFallbackW: watts(0),
  refusesZero: false,
  fallbacks: [],
  inoperative: false,
  heldReason: null,
  extraW: watts(0),
  sessions: [],
  limits: [],
  wanted: undefined,
  fallbackTries: { failures: 0, lastSentAt: undefined },
  limitTries: { failures: 0, lastSentAt: undefined },
  writesToday: 0,
  inFlight: false,
  asked: false,
  stopped: false,
})

export const baseCurve = ({ from, until }: { from: Instant; until: Instant }, kw: (at: Instant) => number): Curve => {
  const steps: Curve['steps'] = []
  for (let at = (from - (from % hours(1))) as Instant; at < until + hours(24); at = plus(at as Instant, hours(1)))
    steps.push({ from: at, limitW: kilowatts(kw(at)) })
  return curveOf(steps[0]!.limitW, steps.slice(1))
}
