import { z } from 'zod'
import { contract } from './contract.ts'

// The API for the meters of a site.

export const putNodeLoad = contract({
  method: 'PUT',
  path: '/api/v1/nodes/:node/load',
  scope: 'meters:write',
  summary:
    'What the building draws at a node of the site tree, W, without the chargers. Send it at least each minute: more than foreseen is answered within 30 s, and a meter that is silent for five minutes is an alert. An older measurement never overwrites a newer one.',
  params: z.object({ node: z.string() }),
  input: z.strictObject({ at: z.iso.datetime({ offset: true }), powerW: z.number().int().nonnegative().max(100_000_000) }),
  output: z.object({ nodeId: z.string(), stored: z.boolean(), reason: z.string().nullable() }),
})
