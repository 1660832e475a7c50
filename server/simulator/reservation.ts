import type { Reservation } from './memory.ts'
import { deviceNow, flash, type Port, type Station } from './station.ts'

// Reservations (§5.13, §5.2): a port kept free for one tag, until it comes or the time is over.

/** Forgets those whose time is over; true when one was. */
export function dropExpired(station: Station): boolean {
  const { memory } = station
  const now = deviceNow(station)
  const before = memory.reservations.length
  memory.reservations = memory.reservations.filter(({ expiresAt }) => expiresAt > now)
  return memory.reservations.length < before
}

export const reservationOf = (station: Station, port: Port): Reservation | undefined =>
  station.memory.reservations.find(({ connectorId }) => connectorId === port.number)

/** The reservation that this tag may use here; parentIdTag where its group is known. */
export const reservationFor = (station: Station, port: Port, idTag: string, parentIdTag?: string): Reservation | undefined =>
  station.memory.reservations.find((one) => (one.connectorId === port.number || one.connectorId === 0) && isFor(one, idTag, parentIdTag))

const isFor = (one: Reservation, idTag: string, parentIdTag: string | undefined): boolean =>
  one.idTag === idTag || (one.parentIdTag !== undefined && one.parentIdTag === parentIdTag)

/** Kept for somebody else: this very port, or the last free one while the charger as a whole is reserved (connector 0). */
export function isKeptFromOthers(station: Station, port: Port, idTag: string, parentIdTag?: string): boolean {
  if (reservationFor(station, port, idTag, parentIdTag)) return false
  if (reservationOf(station, port)) return true
  const anywhere = station.memory.reservations.filter(({ connectorId }) => connectorId === 0).length
  const free = station.ports.filter((p) => !flash(station, p).transaction && !p.armed && !reservationOf(station, p)).length
  return anywhere > 0 && free <= anywhere
}

/** A start uses it up. */
export function useReservation(station: Station, port: Port, idTag: string, parentIdTag?: string): number | undefined {
  const found = reservationFor(station, port, idTag, parentIdTag)
  if (!found) return undefined
  station.memory.reservations = station.memory.reservations.filter((one) => one !== found)
  return found.id
}
