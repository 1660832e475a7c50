import { createRequire } from 'node:module'
import { isCentralAction, isChargerAction } from '#lib/ocpp/actions16.ts'
import { dropExtras, straighten } from '#lib/ocpp/lenient16.ts'
import { type MessageSchema, type Violation, violationsIn } from '#lib/ocpp/message-schema.ts'
import { createRPCError, createValidator } from './rpc.ts'

/**
 * The library's strict 1.6 schemas behind our manners (docs/ocpp.md, fault 9): an unknown action is NotImplemented, one that only
 * a central system may call is NotSupported, harmless bends are straightened first, and an error says which field is wrong and how, never what
 * stood there.
 * Answers of chargers to our calls are read by server/ocpp/call16.ts: an extra field must not turn "Accepted" into a refusal.
 * `bentBy` remembers what was straightened in a payload.
 */
export function makeValidator16() {
  const all: (MessageSchema & { $id: string })[] = createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json')
  const validator = createValidator('ocpp1.6', all)
  const bentBy = new WeakMap<object, string[]>()
  const schemas = new Map(all.map((schema) => [schema.$id, schema]))
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
      const schema = schemas.get(`urn:${action}.req`)
      const extras = dropExtras(schema, payload)
      if (extras.length === 0) throw refusal(schema, payload, error)
      remember(payload, [...bent, ...extras.map((name) => `${EXTRA}${name}`)])
      try {
        strict(requests, action, 'req', payload)
      } catch (other) {
        throw refusal(schema, payload, other)
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

/** OCPP-J 1.6 §4.2.3. Its own spelling is kept: errata 1.0 §5.1 names it, and does not mend it. */
const CODES: Record<Violation['kind'], string> = {
  form: 'FormationViolation',
  type: 'TypeConstraintViolation',
  occurrence: 'OccurenceConstraintViolation',
  value: 'PropertyConstraintViolation',
}
const NOT_BY_SCHEMA = 'The payload does not follow the OCPP 1.6 schema.'
const MOST_FIELDS = 10
const MOST_CHARACTERS = 255

/** What a charger is told of a payload that does not follow its schema: the first wrong field with its code, and the others in the details. */
function refusal(schema: MessageSchema | undefined, payload: unknown, error: unknown): unknown {
  const wrong = schema ? Object.entries(violationsIn(schema, payload)) : []
  const [first] = wrong
  if (!first) return createRPCError(codeOf(error), NOT_BY_SCHEMA)
  const [path, { kind, words }] = first
  const fields = Object.fromEntries(wrong.slice(0, MOST_FIELDS).map(([name, each]) => [name, each.words.slice(0, MOST_CHARACTERS)]))
  return createRPCError(CODES[kind], `${path}: ${words}`.slice(0, MOST_CHARACTERS), { fields })
}
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
