import type { z } from 'zod'

// What is wrong with a field, for somebody who reads neither TypeScript nor zod. A contract's own words go before these.

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}
const MOST_NAMED = 12

/** A sentence for an issue whose schema has no words of its own; undefined: zod's own. */
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'This is missing.'
  switch (issue.code) {
    case 'invalid_type':
      return `This must be ${TYPES[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      return ofValues(issue.values.map(String), issue.input)
    case 'too_small':
      return bound(issue.origin, 'least', Number(issue.minimum), issue.inclusive ?? true)
    case 'too_big':
      return bound(issue.origin, 'most', Number(issue.maximum), issue.inclusive ?? true)
    case 'not_multiple_of':
      return `This must be a multiple of ${issue.divisor}.`
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'This has not the form that is asked for.'
    case 'invalid_union':
      return kinds(issue) ?? 'This has none of the forms that are asked for.'
    case 'custom':
      return 'This is not valid.'
    default:
      return undefined
  }
}

/** What tells the forms of a union apart has values of its own. */
function kinds({ options, discriminator, input }: { options?: unknown; discriminator?: unknown; input?: unknown }): string | undefined {
  if (!Array.isArray(options) || typeof discriminator !== 'string') return undefined
  return ofValues(options.map(String), (input as Record<string, unknown> | null)?.[discriminator])
}

const FORMATS: Record<string, string> = {
  datetime: 'Write a moment as ISO 8601 with offset, such as 2026-11-24T06:00:00Z.',
  date: 'Write a day, such as 2026-11-24.',
  email: 'Write an e-mail address.',
  url: 'Write an address, such as https://depot.example.',
}

function ofValues(values: string[], input: unknown): string {
  // what a query may say for yes and no, of which two are enough to know
  if (values.includes('true') && values.includes('disabled')) return 'Write true or false.'
  const meant = typeof input === 'string' ? values.find((value) => value.toLowerCase() === input.toLowerCase()) : undefined
  if (meant !== undefined) return `Write ${meant}.`
  if (values.length === 1) return `This must be ${values[0]}.`
  if (values.length <= MOST_NAMED) return `This must be one of ${values.join(', ')}.`
  return `This is none of the ${values.length} that there are, such as ${values.slice(0, 3).join(', ')}; the OpenAPI document names them all.`
}

const UNITS: Record<string, string> = { string: 'characters', array: 'entries', set: 'entries', map: 'entries' }

function bound(origin: string, side: 'least' | 'most', limit: number, inclusive: boolean): string {
  const unit = UNITS[origin]
  if (unit !== undefined && side === 'least' && limit === 1) return 'This must not be empty.'
  if (unit !== undefined) return `At ${side} ${limit} ${unit}.`
  return inclusive ? `At ${side} ${limit}.` : `${side === 'least' ? 'More' : 'Less'} than ${limit}.`
}
