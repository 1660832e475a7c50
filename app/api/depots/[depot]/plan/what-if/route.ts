import { tryWhatIf } from '#lib/api/what-if.ts'
import { route } from '#server/http/route.ts'
import { whatIf } from '#server/planning/what-if.ts'

// asking changes nothing: what is applied afterwards goes through its own door, which writes the journal
export const POST = route(tryWhatIf, ({ ctx, params, input }) => whatIf(ctx, params.depot, input), { journal: 'byVerb' })
