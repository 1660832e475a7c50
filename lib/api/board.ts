import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { depotClock, depotRef, mark, moment, money, steps } from './words.ts'

/** The one thing to do next about a port or vehicle. `kind` says which command the button sends. */
export const nextAct = z.object({
  kind: z.enum([
    'reserve',
    'cancelReservation',
    'restartCharger',
    'startForDriver',
    'stopSession',
    'checkVehicle',
    'askUnplug',
    'plugIn',
    'openCharger',
  ]),
  word: z.string(),
  /** Why the button is disabled, when it is. */
  disabledReason: z.string().nullable(),
})

/** A bay card: everything the board shows of a port. Also what the live feed carries. */
export const portView = z.object({
  id: z.string(),
  chargerId: z.string(),
  chargerName: z.string(),
  number: z.number().int(),
  bay: z.string(),
  mark,
  /** `Charging`, `Paused by plan`, `Offline` … */
  word: z.string(),
  /** A person must act. */
  needsAction: z.boolean(),
  online: z.boolean(),
  /** Last message of the charger. */
  seenAt: moment.nullable(),
  /** Why it does what it does now, one sentence. */
  why: z.string(),
  /** Null: unknown (offline, no meter). */
  powerW: z.number().int().nullable(),
  powerAt: moment.nullable(),
  maxW: z.number().int(),
  /** Wanted by the plan, sent, accepted by the charger, seen in a reading: told apart. */
  limit: z.object({
    wantedW: z.number().int().nullable(),
    sentW: z.number().int().nullable(),
    acceptedW: z.number().int().nullable(),
    seen: z.boolean(),
  }),
  vehicle: z
    .object({
      id: z.string(),
      name: z.string(),
      plugged: z.boolean(),
      socPct: z.number().nullable(),
      socAt: moment.nullable(),
      /** Older than it should be, or an estimate. */
      socStale: z.boolean(),
      targetPct: z.number(),
      departsAt: moment.nullable(),
      /** When the plan has it ready; null: not by the plan. */
      readyAt: moment.nullable(),
      dueAt: moment.nullable(),
    })
    .nullable(),
  session: z
    .object({
      id: z.number().int(),
      startedAt: moment,
      energyWh: z.number().int(),
      cost: money,
      idTag: z.string(),
    })
    .nullable(),
  /** For whom it is kept free; `id` is what the charger knows it by. */
  reservation: z.object({ id: z.number().int(), whom: z.string(), until: moment }).nullable(),
  /** The hours ahead. */
  planned: steps,
  act: nextAct.nullable(),
})
export type PortView = z.infer<typeof portView>

/** What flows through the service connection. Also carried by the live feed. */
export const supplyView = z.object({
  capW: z.number().int(),
  baseW: z.number().int(),
  baseIsForecast: z.boolean(),
  vehiclesW: z.number().int(),
  charging: z.number().int(),
  /** Held for ports that may draw without our say (offline, unconfirmed). */
  heldW: z.number().int(),
  heldFor: z.string().nullable(),
  freeW: z.number().int(),
  /** Highest 15-minute mean of the month; null before the first. */
  peakW: z.number().int().nullable(),
  peakAt: moment.nullable(),
  price: z
    .object({ microPerKwh: z.number().int(), window: z.string(), nextAt: moment.nullable(), nextMicroPerKwh: z.number().int().nullable() })
    .nullable(),
  stoppedAt: moment.nullable(),
})
export type SupplyView = z.infer<typeof supplyView>

export const boardView = z.object({ depot: depotRef, clock: depotClock, supply: supplyView, ports: z.array(portView) })
export type BoardView = z.infer<typeof boardView>

export const getBoard = contract({
  method: 'GET',
  path: '/api/depots/:depot/board',
  roles: operators,
  summary: 'Every port with its vehicle, power, limits and reason; the power of the service connection.',
  params: z.object({ depot: z.string() }),
  output: boardView,
})
