import { getCarbon, putCarbon as putContract } from '#lib/api/carbon.ts'
import { carbonView, putCarbon } from '#server/energy/carbon.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getCarbon, ({ ctx, params }) => carbonView(ctx, params.depot))
export const PUT = route(putContract, ({ ctx, who, params, input }) => putCarbon(ctx, params.depot, input.csv, who.actor), {
  journal: 'byVerb',
})
