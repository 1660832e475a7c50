import { z } from 'zod'
import { liveEvent } from '#lib/live/event.ts'

// Between the web process and the gateway: HTTP over a Unix socket that only this user may open.
// POST /verbs/<name> with the input as JSON → 200 and the output, or 4xx/5xx and a problem. GET /feed → one JSON object a line; `viewer`
// names who asks, each `depot` one that its browsers look at, which the verb `watching` changes.

/** What the gateway tells the web on `/feed`. */
export const feedLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: liveEvent }),
  /** All chargers that hold a socket now; said first, and again whenever it changes. */
  z.object({ kind: z.literal('online'), chargerIds: z.array(z.string()) }),
])
export type FeedLine = z.infer<typeof feedLine>

/** Verbs that every gateway answers besides its own: the seams of `Ctx` that lead to sockets and loops. */
export type SeamVerb = 'ping' | 'metrics' | 'chargerCall' | 'dropCharger' | 'recorded' | 'replan' | 'reconcile' | 'touched' | 'watching'
