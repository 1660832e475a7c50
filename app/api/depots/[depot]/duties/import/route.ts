import { importDuties as contract } from '#lib/api/duty.ts'
import { importDuties } from '#server/fleet/import-duties.ts'
import { route } from '#server/http/route.ts'

export const POST = route(contract, ({ ctx, who, params, input }) => importDuties(ctx, params.depot, input.csv, who.actor), {
  journal: 'byVerb',
})
