import { getSite } from '#lib/api/site.ts'
import { route } from '#server/http/route.ts'
import { siteView } from '#server/live/site-view.ts'

export const GET = route(getSite, ({ ctx, params }) => siteView(ctx, params.depot))
