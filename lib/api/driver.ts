import { z } from 'zod'
import { everyone } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { depotClock, mark, moment } from './words.ts'

export const driverView = z.object({
  depotName: z.string(),
  clock: depotClock,
  vehicles: z.array(z.object({ id: z.string(), name: z.string() })),
  van: z
    .object({
      id: z.string(),
      name: z.string(),
      bay: z.string().nullable(),
      portId: z.string().nullable(),
      mark,
      word: z.string(),
      /** Big words: `Leave plugged. Ready 23:45`. */
      say: z.string(),
      note: z.string(),
      socPct: z.number().nullable(),
      targetPct: z.number(),
      powerW: z.number().int().nullable(),
      rangeKm: z.tuple([z.number(), z.number()]).nullable(),
      why: z.string(),
      departsAt: moment.nullable(),
      whyNotStart: z.string().nullable(),
      whyNotStop: z.string().nullable(),
    })
    .nullable(),
})
export type DriverView = z.infer<typeof driverView>

export const getMyVan = contract({
  method: 'GET',
  path: '/api/driver',
  roles: everyone,
  summary: "The signed-in driver's vehicle.",
  input: z.object({ vehicle: z.string().optional() }),
  output: driverView,
})

export const driverAct = contract({
  method: 'POST',
  path: '/api/driver/acts',
  roles: everyone,
  summary: 'Start, stop, leave earlier, report a problem: for the own vehicle only.',
  input: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('start'), vehicleId: z.string() }),
    z.object({ kind: z.literal('stop'), vehicleId: z.string() }),
    z.object({ kind: z.literal('leaveEarlier'), vehicleId: z.string(), departsAt: moment }),
    z.object({ kind: z.literal('problem'), vehicleId: z.string(), text: z.string().min(3).max(1000) }),
  ]),
  output: z.object({ outcome: z.enum(['accepted', 'refused', 'timeout', 'offline', 'scheduled']), detail: z.string() }),
})
