/** A line of a duty file, or what is wrong with it. `line` as in the file, the heading is 1. */
export type DutyLine =
  | { kind: 'read'; line: number; vehicle: string; departs: string; returns: string; km: number; name?: string }
  | { kind: 'bad'; line: number; why: string }

const COLUMNS = ['vehicle', 'departs', 'returns', 'km'] as const
type Column = (typeof COLUMNS)[number]
/** What other systems call the name of a duty. */
const NAME_COLUMNS = ['name', 'block', 'tour', 'duty']

/**
 * Duties as CSV: a heading with `vehicle,departs,returns,km` in any order (and `name`, `block`, `tour` or `duty` with what it is called; further columns are passed over), separated by comma,
 * semicolon or tab; km with point or comma. @returns what is wrong with the heading, or a result for each line that is not empty.
 */
export function readDutyCsv(text: string): { kind: 'refused'; why: string } | { kind: 'lines'; lines: DutyLine[] } {
  const [heading = '', ...rest] = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const separator = [';', '\t', ','].find((each) => heading.includes(each)) ?? ','
  const names = cellsOf(heading, separator).map((name) => name.toLowerCase())
  const missing = COLUMNS.filter((column) => !names.includes(column))
  if (missing.length > 0)
    return { kind: 'refused', why: `The first line must name the columns vehicle, departs, returns, km. Missing: ${missing.join(', ')}.` }
  const lines = rest.flatMap((raw, i): DutyLine[] => (raw.trim() === '' ? [] : [lineOf(cellsOf(raw, separator), names, i + 2)]))
  return { kind: 'lines', lines }
}

function lineOf(cells: string[], names: string[], line: number): DutyLine {
  if (cells.length > names.length && cells.slice(names.length).some((each) => each !== ''))
    return { kind: 'bad', line, why: `It has ${cells.length} cells, the heading ${names.length}. Write a number such as 11,5 in quotes.` }
  const name = cells[names.findIndex((each) => NAME_COLUMNS.includes(each))]
  const cell = (column: Column) => cells[names.indexOf(column)] ?? ''
  const empty = COLUMNS.filter((column) => cell(column) === '')
  if (empty.length > 0) return { kind: 'bad', line, why: `${empty.join(' and ')} ${empty.length > 1 ? 'are' : 'is'} missing.` }
  const km = /^\d+([.,]\d+)?$/.test(cell('km')) ? Number(cell('km').replace(',', '.')) : Number.NaN
  if (Number.isNaN(km) || km > 3000) return { kind: 'bad', line, why: `"${cell('km').slice(0, 20)}" is not a distance of 0 to 3000 km.` }
  return {
    kind: 'read',
    line,
    vehicle: cell('vehicle'),
    departs: cell('departs'),
    returns: cell('returns'),
    km,
    ...(name ? { name: name.slice(0, 60) } : {}),
  }
}

/** Cells of one line; `"a ""b"""` is a "b". */
const cellsOf = (line: string, separator: string): string[] => {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quoted && c === '"' && line[i + 1] === '"') {
      cell += '"'
      i++
    } else if (c === '"') quoted = !quoted
    else if (c === separator && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += c
  }
  return [...cells, cell.trim()]
}
