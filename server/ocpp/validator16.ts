import { createRequire } from 'node:module'
import { isCentralAction, isChargerAction } from '#lib/ocpp/actions16.ts'
import { straighten } from '#lib/ocpp/lenient16.ts'
import { createRPCError, createValidator } from './rpc.ts'

/**
 * The library's strict 1.6 schemas behind our manners (docs/ocpp.md, fault 9): an unknown action is NotImplemented, one that only
 * a central system may call is NotSupported, harmless bends are straightened first, and no error echoes the request or names a schema.
 * Answers of chargers to our calls are read by server/ocpp/call16.ts: an extra field must not turn "Accepted" into a refusal.
 * `bentBy` remembers what was straightened in a payload.
 */
export function makeValidator16() {
  const schemas: Record<string, unknown>[] = createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json')
  const validator = createValidator('ocpp1.6', schemas)
  const strict = validator.validate.bind(validator)
  const bentBy = new WeakMap<object, string[]>()
  validator.validate = (schemaId, params: unknown) => {
    const [, action = '', direction = ''] = /^urn:(.*)\.(req|conf)$/s.exec(schemaId) ?? []
    if (direction === 'conf') return isChargerAction(action) && action !== 'DataTransfer' ? strict(schemaId, params as never) : true
    if (isCentralAction(action)) {
      // our own calls pass here too; a charger that sends one is refused by the connection
      return strict(schemaId, params as never)
    }
    if (!isChargerAction(action)) throw createRPCError('NotImplemented', 'This action is not known here.')
    const bent = straighten(action, params)
    if (bent.length > 0 && typeof params === 'object' && params !== null) bentBy.set(params, bent)
    try {
      return strict(schemaId, params as never)
    } catch (error) {
      throw createRPCError(codeOf(error), 'The payload does not follow the OCPP 1.6 schema.')
    }
  }
  return { validator, bentBy: (payload: object): string[] => bentBy.get(payload) ?? [] }
}

export const codeOf = (error: unknown): string => {
  const code = (error as { rpcErrorCode?: unknown } | undefined)?.rpcErrorCode
  return typeof code === 'string' ? code : 'InternalError'
}
