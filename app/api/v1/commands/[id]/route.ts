import { getCommand } from '#lib/api/dispatch.ts'
import { oneCommand } from '#server/fleet/dispatch.ts'
import { route } from '#server/http/route.ts'

export const GET = route(getCommand, (asked) => oneCommand(asked, asked.params.id))
