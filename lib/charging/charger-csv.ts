import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { CHARGER_COLUMNS, type ChargerColumn } from './charger-columns.ts'

const NEEDED: readonly ChargerColumn[] = ['identity', 'max_kw']

/**
 * Cells by column; an empty cell is absent. `line` where it begins in the file, the heading is 1. `surplus`: what stands under no column,
 * such as the decimals of 11,5 in a file whose cells are separated by commas.
 */
export type ChargerLine = { line: number; cells: Partial<Record<ChargerColumn, string>>; surplus: string[] }
type Read = { kind: 'refused'; why: string } | { kind: 'lines'; lines: ChargerLine[] }

/**
 * A list of chargers as CSV: a heading with the columns in any order and case, separated by comma, semicolon or tab, quoted where needed,
 * with or without the mark of UTF-8. @returns the lines that are not empty, or what is wrong with the file
 */
export function readChargerCsv(text: string): Read {
  const heading = text.replace(/^\ufeff/, '').split(/\r?\n|\r/, 1)[0] ?? ''
  const delimiter = [';', '\t', ','].find((each) => heading.includes(each)) ?? ','
  const rows: { record: string[]; line: number }[] = []
  try {
    // one way to end a line, so that lines within quotes are counted as an editor does
    parse(text.replace(/\r\n?/g, '\n'), {
      bom: true,
      delimiter,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 10_000,
      on_record(record: string[], { lines: end }) {
        rows.push({ record, line: end - (record.join('').split('\n').length - 1) })
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? ` in line ${error.lines}` : ''
    return { kind: 'refused', why: `The file cannot be read as CSV${line}: a quotation mark is opened or closed in the wrong place.` }
  }
  const [first, ...rest] = rows
  const names = (first?.record ?? []).map((name) => name.toLowerCase().replace(/[\s-]+/g, '_'))
  const missing = NEEDED.filter((column) => !names.includes(column))
  if (missing.length > 0)
    return { kind: 'refused', why: `The first line must name the columns, at least identity and max_kw. Missing: ${missing.join(', ')}.` }
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (twice !== undefined) return { kind: 'refused', why: `The column ${twice} is there twice.` }
  const strange = names.find((name) => name !== '' && !(CHARGER_COLUMNS as readonly string[]).includes(name))
  if (strange !== undefined)
    return { kind: 'refused', why: `There is no column "${strange.slice(0, 30)}". The columns are ${CHARGER_COLUMNS.join(', ')}.` }
  const lines = rest.flatMap(({ record, line }): ChargerLine[] => {
    const cells = Object.fromEntries(names.flatMap((name, i) => (name !== '' && record[i] ? [[name, record[i]]] : [])))
    const surplus = record.filter((cell, i) => cell !== '' && !names[i])
    return Object.keys(cells).length === 0 && surplus.length === 0 ? [] : [{ line, cells, surplus }]
  })
  return { kind: 'lines', lines }
}
