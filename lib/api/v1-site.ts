import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { done } from './words.ts'

// The API for what a site is, its meters and its grid signals.

export const listDepots = contract({
  method: 'GET',
  path: '/api/v1/depots',
  scope: 'chargers:read',
  roles: operators,
  summary: 'The depots that the key sees, each with its site tree: the ids that the other calls ask for.',
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        zone: z.string(),
        currency: z.string(),
        nodes: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            kind: z.string(),
            parentId: z.string().nullable(),
            /** What it carries for hours: the smaller of breaker and contract. Null: no limit of its own. */
            limitW: z.number().int().nullable(),
          }),
        ),
      }),
    ),
  }),
})

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

const when = z.iso.datetime({ offset: true })

export const postLimitHours = contract({
  method: 'POST',
  path: '/api/v1/nodes/:node/limit-hours',
  scope: 'commands:write',
  summary:
    'For some hours a node of the site tree may carry less than else, building and vehicles together: a grid event. The plan follows at once, and chargers hold the steps before they begin. Of two at one time the lower one holds.',
  params: z.object({ node: z.string() }),
  input: z.strictObject({
    limitW: z.number().int().min(1000).max(100_000_000),
    /** Left out: from now on. */
    from: when.optional(),
    until: when,
    reason: z.string().trim().max(120).optional(),
  }),
  output: z.object({ id: z.string() }),
})

export const deleteLimitHours = contract({
  method: 'DELETE',
  path: '/api/v1/limit-hours/:hours',
  scope: 'commands:write',
  summary: 'Ends a lowered limit now, or takes it back before it begins: a grid event was cancelled.',
  params: z.object({ hours: z.string() }),
  output: done,
})
