import { z } from 'zod'
import type { Contract } from '#lib/api/contract.ts'
import { problem } from '#lib/api/problem.ts'
import type { Instant } from '#lib/time/instant.ts'
import { seesDepot, type Who, whoIs } from '#server/auth/who.ts'
import { getRuntime, type Runtime } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { jsonBody } from './body.ts'
import { refuseForeign } from './origin.ts'
import { parsed } from './parsed.ts'
import { answer, answerError } from './respond.ts'

/** What a door's verb gets: everything parsed, everyone checked. */
export type Asked<Params extends z.ZodType, Input extends z.ZodType, As extends Who = Who> = {
  ctx: Runtime
  who: As
  params: z.output<Params>
  input: z.output<Input>
  request: Request
  /** t1 of a command: when this door was reached, real time. */
  receivedAt: Instant
}

type Verb<P extends z.ZodType, I extends z.ZodType, O extends z.ZodType> = (asked: Asked<P, I>) => Promise<z.input<O>>

/** How Next calls a route file. */
export type Door = ((
  request: Request,
  context?: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>) & {
  contract: Contract
}

/**
 * One door of the API. In this order: who asks (401), may they (403), is the depot theirs (404, as if it were not there),
 * is the request well-formed (400, 413); then the verb. Changes are journalled here, unless the verb says that it writes
 * something better itself (`journal: 'byVerb'`). Denied by default: a contract without roles, scope or `open` lets nobody in.
 */
export function route<P extends z.ZodType, I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<P, I, O>,
  verb: Verb<P, I, O>,
  options: { journal?: 'byVerb' } = {},
): Door {
  const door = async (request: Request, context?: { params: Promise<Record<string, string | string[] | undefined>> }) => {
    const ctx = getRuntime()
    const receivedAt = ctx.clock.real()
    try {
      const who = await admitted(ctx, contract, request)
      const given = (await context?.params) ?? {}
      if (typeof given.depot === 'string') refuseForeignDepot(who, given.depot)
      if (contract.path.startsWith('/api/v1/')) refuseWrongQuery(queryOf(contract), request)
      const params = parsed(contract.params, given) as z.output<P>
      const input = parsed(contract.input, await inputOf(contract, request)) as z.output<I>
      refuseUnstorable([given, input])
      const output = await verb({ ctx, who, params, input, request, receivedAt })
      if (contract.method !== 'GET' && options.journal !== 'byVerb') await journal(ctx, contract, who, given, input)
      return answer(output)
    } catch (error) {
      return answerError(ctx, error, `${contract.method} ${contract.path}`)
    }
  }
  return Object.assign(door, { contract })
}

/** @throws Problem `unauthenticated` or `forbidden` */
export async function admitted(
  ctx: Runtime,
  contract: Pick<Contract, 'method' | 'roles' | 'scope' | 'open'>,
  request: Request,
): Promise<Who> {
  const { open, roles, scope, method } = contract
  if (method !== 'GET' && !request.headers.has('authorization')) refuseForeign(request, ctx.env)
  if (open) return { kind: 'nobody', actor: 'nobody' }
  const who = await whoIs(ctx, request.headers)
  switch (who.kind) {
    case 'nobody':
      throw problem(
        'unauthenticated',
        scope ? `${roles ? 'Sign in, or send' : 'Send'} an API key: Authorization: Bearer yw_…` : 'Sign in first.',
      )
    case 'person':
      if (!roles?.includes(who.role)) throw problem('forbidden', `This is not for the role ${who.role}.`)
      return who
    case 'key':
      if (!scope || !who.scopes.includes(scope))
        throw problem('forbidden', scope ? `This API key lacks the scope ${scope}.` : 'API keys cannot do this: sign in as a person.')
      return who
  }
}

/** A depot that one has no right to looks like one that is not there. @throws Problem `not-found` */
export function refuseForeignDepot(who: Who, depotId: string): void {
  if (!seesDepot(who, depotId)) throw problem('not-found', `There is no depot "${depotId}" among yours.`)
}

/** PostgreSQL keeps neither NUL nor halves of characters. @throws Problem `invalid` */
const refuseUnstorable = (given: unknown): void => {
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(JSON.stringify(given)))
    throw problem('invalid', 'The text holds a character that cannot be stored (NUL or half of a pair). Leave it out.')
}

/** The fields of a GET travel in the query, those of a DELETE there or in a body, which not every client can send with it. */
async function inputOf(contract: Contract, request: Request): Promise<unknown> {
  if (!contract.input) return {}
  const query = Object.fromEntries(new URL(request.url).searchParams)
  if (contract.method === 'GET') return query
  const body = await jsonBody(request)
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  return contract.method === 'DELETE' && isObject ? { ...query, ...body } : body
}

const queryOf = ({ method, input }: Contract): string[] =>
  (method === 'GET' || method === 'DELETE') && input instanceof z.ZodObject ? Object.keys(input.shape) : []

/**
 * A misspelt filter must not look as if it had filtered, nor the first of two that say different things.
 * @throws Problem `invalid` that names the parameters that there are, or those that are given twice
 */
export function refuseWrongQuery(known: string[], request: Request): void {
  const given = [...new URL(request.url).searchParams.keys()]
  const named = (names: string[]) => names.map((name) => `"${name.slice(0, 60)}"`).join(', ')
  const refuse = (detail: string, names: string[], sentence: string) => {
    if (names.length > 0) throw problem('invalid', detail, Object.fromEntries(names.map((name) => [name, sentence])))
  }
  const unknown = given.filter((name) => !known.includes(name))
  const there = known.length === 0 ? 'This request has none in its address.' : `There is ${known.join(', ')}.`
  refuse(`There is no parameter ${named(unknown)}. ${there}`, unknown, `There is no such parameter. ${there}`)
  const twice = [...new Set(given.filter((name, index) => given.indexOf(name) !== index))]
  refuse(`More than once in the address: ${named(twice)}. Give each parameter once.`, twice, 'Give it once.')
}

const SECRETS = ['password', 'code', 'secret', 'key']

async function journal(ctx: Runtime, contract: Contract, who: Who, params: Record<string, unknown>, input: unknown): Promise<void> {
  const data = Object.fromEntries(Object.entries((input ?? {}) as object).filter(([name]) => !SECRETS.includes(name)))
  const { depot, ...others } = params
  const subject = Object.values(others)[0]
  await writeJournal(ctx.db.prisma, ctx.clock, {
    ...(typeof depot === 'string' && { depotId: depot }),
    actor: who.actor,
    kind: 'change',
    subject: typeof subject === 'string' ? subject : typeof depot === 'string' ? depot : undefined,
    data: { door: `${contract.method} ${contract.path}`, what: contract.summary, input: data },
  })
}
