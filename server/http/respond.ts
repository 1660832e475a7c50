import { isProblem, type Problem, type ProblemCode } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { isDatabaseAway } from '#server/store/unavailable.ts'

const STATUS: Record<ProblemCode, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'not-allowed': { status: 405, title: 'Not done this way' },
  conflict: { status: 409, title: 'In conflict with what is there' },
  'too-large': { status: 413, title: 'Too large' },
  'too-many': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Not available now' },
  internal: { status: 500, title: 'Our mistake' },
}

/** Nothing of the API may be kept by a cache on the way: it is live and it is somebody's. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

export const answer = (body: unknown, status = 200): Response => Response.json(body, { status, headers: HEADERS })

/** RFC 9457. `detail` says what to do; `fields` names each wrong field. */
export const answerProblem = ({ code, message, fields }: Pick<Problem, 'code' | 'message'> & Partial<Problem>): Response => {
  const { status, title } = STATUS[code] ?? STATUS.internal
  const headers: Record<string, string> = { ...HEADERS, 'content-type': 'application/problem+json' }
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="yardwatt"'
  return new Response(JSON.stringify({ title, status, code, detail: message, ...(fields && { fields }) }), { status, headers })
}

/** The translator of this door: problems are told, bugs are logged once and told without their text. */
export function answerError(ctx: Pick<Ctx, 'log'>, error: unknown, where: string): Response {
  if (isProblem(error)) return answerProblem(error)
  const away = isDatabaseAway(error)
  ctx.log.error({ err: error, where }, away ? 'the database cannot be reached' : 'a request failed')
  const code = away ? 'unavailable' : 'internal'
  const detail = away ? 'The database cannot be reached. Try again in a moment.' : 'This failed here, not on your side. It is in the log.'
  return answerProblem({ code, message: detail })
}

/** The answer of doors that have nothing to tell. */
export const DONE = { ok: true } as const
