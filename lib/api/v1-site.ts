import { z } from 'zod'
import { contract } from './contract.ts'

// The API for the meters of a site.

const current = z.number().nonnegative().max(10_000)

export const putNodeLoad = contract({
  method: 'PUT',
  path: '/api/v1/nodes/:node/load',
  scope: 'meters:write',
  summary:
    'What the building draws at a node of the site tree, W, without the chargers, and the current on each phase where the meter tells it. Send it at least each minute: more than foreseen is answered within 30 s, and a meter that is silent for five minutes is an alert. An older measurement never overwrites a newer one.',
  params: z.object({ node: z.string() }),
  input: z.strictObject({
    at: z.iso.datetime({ offset: true }),
    powerW: z.number().int().nonnegative().max(100_000_000),
    /** Current on each phase, A, where the meter tells it. */
    amperes: z.strictObject({ l1: current, l2: current, l3: current }).optional(),
  }),
  output: z.object({ nodeId: z.string(), stored: z.boolean(), reason: z.string().nullable() }),
})
