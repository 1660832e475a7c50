import { z } from 'zod'
import { operators, readers } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { moment } from './words.ts'

const params = z.object({ depot: z.string() })
const mode = z.enum(['learned', 'byHand', 'off'])
const setting = {
  mode,
  byHandW: z.number().int().min(1_000, 'At least 1 kW.').max(100_000_000, 'At most 100,000 kW.').nullable(),
  isHard: z.boolean(),
}

export const peakView = z.object({
  /** The highest quarter hour of the month so far; null before the first energy. */
  soFarW: z.number().int().nullable(),
  soFarAt: moment.nullable(),
  /** Does the tariff charge for peaks now? */
  isCharged: z.boolean(),
  mode,
  /** Up to it the plan uses power as if its peak were paid for; null: only up to the peak so far. */
  targetW: z.number().int().nullable(),
  /** Vehicles are rather late than above it. */
  isHard: z.boolean(),
  byHandW: z.number().int().nullable(),
  /** What is learned for the rest of the month, whatever is in force; null: too little was seen. */
  learnedW: z.number().int().nullable(),
  /** The days it is learned from: the least peak that each would have needed. */
  days: z.array(z.object({ day: z.string(), neededW: z.number().int() })),
})
export type PeakView = z.infer<typeof peakView>

export const getPeak = contract({
  method: 'GET',
  path: '/api/depots/:depot/peak',
  roles: readers,
  summary: 'The month’s peak: so far, and the one that the plan expects, with the days it is learned from.',
  params,
  output: peakView,
})

export const putPeak = contract({
  method: 'PUT',
  path: '/api/depots/:depot/peak',
  roles: operators,
  summary:
    'Where the expected peak of the month comes from: `learned`, `byHand` with its power (`isHard`: vehicles are rather late than above it), or `off`. With `ifStill` only while it is as given there (409 otherwise).',
  params,
  input: z
    .object({ ...setting, ifStill: z.object(setting).optional() })
    .refine((input) => input.mode !== 'byHand' || input.byHandW !== null, { message: 'Say how high the peak may be.', path: ['byHandW'] })
    .refine((input) => input.mode === 'byHand' || !input.isHard, {
      message: 'Only a peak that is set by hand can be a limit: an expectation must make nobody late.',
      path: ['isHard'],
    }),
  output: peakView,
})
