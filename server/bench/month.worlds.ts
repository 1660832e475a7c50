import { instant } from '#lib/time/instant.ts'
import { localParts } from '#lib/time/zone.ts'
import { caltechSessions, depotDays, MARCH_FIRST, tariffDay, warehouseShare } from '../judge/real-data.ts'
import { seeded } from '../judge/seeded.ts'
import type { Visit, World } from './month.replay.ts'

const DAY_MS = 86_400_000
const SLOT_MS = 300_000
const DAYS = 15
export const SLOTS = DAYS * 288
/** Working days of 1 to 15 March 2019, a Friday to a Friday. */
const WORKING = [0, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14]

/** SCE TOU-EV-4 in winter: its weekdays and weekends, by the local clock (which goes forward on 10 March). */
const prices = (slots: number): number[] => {
  const [weekday, weekend] = [tariffDay('tou-ev-4-winter'), tariffDay('tou-ev-4-winter-weekend')]
  return Array.from({ length: slots }, (_, t) => {
    const { weekday: day, hour } = localParts(instant(MARCH_FIRST + t * SLOT_MS), 'America/Los_Angeles')
    return Math.round((day > 5 ? weekend : weekday).pricePerKwh[hour]! * 1e6)
  })
}
const MICRO_PER_KW = tariffDay('tou-ev-4-winter').demand[0]!.perKw * 1e6
/** 32 A between two lines of 208 V. */
const STATION_W = 6_656

/** The Caltech half-month; with a seed its working days in another order. Sessions ask for what their stay can give at most. */
export const caltech = (seed = 0): World => {
  const to = order(seed)
  const visits = caltechSessions().flatMap(({ arrives, departs, station, energyWh }, i): Visit[] => {
    const day = Math.floor((arrives - MARCH_FIRST) / DAY_MS)
    const shift = ((to.get(day) ?? day) - day) * DAY_MS
    // two stay longer than the half-month
    const leaves = Math.min(departs + shift, MARCH_FIRST + SLOTS * SLOT_MS)
    const most = Math.floor((STATION_W * (leaves - arrives - shift)) / 3_600_000)
    if (most <= 0) return []
    // in another order stations may be taken twice: each session has one of its own there
    const port = seed === 0 ? station : `${station}-${i}`
    return [{ id: `s${i}`, port, arrives: arrives + shift, departs: leaves, energyWh: Math.min(energyWh, most), maxW: STATION_W }]
  })
  return {
    from: MARCH_FIRST,
    slots: SLOTS,
    node: { limitW: 300_000, volts: 208, wiring: 'L-L' },
    port: { maxW: STATION_W, minW: 1_248, phases: ['l1', 'l2'] },
    efficiency: 1,
    visits,
    microPerKwh: prices(SLOTS),
    baseW: new Array<number>(SLOTS).fill(0),
    microPerKw: MICRO_PER_KW,
  }
}

/** A world from one of its days on, with who comes then. */
export const fromDay = (world: World, day: number): World => {
  const slot = day * 288
  const from = world.from + day * DAY_MS
  return {
    ...world,
    from,
    slots: world.slots - slot,
    visits: world.visits.filter(({ arrives }) => arrives >= from),
    microPerKwh: world.microPerKwh.slice(slot),
    baseW: world.baseW.slice(slot),
  }
}

/** Which day each working day is moved to. */
function order(seed: number): Map<number, number> {
  const days = WORKING.slice()
  const random = seeded(seed)
  if (seed > 0)
    for (let i = days.length - 1; i > 0; i--) {
      const j = random.whole(0, i)
      ;[days[i], days[j]] = [days[j]!, days[i]!]
    }
  return new Map(WORKING.map((day, i) => [days[i]!, day]))
}

const VANS = 24
const EFFICIENCY = 0.92
const VAN_W = 19_200

/**
 * A depot of 24 vans over the same fifteen nights beside a warehouse: real shifts of delivery trucks, back up to half an hour early or late, with
 * up to 15 % more or less to charge than the dispatch schedule says; 3 % do not come back that night.
 */
export const noisyDepot = (seed: number): World => {
  const random = seeded(seed)
  const at = (day: number, minute: number) => MARCH_FIRST + day * DAY_MS + Math.round(minute / 5) * SLOT_MS
  const visits = Array.from({ length: VANS }, (_, van) =>
    Array.from({ length: DAYS - 1 }, (_, day): Visit => {
      const [today, tomorrow] = [random.pick(depotDays), random.pick(depotDays)]
      const expectedWh = Math.round(Math.min(today.miles * 700, 90_000))
      const expected = { arrives: at(day, today.returnsMin), energyWh: expectedWh }
      return {
        id: `van${van}-${day}`,
        port: `bay${van}`,
        arrives: at(day, today.returnsMin + random.between(-30, 30)),
        departs: at(day + 1, tomorrow.departsMin),
        energyWh: Math.round(expectedWh * random.between(0.85, 1.15)),
        maxW: VAN_W,
        expected,
        comes: !random.chance(0.03),
      }
    }),
  ).flat()
  const hour = (t: number) => warehouseShare('march', (t * SLOT_MS) / 3_600_000)
  return {
    from: MARCH_FIRST,
    slots: SLOTS,
    node: { limitW: 220_000, volts: 240, wiring: 'L-L' },
    port: { maxW: VAN_W, minW: 1_440, phases: ['l1', 'l2'] },
    efficiency: EFFICIENCY,
    visits,
    microPerKwh: prices(SLOTS),
    baseW: Array.from({ length: SLOTS }, (_, t) => Math.round(hour(t) * 300_000_000)),
    microPerKw: MICRO_PER_KW,
  }
}
