import { type Circumstances, chargerLimit, type Limit, portLimit } from './limit.ts'
import type { StoreRules } from './profile-store.ts'
import { deviceNow, flash, hasFault, type Port, type Station } from './station.ts'

// From the limit that the specification gives to the pilot current that the vehicle sees.

/** What the charger should obey; `profiles` aside for a charger that ignores them. */
export const circumstances = (station: Station, profiles = station.memory.profiles): Circumstances => ({
  profiles,
  wires: station.model.wires,
  afterDuration: station.model.afterDuration,
  ports: station.ports.length,
  chargerMaxW: station.model.chargerMaxW,
  transactionOn: (number) => station.memory.ports[number - 1]?.transaction,
})

export function storeRules({ model, ports, memory }: Station): StoreRules {
  const { units, maxStackLevel, maxPeriods, maxProfiles, refusesZero, keepsFirstPeriodOnly, minAmps, wires } = model
  const least = model.refusesBelowMinimum ? { A: minAmps, W: minAmps * wires.volts * wires.phases } : undefined
  const transactionOn = (number: number) => memory.ports[number - 1]?.transaction
  return { ports: ports.length, units, maxStackLevel, maxPeriods, maxProfiles, refusesZero, least, keepsFirstPeriodOnly, transactionOn }
}

/** The limit a well-behaved charger would obey on this port now. */
export const portLimitNow = (station: Station, port: Port): Limit => portLimit(circumstances(station), port.number, deviceNow(station))

/** Sets the pilot of every port: its own limit, its share of the whole charger's, and 0 below what the pilot can say. */
export function setPilots(station: Station): void {
  const c = circumstances(station, hasFault(station, (fault) => fault.ignoresProfiles) ? [] : station.memory.profiles)
  const at = deviceNow(station)
  const { wires, minAmps, chargePointMax } = station.model
  const wattsPerAmp = wires.volts * wires.phases
  const busy = station.ports.filter((port) => flash(station, port).transaction && port.load)
  const each = chargePointMax === 'split' ? chargerLimit(c, at).powerW / station.ports.length : Number.POSITIVE_INFINITY
  const limits = busy.map((port) => Math.min(each, portLimit(c, port.number, at).powerW))
  const most = chargePointMax !== 'eachPort' ? chargerLimit(c, at).powerW : (station.model.chargerMaxW ?? Number.POSITIVE_INFINITY)
  const shares = share(limits, most, minAmps * wattsPerAmp)
  for (const port of station.ports) {
    const amps = tenths((shares[busy.indexOf(port)] ?? 0) / wattsPerAmp)
    port.pilotAmps = amps < minAmps ? 0 : Math.min(amps, wires.maxAmps)
  }
}

/** Divides `most` evenly; who needs less leaves the rest to the others; who would get less than the least waits. */
export function share(wanted: readonly number[], most: number, least: number): number[] {
  const given = wanted.map(() => 0)
  let open = wanted.map((_, i) => i).filter((i) => wanted[i]! >= least)
  while (open.length > 0 && most / open.length < least) open = open.slice(0, -1)
  let left = most
  const bySize = [...open].sort((a, b) => wanted[a]! - wanted[b]!)
  for (const [done, i] of bySize.entries()) {
    given[i] = Math.min(wanted[i]!, left / (bySize.length - done))
    left -= given[i]!
  }
  return given
}

const tenths = (amps: number): number => Math.floor(amps * 10 + 1e-6) / 10
