import { hours, type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import type { Charger } from './charger.ts'
import type { Trip } from './trips.ts'
import type { Vehicle } from './vehicle.ts'

// A driver: comes home, plugs in sooner or later, shows a tag, and leaves when the duty says.

export type Bay = { charger: string; port: number }
export type Whereabouts =
  | { where: 'away'; trip: Trip }
  | { where: 'yard'; plugsAt: Instant }
  | { where: 'plugged'; bay: Bay; tagAt: Instant | undefined; tries: number }

/** The departure that was planned for `from` is at `to`. */
export type Moved = { from: Instant; to: Instant }

export type Habits = {
  /** Share of returns on which the cable is forgotten for a while. */
  latePlugShare: number
  latePlugMs: { from: number; until: number }
  /** Minutes a plug-and-go driver waits for the start from the central system before showing the tag after all. */
  patienceMs: number
}
export const HABITS: Habits = { latePlugShare: 0.12, latePlugMs: { from: minutes(10), until: minutes(90) }, patienceMs: minutes(5) }

export type DriverOptions = {
  vehicle: Vehicle
  tag: string
  /** Shows no tag: the central system starts the charge. */
  plugAndGo: boolean
  home?: Bay
  habits: Habits
  random: () => number
  chargers: ReadonlyMap<string, Charger>
  /** Drives of this vehicle, in order of time. */
  trips: (at: Instant) => Trip[]
  tell: (text: string) => void
  start: Whereabouts | undefined
  /** A departure that a dispatcher had moved before. */
  moved: Moved | undefined
}
export type Driver = ReturnType<typeof makeDriver>

/** After so many tries in vain a driver comes by only now and then. */
const QUICK_TRIES = 5
const LOOK_FOR_A_PORT_MS = minutes(3)

export function makeDriver(options: DriverOptions) {
  const { vehicle, chargers, random, habits } = options
  const between = (from: number, until: number) => from + random() * (until - from)
  let now: Whereabouts | undefined = options.start
  let moved = options.moved

  const nextTrip = (at: Instant): Trip | undefined => options.trips(at).find((trip) => trip.returnsAt > at)
  const leavesAt = (trip: Trip): Instant => (moved?.from === trip.leavesAt ? moved.to : trip.leavesAt)

  /** Lives one second. */
  function step(at: Instant): void {
    now ??= firstPlace(at)
    if (now.where === 'away') {
      if (at >= now.trip.returnsAt) comeHome(now.trip, at)
      return
    }
    const trip = nextTrip(at)
    if (trip && at >= leavesAt(trip)) leave(now, trip)
    else if (now.where === 'yard') {
      if (at >= now.plugsAt) plugIn(at)
    } else if (now.tagAt !== undefined && at >= now.tagAt) showTag(now, at)
  }

  const firstPlace = (at: Instant): Whereabouts => {
    const trip = nextTrip(at)
    if (trip && trip.leavesAt <= at) return { where: 'away', trip }
    return { where: 'yard', plugsAt: plus(at, seconds(between(2, 90))) }
  }

  function comeHome(trip: Trip, at: Instant) {
    const lackingWh = vehicle.drive(trip.energyWh, trip.distanceM)
    if (lackingWh > 0) options.tell(`${vehicle.id} ran dry: it lacked ${(lackingWh / 1000).toFixed(1)} kWh`)
    const isLate = random() < habits.latePlugShare
    const walk = isLate ? between(habits.latePlugMs.from, habits.latePlugMs.until) : between(minutes(1), minutes(6))
    now = { where: 'yard', plugsAt: plus(at, Math.round(walk)) }
  }

  function plugIn(at: Instant) {
    const bay = freeBay()
    if (!bay) {
      now = { where: 'yard', plugsAt: plus(at, LOOK_FOR_A_PORT_MS) }
      return
    }
    chargers.get(bay.charger)!.plug(vehicle.load, bay.port)
    const wait = options.plugAndGo ? habits.patienceMs : seconds(between(8, 40))
    now = { where: 'plugged', bay, tagAt: plus(at, Math.round(wait)), tries: 0 }
  }

  function freeBay(): Bay | undefined {
    const all = [...chargers.values()].flatMap((c) => c.memory.ports.map((_, i) => ({ charger: c.identity, port: i + 1 })))
    const isUsable = ({ charger, port }: Bay) => {
      const c = chargers.get(charger)
      return c !== undefined && !c.isPlugged(port) && !['Unavailable', 'Faulted'].includes(c.status(port))
    }
    return (options.home ? [options.home, ...all] : all).find(isUsable)
  }

  function showTag(plugged: Extract<Whereabouts, { where: 'plugged' }>, at: Instant) {
    const charger = chargers.get(plugged.bay.charger)!
    const isDone = charger.transaction(plugged.bay.port) !== undefined
    const again = plus(at, minutes(plugged.tries < QUICK_TRIES ? 2 : 15))
    now = { ...plugged, tries: plugged.tries + 1, tagAt: isDone ? undefined : again }
    if (!isDone) void charger.swipe(options.tag, plugged.bay.port)
  }

  function leave(from: Whereabouts, trip: Trip) {
    if (from.where === 'plugged') {
      const charger = chargers.get(from.bay.charger)!
      const stopsByTag = !options.plugAndGo && random() < 0.2 && charger.transaction(from.bay.port)?.idTag === options.tag
      if (stopsByTag) void charger.swipe(options.tag, from.bay.port)
      charger.unplug(from.bay.port)
    }
    now = { where: 'away', trip }
  }

  return {
    vehicle,
    step,
    whereabouts: (): Whereabouts | undefined => now,
    moved: (): Moved | undefined => moved,
    /** The next departure, as moved by the dispatcher. */
    departsAt(at: Instant): Instant | undefined {
      const trip = nextTrip(at)
      return trip && now?.where !== 'away' ? leavesAt(trip) : undefined
    },
    /** The dispatcher moves the next departure. False when there is none to move. */
    moveDeparture(at: Instant, to: Instant): boolean {
      const trip = nextTrip(at)
      if (!trip || now?.where === 'away' || to >= plus(trip.returnsAt, -hours(0.25))) return false
      moved = { from: trip.leavesAt, to }
      return true
    },
  }
}
