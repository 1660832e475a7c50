import { hours, type Instant, plus } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'
import { type Charger, type ChargerOptions, startCharger } from './charger.ts'
import { type Bay, type Driver, HABITS, type Habits, type Moved, makeDriver, type Whereabouts } from './driver.ts'
import { type Judge, type JudgedNode, makeJudge, type PortSecond, portId } from './judge.ts'
import type { Memory } from './memory.ts'
import { seeded } from './random.ts'
import { type Log, NO_LOG } from './station.ts'
import { everySecond } from './ticks.ts'
import type { Trip } from './trips.ts'
import { makeVehicle, type Vehicle, type VehicleModel, type VehicleState } from './vehicle.ts'

// A whole depot: chargers, vehicles and drivers, lived second by second with one clock, under the eyes of a judge.

export type DepotCharger = Pick<
  ChargerOptions,
  'identity' | 'serial' | 'password' | 'ports' | 'registerWh' | 'model' | 'memory' | 'secureUrl' | 'securityProfile' | 'roots' | 'own'
>
export type DepotVehicle = VehicleModel & {
  tag: string
  /** Shows no tag: the central system starts the charge. */
  plugAndGo?: boolean
  /** 0 … 1 at the very beginning. */
  soc: number
  odometerM?: number
  home?: Bay
}
/** What is kept between two lives of a depot. Plain JSON. */
export type DepotState = {
  chargers: Record<string, Memory>
  vehicles: Record<string, VehicleState & { whereabouts?: Whereabouts; moved?: Moved }>
}
export type DepotOptions = {
  /** Without the identity, such as `ws://127.0.0.1:9220/ocpp`. */
  url: string
  /** Where chargers go that are told to use TLS. */
  secureUrl?: string
  chargers: DepotCharger[]
  vehicles: DepotVehicle[]
  /** All drives, or a source of those that leave within an interval. */
  trips: Trip[] | ((from: Instant, until: Instant) => Trip[])
  /** What the judge holds power against. */
  nodes?: JudgedNode[]
  clock: Clock
  seed?: number
  habits?: Partial<Habits>
  remembered?: DepotState
  log?: Log
  /** Handed to every charger. */
  network?: Pick<ChargerOptions, 'callTimeoutMs' | 'backoffMs' | 'keepFrames'>
  /** A transaction began or ended: worth saving. */
  onTransaction?: () => void
}
export type Depot = ReturnType<typeof startDepot>

