import type { z } from 'zod'
import { plainWords } from '#lib/api/plain-words.ts'
import { problem } from '#lib/api/problem.ts'

/** What the schema makes of it. @throws Problem `invalid` that names each wrong field and what it should be. */
export function parsed<T extends z.ZodType>(schema: T | undefined, given: unknown): z.output<T> | undefined {
  if (!schema) return undefined
  const result = schema.safeParse(given, { error: plainWords })
  if (result.success) return result.data
  const fields: Record<string, string> = {}
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) fields[[...issue.path, key].join('.')] ??= 'There is no such field.'
    else fields[issue.path.join('.') || 'body'] ??= issue.message
  }
  // each is a sentence of its own, whoever wrote it
  const said = Object.entries(fields).map(([name, message]) => `${name}: ${message.replace(/\.?$/, '.')}`)
  throw problem('invalid', `Correct ${said.length === 1 ? 'this field' : 'these fields'}. ${said.join(' ')}`, fields)
}
