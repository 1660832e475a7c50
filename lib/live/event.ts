import { z } from 'zod'
import { portView, supplyView } from '#lib/api/board.ts'
import { depotClock } from '#lib/api/words.ts'

/**
 * What viewers are told. `port` and `supply` carry the whole view (the screen sets it in its cache);
 * the others say that something changed, and the screen asks again for what it shows.
 */
export const liveEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('port'), depotId: z.string(), port: portView }),
  z.object({ kind: z.literal('supply'), depotId: z.string(), supply: supplyView }),
  z.object({
    kind: z.literal('changed'),
    depotId: z.string(),
    what: z.enum(['plan', 'sessions', 'chargers', 'kpis', 'alerts', 'tariff', 'vehicles']),
    id: z.string().optional(),
  }),
  z.object({ kind: z.literal('clock'), clock: depotClock }),
])
export type LiveEvent = z.infer<typeof liveEvent>
