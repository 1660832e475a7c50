// The part of JSON Schema (draft 07) that the 1.6 messages are written in: enough to tell what is wrong with a payload, field by field,
// in words, and to make a form of it. The strict validator has the last word (server/ocpp/validator16.ts).

export type MessageSchema = {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  enum?: string[]
  format?: 'date-time' | 'uri'
  maxLength?: number
  multipleOf?: number
  properties?: Record<string, MessageSchema>
  required?: string[]
  additionalProperties?: boolean
  items?: MessageSchema
  $ref?: string
  definitions?: Record<string, MessageSchema>
}

/** The schema behind a reference to one of the message's own definitions. */
export const resolved = (schema: MessageSchema, root: MessageSchema): MessageSchema => {
  const name = /^#\/definitions\/(.+)$/.exec(schema.$ref ?? '')?.[1]
  return (name === undefined ? undefined : root.definitions?.[name]) ?? schema
}

/**
 * What is wrong with a field, in a sentence. `form`: the payload is no message at all. `type`: a value of another kind. `occurrence`: it is
 * missing. `value`: the right kind, but not one that it may have, or a field that the message does not have.
 */
export type Violation = { kind: 'form' | 'type' | 'occurrence' | 'value'; words: string }

/** What is wrong with a payload: a sentence for each wrong field, named by its path (`csChargingProfiles.stackLevel`). Empty: nothing. */
export const problemsIn = (schema: MessageSchema, payload: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(violationsIn(schema, payload)).map(([path, { words }]) => [path, words]))

/** The same with the kind of each. */
export function violationsIn(schema: MessageSchema, payload: unknown): Record<string, Violation> {
  const problems: Record<string, Violation> = {}
  look(schema, payload, '', schema, problems)
  return problems
}

function look(given: MessageSchema, value: unknown, path: string, root: MessageSchema, problems: Record<string, Violation>): void {
  const schema = resolved(given, root)
  const wrong = wrongAlone(schema, value)
  if (wrong !== undefined && path === '') problems.payload ??= { ...wrong, kind: 'form' }
  else if (wrong !== undefined) problems[path] ??= wrong
  else if (Array.isArray(value)) {
    if (schema.items) for (const [index, item] of value.entries()) look(schema.items, item, `${path}.${index}`, root, problems)
  } else if (typeof value === 'object' && value !== null) lookInside(schema, value, path, root, problems)
}

function lookInside(schema: MessageSchema, value: object, path: string, root: MessageSchema, problems: Record<string, Violation>): void {
  const fields = schema.properties ?? {}
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  for (const [name, of] of Object.entries(fields)) {
    const held: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
    if (held !== undefined) look(of, held, at(name), root, problems)
    else if (schema.required?.includes(name)) problems[at(name)] ??= { kind: 'occurrence', words: 'This field is required.' }
  }
  if (schema.additionalProperties !== false) return
  for (const name of Object.keys(value)) if (!Object.hasOwn(fields, name)) problems[at(name)] ??= unknownField(Object.keys(fields))
}

const type = (words: string): Violation => ({ kind: 'type', words })
const value = (words: string): Violation => ({ kind: 'value', words })

/** What is wrong with a value by itself, without what is inside it. */
function wrongAlone(schema: MessageSchema, given: unknown): Violation | undefined {
  switch (schema.type) {
    case 'object':
      return typeof given === 'object' && given !== null && !Array.isArray(given) ? undefined : type('This is an object of named fields.')
    case 'array':
      return Array.isArray(given) ? undefined : type('This is a list.')
    case 'integer':
      return typeof given === 'number' && Number.isInteger(given) ? undefined : type('This is a whole number.')
    case 'number':
      if (typeof given !== 'number' || !Number.isFinite(given)) return type('This is a number.')
      return schema.multipleOf === undefined || isMultiple(given, schema.multipleOf)
        ? undefined
        : value(`This is a number in steps of ${schema.multipleOf}.`)
    case 'boolean':
      return typeof given === 'boolean' ? undefined : type('This is true or false.')
    case 'string':
      return typeof given === 'string' ? wrongText(schema, given) : type('This is a text.')
    case undefined:
      return undefined
  }
}

function wrongText({ enum: words, maxLength, format }: MessageSchema, given: string): Violation | undefined {
  if (words && !words.includes(given)) return value(`This is one of ${words.join(', ')}.`)
  // characters, not halves of them: as the specification counts
  const characters = [...given].length
  if (maxLength !== undefined && characters > maxLength) return value(`This has at most ${maxLength} characters; it has ${characters}.`)
  if (format === 'date-time' && !isMoment(given)) return value('This is a moment such as 2026-11-23T18:00:00Z.')
  if (format === 'uri' && !URL.canParse(given)) return value('This is an address such as https://files.example.com/image.bin.')
  return undefined
}

const unknownField = (known: string[]): Violation =>
  value(known.length === 0 ? 'This message has no fields.' : `The message has no such field. It has ${known.join(', ')}.`)

const isMultiple = (value: number, of: number): boolean => Math.abs(Math.round(value / of) - value / of) < 1e-6

/** RFC 3339, with a zone. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i
const isMoment = (value: string): boolean => MOMENT.test(value) && !Number.isNaN(Date.parse(value))
