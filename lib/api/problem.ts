/** Every reason for which a request cannot be served. Closed list: doors translate each one (HTTP status, OCPP error code). */
export type ProblemCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'not-allowed'
  | 'conflict'
  | 'too-large'
  | 'too-many'
  | 'unavailable'
  | 'internal'

/** A request that cannot be served. Thrown in `server`, translated once per door; `detail` says what to do. Known by `tag`, since modules load twice. */
export class Problem extends Error {
  readonly tag = 'Problem'
  readonly code: ProblemCode
  readonly fields: Record<string, string> | undefined
  constructor(code: ProblemCode, detail: string, fields?: Record<string, string>) {
    super(detail)
    this.code = code
    this.fields = fields
  }
}

export const problem = (code: ProblemCode, detail: string, fields?: Record<string, string>): Problem => new Problem(code, detail, fields)
export const notFound = (what: string, id: string | number): Problem => problem('not-found', `There is no ${what} "${id}".`)

/** Taking back is for one's own change: what somebody changed since then stays. */
export const changedSince = (what: string): Problem =>
  problem('conflict', `${what} was changed since then: it stays as it is now, and nothing was taken back.`)

export const isProblem = (error: unknown): error is Problem =>
  typeof error === 'object' && error !== null && (error as { tag?: unknown }).tag === 'Problem'

/** The compiler's proof that a `switch` is finished. */
export const assertNever = (value: never): never => {
  throw new Error(`unexpected ${JSON.stringify(value)}`)
}
