import { putNodeLoad } from '#lib/api/v1-site.ts'
import { takeNodeLoad } from '#server/energy/take-node-load.ts'
import { route } from '#server/http/route.ts'

// a measurement is no change of ours: a meter tells each few seconds
export const PUT = route(putNodeLoad, (asked) => takeNodeLoad(asked, asked.params.node, asked.input), { journal: 'byVerb' })
