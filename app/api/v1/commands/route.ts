import { postCommand } from '#lib/api/dispatch.ts'
import { keyOf } from '#server/auth/who.ts'
import { takeCommand } from '#server/fleet/dispatch.ts'
import { idempotent } from '#server/http/idempotent.ts'
import { route } from '#server/http/route.ts'

export const POST = route(
  postCommand,
  (asked) => idempotent(asked.ctx, keyOf(asked.who), asked.request, asked.input, (id) => takeCommand(asked, asked.input, id)),
  { journal: 'byVerb' },
)
