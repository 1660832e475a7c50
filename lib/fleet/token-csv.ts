import { parse } from 'csv-parse/sync'

/** A line of a file of tokens, by the columns that it has, or what is wrong with it. `line` as in the file, the heading is 1. */
export type TokenCsvLine =
  | { kind: 'read'; line: number; cells: Partial<Record<TokenColumn, string>> }
  | { kind: 'bad'; line: number; why: string }

const COLUMNS = ['idTag', 'kind', 'status', 'expires', 'group', 'parentIdTag', 'vehicle', 'driver', 'costCentre'] as const
export type TokenColumn = (typeof COLUMNS)[number]

/**
 * Tokens as CSV: a heading with `idTag` and any of the other columns, in any order and case (further columns are passed over), separated by
 * comma, semicolon or tab. @returns what is wrong with the heading, or a result for each line that is not empty.
 */
export function readTokenCsv(text: string): { kind: 'refused'; why: string } | { kind: 'lines'; lines: TokenCsvLine[] } {
  const heading = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/, 1)[0] ?? ''
  const delimiter = [';', '\t', ','].find((each) => heading.includes(each)) ?? ','
  const options = { bom: true, delimiter, relax_column_count: true, relax_quotes: true, trim: true, skip_empty_lines: true, info: true }
  let rows: { info: { lines: number }; record: string[] }[]
  try {
    rows = parse(text.replace(/\r\n?/g, '\n'), options) as unknown[] as typeof rows
  } catch (error) {
    return { kind: 'refused', why: `The file cannot be read: ${error instanceof Error ? error.message : 'a quote is not closed'}.` }
  }
  const [names, ...rest] = rows
  const columns = (names?.record ?? []).map((name) =>
    COLUMNS.find((column) => column.toLowerCase() === name.replace(/[ _-]/g, '').toLowerCase()),
  )
  if (!columns.includes('idTag'))
    return { kind: 'refused', why: `The first line must name the columns, idTag among them; known are ${COLUMNS.join(', ')}.` }
  return {
    kind: 'lines',
    lines: rest.map(({ info, record }) => lineOf(record, columns, info.lines - (record.join('').split('\n').length - 1))),
  }
}

function lineOf(record: string[], columns: (TokenColumn | undefined)[], line: number): TokenCsvLine {
  if (record.length > columns.length) return { kind: 'bad', line, why: `It has ${record.length} cells, the heading ${columns.length}.` }
  const cells: Partial<Record<TokenColumn, string>> = {}
  for (const [index, column] of columns.entries()) {
    const cell = record[index]
    if (column && cell !== undefined && cell !== '') cells[column] = cell
  }
  if (!cells.idTag) return { kind: 'bad', line, why: 'idTag is missing.' }
  return { kind: 'read', line, cells }
}
