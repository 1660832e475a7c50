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
  const all: Record<string, unknown>[] = createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json')
  const validator = createValidator('ocpp1.6', all)
  const bentBy = new WeakMap<object, string[]>()
  const schemas = new Map(all.map((schema) => [String(schema.$id), schema]))
  const compiled = compiledOf(validator)
  const [requests, responses] = [new Map<string, Check>(), new Map<string, Check>()]
  const checkOf = (checks: Map<string, Check>, action: string, id: string) => {
    let check = checks.get(action)
    if (!check) {
      check = compiled(id) ?? (() => false)
      checks.set(action, check)
    }
    return check
  }
  /** The library says what is wrong. */
  const strict = (checks: Map<string, Check>, action: string, kind: 'req' | 'conf', payload: unknown) => {
    const id = `urn:${action}.${kind}`
    if (!checkOf(checks, action, id)(payload)) validator.validate(id, payload as never)
  }

  function request(action: string, payload: unknown): void {
    // our own calls pass here too; a charger that sends one is refused by the connection
    if (isCentralAction(action)) {
      strict(requests, action, 'req', payload)
      return
    }
    if (!isChargerAction(action)) throw createRPCError('NotImplemented', 'This action is not known here.')
    const bent = straighten(action, payload)
    if (bent.length > 0) remember(payload, bent)
    try {
      strict(requests, action, 'req', payload)
    } catch (error) {
      // only what fails is looked at again: a clean message pays nothing for the others
      const extras = dropExtras(schemas.get(`urn:${action}.req`), payload)
      if (extras.length === 0) throw createRPCError(codeOf(error), NOT_BY_SCHEMA)
      remember(payload, [...bent, ...extras.map((name) => `${EXTRA}${name}`)])
      try {
        strict(requests, action, 'req', payload)
      } catch (other) {
        throw createRPCError(codeOf(other), NOT_BY_SCHEMA)
      }
    }
  }
  const remember = (payload: unknown, bent: string[]) => {
    if (typeof payload === 'object' && payload !== null) bentBy.set(payload, bent)
  }

  return {
    schemas: {
      request,
      response(action: string, payload: unknown): void {
        if (isChargerAction(action) && action !== 'DataTransfer') strict(responses, action, 'conf', payload)
      },
    },
    bentBy: (payload: object): string[] => bentBy.get(payload) ?? NOTHING,
  }
}

const NOTHING: string[] = []

type Check = (payload: unknown) => boolean

/** Its check of each schema itself: by its name it would be looked up anew with every message. */
function compiledOf(validator: object): (id: string) => Check | undefined {
  const ajv = Reflect.get(validator, '_ajv') as Partial<Ajv> | undefined
  const moment = ajv?.formats?.['date-time']
  if (!ajv?.getSchema || !ajv.addFormat || typeof moment?.validate !== 'function')
    throw new Error('ocpp-rpc has changed inside: server/ocpp/validator16.ts must be adapted')
  const { validate } = moment
  // what is plainly a moment need not be taken to pieces
  ajv.addFormat('date-time', { ...moment, validate: (text) => PLAIN_MOMENT.test(text) || validate(text) })
  return ajv.getSchema.bind(ajv)
}

type Format = { validate?: (text: string) => boolean }
type Ajv = { getSchema(id: string): Check | undefined; formats: Record<string, Format>; addFormat(name: string, format: Format): void }
/** A day that every month has. */
const PLAIN_MOMENT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/

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
