import { getJournal } from '#lib/api/depot.ts'
import { route } from '#server/http/route.ts'
import { journalView } from '#server/live/journal-view.ts'

export const GET = route(getJournal, ({ ctx, params, input }) => journalView(ctx, params.depot, input))
