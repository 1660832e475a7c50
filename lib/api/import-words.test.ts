import { expect, test } from 'vitest'
import type { z } from 'zod'
import { addCharger } from './charger.ts'
import { tokenInput } from './token.ts'

// What a line of a CSV file or a field of a form is told comes from the contract: our sentences, not the library's.

const THEIRS = /invalid|expected|too (big|small)|unrecognized|received/i
const BAD = [null, undefined, '', ' ', 'x'.repeat(600), -1, 0, 1.5, 1e9, Number.NaN, true, {}]

const fields = (schema: z.ZodObject) => Object.entries(schema.shape) as [string, z.ZodType][]
test.each([
  ...fields(addCharger.input as z.ZodObject).map((field) => ['a charger', ...field] as const),
  ...fields(tokenInput).map((field) => ['a card', ...field] as const),
])('%s: what is wrong with %s is told in our words', (_, __, schema) => {
  const said = BAD.flatMap((value) => schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [])
  expect(said.length).toBeGreaterThan(0)
  for (const message of said) expect(message).not.toMatch(THEIRS)
})