/** Connects every charger and begins to live. */
export function startDepot(options: DepotOptions) {
  const { clock, seed = 1, remembered, log = NO_LOG } = options
  const chargers = new Map<string, Charger>()
  for (const one of options.chargers) {
    const memory = remembered?.chargers[one.identity]
    chargers.set(
      one.identity,
      startCharger({
        ...one,
        ...options.network,
        url: options.url,
        secureUrl: options.secureUrl,
        remembered: memory,
        clock,
        seed,
        log,
        driven: true,
      }),
    )
  }
  const trips = tripSource(options.trips)
  const drivers = options.vehicles.map((one) => {
    const kept = remembered?.vehicles[one.id]
    return makeDriver({
      vehicle: makeVehicle(one, kept ?? { storedWh: Math.round(one.batteryWh * one.soc), odometerM: one.odometerM ?? 0 }),
      tag: one.tag,
      plugAndGo: one.plugAndGo ?? false,
      home: one.home,
      habits: { ...HABITS, ...options.habits },
      random: seeded(seed, one.id),
      chargers,
      trips: (at) => trips(one.id, at),
      tell: (text) => log.warn({ vehicle: one.id }, text),
      start: kept?.whereabouts,
      moved: kept?.moved,
    })
  })
  putCablesBack(drivers, chargers)
  const judge = makeJudge(options.nodes ?? [])
  let transactions = ''

  function live(at: Instant) {
    for (const driver of drivers) driver.step(at)
    for (const charger of chargers.values()) charger.step(at)
    judge.look(at, portSeconds(chargers))
    const running = [...chargers.values()].map((c) => c.memory.ports.map((p) => p.transaction?.transactionId ?? p.transaction?.key)).join()
    if (running !== transactions) options.onTransaction?.()
    transactions = running
  }
  const stop = everySecond(clock, live)
  for (const charger of chargers.values()) charger.connect()

  return {
    chargers: [...chargers.values()],
    charger: (identity: string): Charger => found(chargers.get(identity), `charger ${identity}`),
    vehicle: (id: string): Vehicle => driverOf(drivers, id).vehicle,
    vehicles: (): VehicleNow[] => drivers.map((driver) => vehicleNow(driver, clock.now())),
    whereabouts: (id: string) => driverOf(drivers, id).whereabouts(),
    /** Moves the next departure; false when the vehicle has none. */
    moveDeparture: (id: string, to: Instant): boolean => driverOf(drivers, id).moveDeparture(clock.now(), to),
    /** Physical power, W. */
    meter: {
      totalW: (): number => [...chargers.values()].reduce((sum, c) => sum + c.memory.ports.reduce((s, _, i) => s + c.powerW(i + 1), 0), 0),
      portW: (charger: string, port = 1): number => found(chargers.get(charger), `charger ${charger}`).powerW(port),
    },
    judge: judge as Judge,
    /** For the next life; alive, so make JSON of it at once. */
    state: (): DepotState => ({
      chargers: Object.fromEntries([...chargers.values()].map((c) => [c.identity, c.memory])),
      vehicles: Object.fromEntries(
        drivers.map((d) => [d.vehicle.id, { ...d.vehicle.state(), whereabouts: d.whereabouts(), moved: d.moved() }]),
      ),
    }),
    close() {
      stop()
      for (const charger of chargers.values()) charger.close()
    },
  }
}

export type VehicleNow = {
  id: string
  soc: number
  odometerM: number
  isPlugged: boolean
  isAway: boolean
  departsAt: Instant | undefined
}

const vehicleNow = (driver: Driver, at: Instant): VehicleNow => ({
  id: driver.vehicle.id,
  soc: driver.vehicle.soc(),
  odometerM: driver.vehicle.state().odometerM,
  isPlugged: driver.whereabouts()?.where === 'plugged',
  isAway: driver.whereabouts()?.where === 'away',
  departsAt: driver.departsAt(at),
})

/** Drives by vehicle, looked up anew each hour of depot time. */
function tripSource(trips: DepotOptions['trips']): (vehicleId: string, at: Instant) => Trip[] {
  const within = (from: Instant, until: Instant) => (typeof trips === 'function' ? trips(from, until) : trips)
  let known: Map<string, Trip[]> | undefined
  let until = 0
  return (vehicleId, at) => {
    if (!known || at >= until) {
      const found = within(plus(at, -hours(48)), plus(at, hours(8 * 24)))
      known = Map.groupBy(
        found.toSorted((a, b) => a.leavesAt - b.leavesAt),
        (trip) => trip.vehicleId,
      )
      until = plus(at, hours(1))
    }
    return known.get(vehicleId) ?? []
  }
}

/** A remembered depot: the cables are where they were. */
function putCablesBack(drivers: Driver[], chargers: ReadonlyMap<string, Charger>) {
  for (const driver of drivers) {
    const place = driver.whereabouts()
    if (place?.where === 'plugged') chargers.get(place.bay.charger)?.plug(driver.vehicle.load, place.bay.port)
  }
}

const portSeconds = (chargers: ReadonlyMap<string, Charger>): PortSecond[] =>
  [...chargers.values()].flatMap((c) =>
    c.memory.ports.map((_, i) => ({ id: portId(c.identity, i + 1), powerW: c.powerW(i + 1), limitW: c.limitW(i + 1) })),
  )

const driverOf = (drivers: Driver[], id: string): Driver =>
  found(
    drivers.find((d) => d.vehicle.id === id),
    `vehicle ${id}`,
  )

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new RangeError(`this depot has no ${name}`)
  return thing
}
