import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { moment } from './words.ts'

export const reservationStates = ['asked', 'accepted', 'refused', 'unknown', 'used', 'cancelled', 'expired'] as const
export type ReservationState = (typeof reservationStates)[number]

export const reservationRow = z.object({
  /** What the charger knows it by. */
  id: z.number().int(),
  chargerId: z.string(),
  charger: z.string(),
  /** 0: any port of the charger. */
  port: z.number().int(),
  bay: z.string().nullable(),
  idTag: z.string(),
  vehicle: z.string().nullable(),
  expiresAt: moment,
  state: z.enum(reservationStates),
  /** One sentence: what it is, or why it is not. */
  words: z.string(),
  sessionId: z.number().int().nullable(),
  createdAt: moment,
  /** It still holds, or may hold, a port. */
  open: z.boolean(),
})
export type ReservationRow = z.infer<typeof reservationRow>

const depot = z.object({ depot: z.string() })

export const getReservations = contract({
  method: 'GET',
  path: '/api/depots/:depot/reservations',
  roles: operators,
  summary: 'Reservations that hold and those of the last day, the newest first; of one charger or of all.',
  params: depot,
  input: z.object({ charger: z.string().optional() }),
  output: z.object({ reservations: z.array(reservationRow) }),
})

export const reserveInput = z.object({
  chargerId: z.string(),
  /** 0: any port of the charger. */
  port: z.number().int().min(0),
  /** Its card is reserved for; or name the card. */
  vehicleId: z.string().optional(),
  idTag: z.string().trim().max(20).optional(),
  /** Depot time such as `2026-11-24 06:30`, or ISO 8601. */
  until: z.string().trim().min(1, 'Until when?').max(40),
  /** A reservation that this one takes the place of. */
  replaces: z.number().int().optional(),
})
export type ReserveInput = z.output<typeof reserveInput>

export const reserved = z.object({
  id: z.number().int().nullable(),
  outcome: z.enum(['accepted', 'refused', 'timeout', 'offline']),
  /** One sentence for the person who asked. */
  detail: z.string(),
})
export type Reserved = z.infer<typeof reserved>

export const reserve = contract({
  method: 'POST',
  path: '/api/depots/:depot/reservations',
  roles: operators,
  summary: 'Keeps a port (or any port of a charger) free for a vehicle or card until a moment.',
  params: depot,
  input: reserveInput,
  output: reserved,
})

export const cancelReservation = contract({
  method: 'DELETE',
  path: '/api/depots/:depot/reservations/:reservation',
  roles: operators,
  summary: 'Ends a reservation before its time.',
  params: z.object({ depot: z.string(), reservation: z.string() }),
  output: reserved,
})
