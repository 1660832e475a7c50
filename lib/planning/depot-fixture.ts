import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { kilowattHours, kilowatts, milliamps, type Watts, watts } from '#lib/units/units.ts'
import type { Need, PlanningInput, PlanningPort } from './input.ts'

// For tests only: a depot in a few words. 17:00 in UTC, 5-minute slots, 240 V between two lines, ports of 19.2 kW (80 A).

export const five = instant('2026-11-23T17:00:00Z')
export const clock = (time: string): Instant => {
  const at = instant(`2026-11-23T${time}:00Z`)
  return at < five ? plus(at, 24 * 3_600_000) : at
}

export const portOf = (id: string, change: Partial<PlanningPort> = {}): PlanningPort => ({
  id,
  node: 'service',
  maxW: kilowatts(19.2),
  minW: watts(1_440),
  stepMa: milliamps(1000),
  phases: ['l1', 'l2'],
  maxPeriods: 24,
  reservedW: [],
  ...change,
})

/** A vehicle at the port of the same name. */
export const van = (id: string, departs: string, needKwh: number, change: Partial<Need> = {}): Need => ({
  id,
  port: id,
  arrives: five,
  departs: clock(departs),
  energyWh: kilowattHours(needKwh),
  maxW: kilowatts(19.2),
  phases: 1,
  efficiency: 1,
  priority: 0,
  mayPause: true,
  ...change,
})

export const depot = (capKw: number, needs: Need[], change: Partial<PlanningInput> = {}): PlanningInput => {
  const slots = change.slots ?? 168
  const ids = [...new Set(needs.flatMap(({ port }) => (port ? [port] : [])))]
  return {
    now: five,
    slotMinutes: 5,
    slots,
    nodes: [{ id: 'service', limitW: new Array<Watts>(slots).fill(kilowatts(capKw)), volts: 240, wiring: 'L-L' }],
    ports: ids.map((id) => portOf(id)),
    needs,
    prices: { microPerKwh: new Array<number>(slots).fill(200_000), demand: [] },
    policy: 'readyFirst',
    ...change,
  }
}

/** A price per slot: `from` (time of the clock) → micro per kWh, until the next. */
export const pricesBy = (slots: number, steps: Record<string, number>): number[] => {
  const starts = Object.entries(steps).map(([time, micro]) => ({ at: clock(time), micro }))
  return Array.from({ length: slots }, (_, t) => starts.findLast(({ at }) => at <= plus(five, minutes(5) * t))!.micro)
}

/** Fourteen ports of 19.2 kW under 80 kW, 55 kWh each, plugged 17:00–20:00, leaving 05:00–07:00 (fixture F1). */
export const zerega = (change: Partial<PlanningInput> = {}): PlanningInput => {
  const needs = Array.from({ length: 14 }, (_, i) =>
    van(`van${i + 1}`, '05:00', 55, {
      arrives: plus(five, Math.round((i * minutes(180)) / 13)),
      departs: plus(clock('05:00'), Math.round((((i * 5) % 14) * minutes(120)) / 13)),
    }),
  )
  return depot(80, needs, change)
}
