import { getPeak, putPeak as putContract } from '#lib/api/peak.ts'
import { peakView, putPeak } from '#server/energy/peak-target.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getPeak, ({ ctx, params }) => peakView(ctx, params.depot))
export const PUT = route(putContract, ({ ctx, who, params, input }) => putPeak(ctx, params.depot, input, who.actor), {
  journal: 'byVerb',
})
