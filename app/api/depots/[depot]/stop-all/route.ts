import type { z } from 'zod'
import { stopAll } from '#lib/api/depot.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  stopAll,
  async ({ ctx, who, params, input }) =>
    (await ctx.gateway.call('stopAll', { depotId: params.depot, stop: input.stop, actor: who.actor })) as z.output<typeof stopAll.output>,
  { journal: 'byVerb' },
)
