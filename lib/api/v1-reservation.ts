import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { reservationRow, reserved, reserveInput } from './reservation.ts'
import { listed } from './v1-charger.ts'

// Ports kept free for a vehicle or a card, for other systems. `:charger` is our id or the identity in the charger's URL.

const one = z.object({ charger: z.string().min(1).max(200) })

export const listReservations = contract({
  method: 'GET',
  path: '/api/v1/chargers/:charger/reservations',
  roles: operators,
  scope: 'chargers:read',
  summary: 'Reservations at a charger that hold, and those of the last day, the newest first; the 200 newest.',
  params: one,
  output: listed(reservationRow),
})

export const postReservation = contract({
  method: 'POST',
  path: '/api/v1/chargers/:charger/reservations',
  roles: operators,
  scope: 'calls:write',
  summary: 'Keeps a port (0: any port) of a charger free for a vehicle or a card until a moment of the next seven days.',
  params: one,
  input: reserveInput
    .omit({ chargerId: true })
    .extend({ until: z.iso.datetime({ offset: true }) })
    .strict(),
  output: reserved,
})

export const deleteReservation = contract({
  method: 'DELETE',
  path: '/api/v1/chargers/:charger/reservations/:reservation',
  roles: operators,
  scope: 'calls:write',
  summary: 'Ends a reservation before its time.',
  params: one.extend({ reservation: z.coerce.number().int().positive().max(2_147_483_647) }),
  output: reserved,
})
