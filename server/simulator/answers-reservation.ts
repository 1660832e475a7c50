import { z } from 'zod'
import { instant } from '#lib/time/instant.ts'
import { dropExpired, reservationOf } from './reservation.ts'
import { type Row, row, say } from './row.ts'
import { findPort, flash, type Station } from './station.ts'
import { refreshStatus } from './status.ts'

// ReserveNow (§5.13) and CancelReservation (§5.2).

const tag = z.string().max(20)

export const RESERVATION_ANSWERS: Record<string, Row> = {
  ReserveNow: row(
    z.object({
      connectorId: z.int().nonnegative(),
      expiryDate: z.iso.datetime({ offset: true }),
      idTag: tag,
      parentIdTag: tag.optional(),
      reservationId: z.int(),
    }),
    (station, { connectorId, expiryDate, idTag, parentIdTag, reservationId }) => {
      dropExpired(station)
      const status = canReserve(station, connectorId, reservationId)
      if (status !== 'Accepted') return say(status)
      const { memory } = station
      // the same id again takes the place of the old one
      memory.reservations = memory.reservations.filter(({ id }) => id !== reservationId)
      memory.reservations.push({ id: reservationId, connectorId, idTag, parentIdTag, expiresAt: instant(expiryDate) })
      return say('Accepted', () => lookAgain(station))
    },
  ),

  CancelReservation: row(z.object({ reservationId: z.int() }), (station, { reservationId }) => {
    const { memory } = station
    const left = memory.reservations.filter(({ id }) => id !== reservationId)
    if (left.length === memory.reservations.length) return say('Rejected')
    memory.reservations = left
    return say('Accepted', () => lookAgain(station))
  }),
}

type Answer = 'Accepted' | 'Faulted' | 'Occupied' | 'Rejected' | 'Unavailable'

function canReserve(station: Station, connectorId: number, reservationId: number): Answer {
  const asked = connectorId === 0 ? station.ports : [findPort(station, connectorId)].filter((port) => port !== undefined)
  if (asked.length === 0) return 'Rejected'
  const states = asked.map((port): Answer => {
    if (port.status === 'Faulted' || port.status === 'Unavailable') return port.status
    const other = reservationOf(station, port)
    const isTaken = flash(station, port).transaction || port.armed || port.load || (other && other.id !== reservationId)
    return isTaken ? 'Occupied' : 'Accepted'
  })
  return states.includes('Accepted') ? 'Accepted' : states[0]!
}

const lookAgain = (station: Station): void => {
  for (const port of station.ports) refreshStatus(station, port)
}
