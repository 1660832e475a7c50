// Rows travel to a statement as columns (docs/decisions/009): numbers as array literals, texts joined by a character that no JSON text holds.
// PostgreSQL reads them many times faster than a JSON text that holds the rows. A column of nulls travels as nothing: unnest fills it up.

/** Separates texts, and stands for null: JSON writes both escaped, ids of ours have neither, and `clean` keeps them out of the rest. */
const NEXT = '\x1e'
const NULL = '\x1d'

/** A column of texts in SQL. Null for an empty text too: alone it would be a list of nothing. */
export const textsOf = (parameter: string): string => `string_to_array(${parameter}, E'\\x1e', E'\\x1d')`
/** A moment in SQL that travelled as its milliseconds, in float8. */
export const momentOf = (value: string): string => `to_timestamp(${value} / 1000)`

export function texts<Row>(rows: Row[], of: (row: Row) => string | null): string {
  let some = false
  const all = rows.map((row) => {
    const text = of(row)
    if (text) some = true
    return text || NULL
  })
  return some ? all.join(NEXT) : ''
}

/** Numbers, and moments in milliseconds. */
export function numbers<Row>(rows: Row[], of: (row: Row) => number | null): string {
  const all = rows.map(of)
  return all.every((each) => each === null) ? '{}' : `{${all.map((each) => each ?? 'NULL').join()}}`
}

/** May travel as it is: no control characters, no half ones. */
export const isClean = (text: string): boolean => !UNCLEAN.test(text)

/** What a charger called something, as PostgreSQL takes it. */
export const clean = (text: string | null): string | null =>
  text === null || isClean(text) ? text : text.replace(/\p{Cc}/gu, '\ufffd').toWellFormed()
const UNCLEAN = /[\p{Cc}\p{Cs}]/u
