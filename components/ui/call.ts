import type { z } from 'zod'
import type { Contract } from '#lib/api/contract.ts'
import type { ProblemCode } from '#lib/api/problem.ts'

/** A request that the server did not serve; `message` is its detail and says what to do. */
export class CallFailed extends Error {
  readonly code: ProblemCode | 'unreachable'
  readonly fields: Record<string, string>
  constructor(code: ProblemCode | 'unreachable', detail: string, fields: Record<string, string> = {}) {
    super(detail)
    this.code = code
    this.fields = fields
  }
}

type Given<P extends z.ZodType, I extends z.ZodType> = { params?: z.input<P>; input?: z.input<I>; signal?: AbortSignal }

/**
 * Calls a door of the API by its contract and parses the answer: `call(getPlan, { params: { depot } })`.
 * Throws `CallFailed`, with the server's own words.
 */
export async function call<P extends z.ZodType, I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<P, I, O>,
  { params, input, signal }: Given<P, I> = {},
): Promise<z.output<O>> {
  const url = callUrl(contract, params, input)
  const init: RequestInit =
    contract.method === 'GET'
      ? {}
      : { method: contract.method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(input ?? {}) }
  const response = await fetch(url, { ...init, ...(signal && { signal }) }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new CallFailed('unreachable', 'The server does not answer. Look at the connection, then try again.')
  })
  if (!response.ok) throw await failure(response)
  const body: unknown = await response.json().catch((error: unknown) => {
    // given up by the page itself (asked again, or left): no mistake of the server
    if (signal?.aborted) throw error
  })
  const answer = contract.output.safeParse(body)
  if (answer.success) return answer.data
  console.error(`${contract.method} ${url}: not what its contract says`, answer.error.issues)
  throw new CallFailed(
    'internal',
    'The server answered something this page does not understand. Load the page anew; if it stays so, tell your administrator.',
  )
}

/** The address of a door: its `:params` filled in and, for GET, the input as query. Undefined and null are left out. Also for download links. */
export function callUrl(contract: Pick<Contract, 'method' | 'path'>, params?: unknown, input?: unknown): string {
  const given = (params ?? {}) as Record<string, unknown>
  const path = contract.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(given[name])))
  if (contract.method !== 'GET') return path
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((input ?? {}) as Record<string, unknown>)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined && each !== null) query.append(name, String(each))
  }
  return query.size > 0 ? `${path}?${query}` : path
}

async function failure(response: Response): Promise<CallFailed> {
  const body = (await response.json().catch(() => ({}))) as { code?: ProblemCode; detail?: string; fields?: Record<string, string> }
  return new CallFailed(
    body.code ?? 'internal',
    body.detail ?? `The server answered ${response.status}. Try again in a moment.`,
    body.fields,
  )
}
