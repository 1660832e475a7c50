import type { IncomingMessage, ServerResponse } from 'node:http'
import { problem } from '#lib/api/problem.ts'
import { v1Doors } from '../http/openapi.ts'
import { answerProblem } from '../http/respond.ts'

const ROOT = '/api/v1'
const DOCUMENT = { path: `${ROOT}/openapi.json`, method: 'GET' }
const DOORS = [DOCUMENT, ...v1Doors().map(({ contract }) => contract)].map(({ path, method }) => ({
  method,
  path: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`),
}))

/**
 * Answers what is asked of the API for other systems and is no door of it, as every problem is told there (RFC 9457): Next would send a page
 * for people, or nothing. @returns whether it answered
 */
export function answerUnknownDoor({ url = '', method = 'GET' }: IncomingMessage, response: ServerResponse): boolean {
  const path = url.split('?', 1)[0]!.replace(/\/+$/, '')
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return false
  const methods = DOORS.filter((door) => door.path.test(path)).map((door) => door.method)
  // HEAD and OPTIONS follow from what there is
  if (methods.length > 0 && (method === 'OPTIONS' || methods.includes(method === 'HEAD' ? 'GET' : method))) return false
  const allow = [...new Set(methods)].sort().join(', ')
  const { code, message } =
    methods.length === 0
      ? problem('not-found', `There is no "${path.slice(0, 200)}" in this API. ${DOCUMENT.path} names all there is.`)
      : problem('not-allowed', `${path.slice(0, 200)} is asked with ${allow}, not with ${method}.`)
  const answer = answerProblem({ code, message })
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...(allow !== '' && { allow }) })
  answer.text().then((text) => response.end(method === 'HEAD' ? undefined : text))
  return true
}
