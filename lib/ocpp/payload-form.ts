import { type MessageSchema, resolved } from './message-schema.ts'

// A payload while it is being filled in: plain data of which nothing need be right yet.

export type Draft = string | number | boolean | Draft[] | { [name: string]: Draft }

/** The field as a person reads it: `chargingSchedulePeriod` is "Charging schedule period". */
export const fieldLabel = (name: string): string => {
  const words = name
    .replace(/^cs(?=[A-Z])/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bid\b/g, 'ID')
    .replace(/\burl\b/g, 'URL')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What may be entered, in a few words; undefined: nothing to say. */
export function fieldHint({ type, format, maxLength, multipleOf }: MessageSchema): string | undefined {
  if (format === 'date-time') return 'A moment with its zone, such as 2026-11-23T18:00:00Z.'
  if (format === 'uri') return 'An address, such as https://files.example.com/image.bin.'
  if (multipleOf !== undefined) return `In steps of ${multipleOf}.`
  if (type === 'string' && maxLength !== undefined) return `At most ${maxLength} characters.`
  return undefined
}

/** What a field begins with when a person adds it: what is required of it, empty. */
export function emptyDraft(given: MessageSchema, root: MessageSchema): Draft {
  const schema = resolved(given, root)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name) => [name, emptyDraft(schema.properties?.[name] ?? {}, root)] as const))
    case 'array':
      return schema.items ? [emptyDraft(schema.items, root)] : []
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    default:
      return schema.enum?.[0] ?? ''
  }
}

/** The object with a field set; undefined takes the field out. Fields stand in the order of the schema. */
export function withField(
  draft: { [name: string]: Draft },
  name: string,
  value: Draft | undefined,
  order: readonly string[],
): { [name: string]: Draft } {
  const all = { ...draft }
  if (value === undefined) delete all[name]
  else all[name] = value
  const names = [...order.filter((each) => each in all), ...Object.keys(all).filter((each) => !order.includes(each))]
  return Object.fromEntries(names.map((each) => [each, all[each]!]))
}
