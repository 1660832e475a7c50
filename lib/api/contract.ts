import type { z } from 'zod'
import type { Role, Scope } from '#lib/auth/role.ts'

/**
 * One door of the API as an object: the server's `route(contract, …)` and the screen's `call(contract, …)` share it.
 * `path` has `:params`. For GET the input travels as query parameters, else as a JSON body.
 * `roles`: people who may (session cookie). `scope`: API keys that may. Neither: refused (deny by default) unless `open`.
 */
export type Contract<Params extends z.ZodType = z.ZodType, Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  roles?: readonly Role[]
  scope?: Scope
  open?: true
  /** What it does, for the OpenAPI document and the reader. */
  summary: string
  params?: Params
  input?: Input
  output: Output
}

export const contract = <Params extends z.ZodType, Input extends z.ZodType, Output extends z.ZodType>(
  door: Contract<Params, Input, Output>,
): Contract<Params, Input, Output> => door
