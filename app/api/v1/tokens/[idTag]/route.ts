import { deleteToken, putToken } from '#lib/api/token.ts'
import { DONE } from '#server/http/respond.ts'
import { route } from '#server/http/route.ts'
import { deleteOne, putOne } from '#server/tokens/token-doors.ts'

export const PUT = route(putToken, (asked) => putOne(asked, asked.params.idTag, asked.input), { journal: 'byVerb' })

export const DELETE = route(deleteToken, (asked) => deleteOne(asked, asked.params.idTag).then(() => DONE), { journal: 'byVerb' })
