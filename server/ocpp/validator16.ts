import { createRequire } from 'node:module'
import { isCentralAction, isChargerAction } from '#lib/ocpp/actions16.ts'
import { dropExtras, straighten } from '#lib/ocpp/lenient16.ts'
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
  const byId = new Map(schemas.map((schema) => [String(schema.$id), schema]))
  validator.validate = (schemaId, params: unknown) => {
    const [, action = '', direction = ''] = /^urn:(.*)\.(req|conf)$/s.exec(schemaId) ?? []
    if (direction === 'conf') return isChargerAction(action) && action !== 'DataTransfer' ? strict(schemaId, params as never) : true
    if (isCentralAction(action)) {
      // our own calls pass here too; a charger that sends one is refused by the connection
      return strict(schemaId, params as never)
    }
    if (!isChargerAction(action)) throw createRPCError('NotImplemented', 'This action is not known here.')
    const bent = straighten(action, params)
    const remember = () => {
      if (bent.length > 0 && typeof params === 'object' && params !== null) bentBy.set(params, bent)
    }
    remember()
    try {
      return strict(schemaId, params as never)
    } catch (error) {
      // only what fails is looked at again: a clean message pays nothing for the others
      const extras = dropExtras(byId.get(schemaId), params)
      if (extras.length === 0) throw createRPCError(codeOf(error), NOT_BY_SCHEMA)
      bent.push(...extras.map((name) => `${EXTRA}${name}`))
      remember()
      try {
        return strict(schemaId, params as never)
      } catch (other) {
        throw createRPCError(codeOf(other), NOT_BY_SCHEMA)
      }
    }
  }
  return { validator, bentBy: (payload: object): string[] => bentBy.get(payload) ?? [] }
}

const NOT_BY_SCHEMA = 'The payload does not follow the OCPP 1.6 schema.'
const EXTRA = 'extraProperty '

/** Names of the properties that were left out of a payload, among what was bent in it. Whether that is forgiven is the connection's matter. */
export const extrasIn = (bent: string[]): string[] => bent.flatMap((each) => (each.startsWith(EXTRA) ? [each.slice(EXTRA.length)] : []))

/** Found by the strict schemas before a frame left. */
export const isSchemaError = (error: unknown): boolean =>
  typeof (error as { rpcErrorCode?: unknown } | undefined)?.rpcErrorCode === 'string'

export const codeOf = (error: unknown): string => {
  const code = (error as { rpcErrorCode?: unknown } | undefined)?.rpcErrorCode
  return typeof code === 'string' ? code : 'InternalError'
}
