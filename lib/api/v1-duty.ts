import { z } from 'zod'
import { contract } from './contract.ts'
import { dutyRow } from './duty.ts'
import { page } from './words.ts'

// The API for other systems that plan duties. Moments are ISO 8601 with offset.

const when = z.iso.datetime({ offset: true })

export const postedDuty = z.strictObject({
  vehicleId: z.string(),
  /** Its block or tour. */
  name: z.string().trim().min(1).max(60).optional(),
  departsAt: when,
  returnsAt: when,
  distanceM: z.number().int().min(0).max(3_000_000),
})

const { $schema: _, ...asDocumented } = z.toJSONSchema(postedDuty, { io: 'input' })

export const postDuties = contract({
  method: 'POST',
  path: '/api/v1/duties',
  scope: 'commands:write',
  summary:
    'Gives vehicles duties, up to 1000 at once, each with its own result: a bad one keeps out no other. The same batch may be sent again: what is there already is answered as `same`. One that overlaps another of its vehicle is refused with both names.',
  // each is judged by itself
  input: z.strictObject({ duties: z.array(z.unknown().meta(asDocumented)).min(1).max(1000) }),
  output: z.object({
    added: z.number().int(),
    same: z.number().int(),
    refused: z.number().int(),
    /** In the order of the request. */
    results: z.array(z.object({ outcome: z.enum(['added', 'same', 'refused']), id: z.string().nullable(), text: z.string() })),
  }),
})
export type PostedDuties = z.output<(typeof postDuties)['output']>

export const getVehicleDuties = contract({
  method: 'GET',
  path: '/api/v1/vehicles/:id/duties',
  scope: 'read',
  summary: 'Duties of a vehicle under way and to come, with whether it can drive them: energy needed, when it is ready, what is left over.',
  params: z.object({ id: z.string() }),
  output: page(dutyRow),
})
