import { z } from 'zod'
import { operators, readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { dutyFeasibility } from './duty.ts'
import { done, mark, moment } from './words.ts'

export const tagRow = z.object({ id: z.string(), idTag: z.string(), blocked: z.boolean() })
export type TagRow = z.infer<typeof tagRow>

export const nextDuty = z.object({
  id: z.string(),
  name: z.string().nullable(),
  departsAt: moment,
  returnsAt: moment,
  distanceM: z.number().int(),
  /** At the battery, reserve included. */
  energyWh: z.number().int(),
})

export const vehicleRow = z.object({
  id: z.string(),
  name: z.string(),
  batteryWh: z.number().int(),
  maxW: z.number().int(),
  phases: z.number().int(),
  whPerKm: z.number().int(),
  targetSocPct: z.number().int(),
  socPct: z.number().nullable(),
  socAt: moment.nullable(),
  /** An hour old or more, or only an estimate. */
  socStale: z.boolean(),
  homePortId: z.string().nullable(),
  bay: z.string().nullable(),
  plugged: z.boolean(),
  driver: z.string().nullable(),
  tags: z.array(tagRow),
  duty: nextDuty.nullable(),
  /** On the road until then. */
  dueAt: moment.nullable(),
  /** When the plan has it ready. */
  readyAt: moment.nullable(),
  /** What it must hold at departure, % of the battery; null without a duty. */
  neededPct: z.number().nullable(),
  /** Whether it can drive its next duty; null without one. */
  feasibility: dutyFeasibility.nullable(),
  mark,
  word: z.string(),
  /** Why it is at risk, or what is odd about its duty. */
  note: z.string().nullable(),
})
export type VehicleRow = z.infer<typeof vehicleRow>

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), vehicle: z.string() })

export const bayChoice = z.object({ id: z.string(), bay: z.string(), charger: z.string(), homeOf: z.string().nullable() })

export const getFleet = contract({
  method: 'GET',
  path: '/api/depots/:depot/vehicles',
  roles: readers,
  summary: 'Vehicles with charge, bay, cards, driver, next duty and whether they will leave ready.',
  params: depot,
  output: z.object({ vehicles: z.array(vehicleRow), bays: z.array(bayChoice) }),
})
export type FleetView = z.infer<(typeof getFleet)['output']>

/** As cards carry it: OCPP 1.6 allows 20 characters. */
const idTag = z.string().trim().min(1, 'A card number cannot be empty.').max(20, 'A card number has at most 20 characters.')

export const vehicleInput = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(60, 'At most 60 characters.'),
  batteryKwh: z.number('A number of kWh.').min(1, 'At least 1 kWh.').max(2000, 'At most 2000 kWh.'),
  maxKw: z.number('A number of kW.').min(1, 'At least 1 kW.').max(1000, 'At most 1000 kW.'),
  phases: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1),
  targetSocPct: z
    .number('A whole number of %.')
    .int('A whole number of %.')
    .min(20, 'At least 20 %.')
    .max(100, 'At most 100 %.')
    .default(90),
  kwhPerKm: z.number('A number of kWh per km.').min(0.05, 'At least 0.05 kWh per km.').max(5, 'At most 5 kWh per km.'),
  homePortId: z.string().nullable().default(null),
  driver: z.string().trim().max(60, 'At most 60 characters.').nullable().default(null),
  tags: z.array(idTag).max(10, 'At most 10 cards.').default([]),
})
export type VehicleInput = z.output<typeof vehicleInput>

export const addVehicle = contract({
  method: 'POST',
  path: '/api/depots/:depot/vehicles',
  roles: operators,
  summary: 'Adds a vehicle with its bay, driver and cards.',
  params: depot,
  input: vehicleInput,
  output: z.object({ id: z.string() }),
})

export const changeVehicle = contract({
  method: 'PUT',
  path: '/api/depots/:depot/vehicles/:vehicle',
  roles: operators,
  summary: 'Changes a vehicle. Cards that are left out are blocked; duties to come need what it now uses.',
  params: one,
  input: vehicleInput,
  output: done,
})
