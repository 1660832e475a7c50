import { hours, type Instant, type Interval, instant, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay, localInstant } from '#lib/time/zone.ts'
import { kilowatts } from '#lib/units/units.ts'
import { warehouseP95W } from './base-load.ts'
import duties from './fixtures/duty-days.json' with { type: 'json' }
import { random } from './random.ts'

// The demo depot: 14 × 19.2 kW ports under a connection of 80 kW for vehicles plus the P95 of a warehouse's base load.

export const demoZone = 'America/Los_Angeles'
export const demoDepotId = 'north'
/** Depot time at the very first start: the last vans come home, the price falls within minutes. */
export const demoStartTime = '20:40:00'
const bays = Array.from({ length: 14 }, (_, index) => index + 1)
const two = (n: number) => String(n).padStart(2, '0')

export const vanId = (n: number) => `van-${two(n)}`
export const portId = (n: number) => `port-${two(n)}`
export const chargerId = (n: number) => `charger-${two(n)}`
export const tagOf = (n: number) => `YW00A1${two(n)}`

const whPerMile = 700
const metresPerMile = 1609.344

/** The vans: 140 kWh usable, 19.2 kW on board, 0.7 kWh a mile. */
export const vans = bays.map((n) => ({
  id: vanId(n),
  name: `Van ${two(n)}`,
  batteryWh: 140_000,
  maxW: kilowatts(19.2),
  phases: 1,
  efficiencyPermille: 920,
  whPerKm: Math.round((whPerMile / metresPerMile) * 1000),
  targetSocPct: 90,
  homePortId: portId(n),
}))

const names = [
  'A. Ortiz',
  'B. Chen',
  'C. Okafor',
  'D. Silva',
  'E. Novak',
  'F. Haddad',
  'G. Larsen',
  'H. Kim',
  'I. Rossi',
  'J. Patel',
  'K. Moreau',
  'L. Santos',
  'M. Weber',
  'N. Brown',
]
export const drivers = bays.map((n) => ({ id: `driver-${two(n)}`, name: names[n - 1]!, costCentre: n <= 7 ? 'CC-4100' : 'CC-4200' }))

export const tokens = bays.map((n) => ({
  id: `token-${two(n)}`,
  idTag: tagOf(n),
  kind: 'rfid',
  vehicleId: vanId(n),
  driverId: `driver-${two(n)}`,
  costCentre: n <= 7 ? 'CC-4100' : 'CC-4200',
}))

/** Service connection → two panels → a circuit for each charger. */
export const siteNodes = () => {
  const shared = { volts: 240, wiring: 'L-L', limitIncludesContinuous: false }
  const panel = (id: string, name: string) => ({
    ...shared,
    id,
    parentId: 'service',
    kind: 'panel',
    name,
    breakerMa: 200_000,
    phases: 3,
    limitW: null,
  })
  return [
    {
      ...shared,
      id: 'service',
      parentId: null,
      kind: 'service',
      name: 'Grid connection',
      breakerMa: null,
      phases: 3,
      limitW: kilowatts(80) + warehouseP95W,
    },
    panel('panel-a', 'Panel A'),
    panel('panel-b', 'Panel B'),
    ...bays.map((n) => ({
      ...shared,
      id: `circuit-${two(n)}`,
      parentId: n <= 7 ? 'panel-a' : 'panel-b',
      kind: 'circuit',
      name: `Circuit ${two(n)}`,
      breakerMa: 100_000,
      phases: 1,
      limitW: null,
    })),
  ]
}

export const chargers = bays.map((n) => ({
  id: chargerId(n),
  nodeId: `circuit-${two(n)}`,
  identity: `YW-NORTH-${two(n)}`,
  name: `Charger ${two(n)}`,
  maxW: kilowatts(19.2),
  port: {
    ...{ id: portId(n), number: 1, bay: two(n), maxW: kilowatts(19.2), minW: 1440, stepMa: 1000 },
    // shared out over the three lines, as electricians do
    ...{ phases: 1, volts: 240, wiring: 'L-L', lines: ['l1 l2', 'l2 l3', 'l3 l1'][n % 3]! },
  },
}))

export type DemoDuty = { id: string; vehicleId: string; departsAt: Instant; returnsAt: Instant; distanceM: number; energyWh: number }

/** Real shifts and miles, drawn by van and day with a seed: the same duties for every process that asks. `energyWh` has 15 % reserve. */
export function demoDuties({ from, until }: Interval, seed = 7): DemoDuty[] {
  const out: DemoDuty[] = []
  for (
    let day = localDay(from, demoZone), span = dayInterval(day, demoZone);
    span.from < until;
    day = addDays(day, 1), span = dayInterval(day, demoZone)
  ) {
    // only on days of 23 or 25 hours is a time of day not a span since midnight
    const at = (time: string) =>
      span.until - span.from === hours(24) ? plus(span.from, Date.parse(`1970-01-01T${time}Z`)) : localInstant(day, time, demoZone)
    const number = Math.round(Date.parse(day) / 86_400_000)
    for (const n of bays) {
      const real = duties.days[Math.floor(random(seed * 1_000_003 + number * 101 + n)() * duties.days.length)]!
      const departsAt = at(real.departs)
      const returnsAt = instant(Math.max(at(real.returns), plus(departsAt, hours(1))))
      if (departsAt < from || departsAt >= until) continue
      const distanceM = Math.round(real.miles * metresPerMile)
      out.push({
        id: `${vanId(n)}-${day}`,
        vehicleId: vanId(n),
        departsAt,
        returnsAt,
        distanceM,
        energyWh: Math.round(real.miles * whPerMile * 1.15),
      })
    }
  }
  return out
}
