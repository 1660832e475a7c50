import { getTariff as getContract, putTariff as putContract } from '#lib/api/tariff.ts'
import { getTariff } from '#server/energy/get-tariff.ts'
import { putTariff } from '#server/energy/put-tariff.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getContract, ({ ctx, params }) => getTariff(ctx, params.depot))
export const PUT = route(putContract, ({ ctx, who, params, input }) => putTariff(ctx, params.depot, input, who.actor), {
  journal: 'byVerb',
})
