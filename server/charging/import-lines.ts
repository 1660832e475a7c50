import type { z } from 'zod'
import { addCharger } from '#lib/api/charger.ts'
import { isProblem } from '#lib/api/problem.ts'
import type { ImportedCharger } from '#lib/api/provisioning.ts'
import type { ChargerColumn } from '#lib/charging/charger-columns.ts'
import type { ChargerLine } from '#lib/charging/charger-csv.ts'
import type { Ctx } from '#server/runtime.ts'
import { type ChargerRows, holdersOf, idsAmong } from '#server/store/add-site.ts'
import { nodeRows } from '#server/store/charger-view.ts'
import { ID_OF_ANOTHER } from './add-charger.ts'
import { bayKey, type TakenBays, takenBays, whyNotBays } from './bay-check.ts'
import { newCharger } from './new-charger.ts'

// What becomes of a line of a list of chargers: rows that can be written, or the column that is wrong and a sentence.

export type Ready = { line: ChargerLine; identity: string; rows: ChargerRows; key: string; formerId: string | undefined }

/** What each line would become, with five questions to the database for all of them. */
export async function judgeLines(
  ctx: Pick<Ctx, 'db'>,
  depotId: string,
  lines: ChargerLine[],
  registration: string,
): Promise<{ ready: Ready[]; results: ImportedCharger[] }> {
  const identities = lines.flatMap(({ cells }) => cells.identity ?? [])
  const { prisma } = ctx.db
  const [nodes, holders, ids, taken] = await Promise.all([
    nodeRows(ctx.db, depotId),
    holdersOf(prisma, identities),
    idsAmong(prisma, identities),
    takenBays(prisma, depotId),
  ])
  const held = new Map(holders.map((holder) => [holder.identity, holder]))
  const bays = new Map(taken)
  const freeBay = freeBays(lines, taken)
  const first = new Map<string, number>()
  const ready: Ready[] = []
  const results: ImportedCharger[] = []
  for (const line of lines) {
    const { identity = '' } = line.cells
    const holder = held.get(identity)
    const earlier = first.get(identity)
    if (identity !== '' && earlier === undefined) first.set(identity, line.line)
    if (line.surplus.length > 0)
      results.push(
        bad(
          line,
          null,
          `It has more cells than the heading has columns: "${line.surplus[0]!.slice(0, 20)}" stands under none. Write a number such as 11,5 in quotes.`,
        ),
      )
    else if (earlier !== undefined) results.push(bad(line, 'identity', `The same identity stands in line ${earlier}.`))
    else if (holder && holder.retiredAt === null)
      results.push(
        holder.depotId === depotId
          ? {
              line: line.line,
              outcome: 'exists',
              identity,
              column: null,
              text: `It is there as ${holder.name}, and stays as it is.`,
              key: null,
            }
          : bad(line, 'identity', 'It is in use at another depot.'),
      )
    else if (ids.includes(identity)) results.push(bad(line, 'identity', ID_OF_ANOTHER))
    else {
      const input = inputOf(line, nodes, freeBay)
      if ('column' in input) results.push(input)
      else
        try {
          const { rows, key } = newCharger(depotId, input, input.registration ?? registration)
          const clash = bayProblem(line, rows, bays)
          if (clash) results.push(clash)
          else {
            ready.push({ line, identity, rows, key, formerId: holder?.id })
            for (const { bay } of rows.ports) bays.set(bayKey(bay), `the charger in line ${line.line}`)
          }
        } catch (error) {
          if (!isProblem(error)) throw error
          const [field, words] = Object.entries(error.fields ?? {})[0] ?? ['', error.message]
          results.push(bad(line, COLUMN_OF[field] ?? null, words))
        }
    }
  }
  return { ready, results }
}

/** Two ports of the line, or a port of it and one that is there or stands above it, in one bay. */
export function bayProblem(line: ChargerLine, { ports }: ChargerRows, taken: TakenBays): ImportedCharger | undefined {
  const bays = ports.map(({ bay }) => bay)
  if (new Set(bays.map(bayKey)).size < bays.length) return bad(line, 'bay', 'The same bay is there twice.')
  const why = whyNotBays(bays, taken)
  return why === undefined ? undefined : bad(line, 'bay', why)
}

/** Bays for the lines that name none: the lowest numbers that nobody has, here or in the file. */
function freeBays(lines: ChargerLine[], taken: TakenBays): () => string {
  const named = new Set(lines.flatMap(({ cells }) => cells.bay?.split('/').map(bayKey) ?? []))
  const used = (bay: string) => named.has(bay) || taken.has(bay) || taken.has(`${bay}-1`)
  let last = 0
  return () => {
    do last++
    while (used(String(last).padStart(2, '0')))
    return String(last).padStart(2, '0')
  }
}

export const bad = ({ line, cells }: ChargerLine, column: ChargerColumn | null, text: string): ImportedCharger => ({
  line,
  outcome: 'problem',
  identity: (cells.identity ?? '').slice(0, 60),
  column,
  text,
  key: null,
})

export const created = ({ line }: ChargerLine, identity: string, { charger, ports }: ChargerRows, key: string | null): ImportedCharger => ({
  line,
  outcome: 'created',
  identity,
  column: null,
  text: `${charger.name}, ${ports.map(({ bay }) => bay).join(', ')}`,
  key,
})

/** Which column a field of the contract is filled from. */
const COLUMN_OF: Record<string, ChargerColumn> = {
  identity: 'identity',
  name: 'name',
  nodeId: 'node',
  ports: 'ports',
  maxKw: 'max_kw',
  minA: 'min_a',
  volts: 'volts',
  phases: 'phases',
  wiring: 'wiring',
  bay: 'bay',
  standard: 'connector',
  group: 'group',
  registeredSerial: 'serial',
  pinnedProtocol: 'protocol',
  lenient: 'lenient',
  registration: 'registration',
  key: 'key',
}

type Input = z.output<NonNullable<(typeof addCharger)['input']>> & { bays?: string[] }

/** A line as the contract of a single charger takes it, or the column that it does not take. */
function inputOf(line: ChargerLine, nodes: { id: string; name: string; kind: string }[], freeBay: () => string): Input | ImportedCharger {
  const { cells } = line
  const wanted = cells.node?.toLowerCase()
  const fitting = nodes.filter(({ id, name }) => id === cells.node || name.toLowerCase() === wanted)
  const service = nodes.find(({ kind }) => kind === 'service')
  if (wanted !== undefined && fitting.length === 0)
    return bad(line, 'node', `There is no "${cells.node!.slice(0, 60)}" in the site's tree.`)
  if (fitting.length > 1) return bad(line, 'node', `There are ${fitting.length} of that name in the site's tree. Write the id.`)
  const bays = cells.bay?.split('/').map((each) => each.trim())
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text.replace(',', '.')))
  const unreadable = NUMBERS.find((column) => Number.isNaN(number(cells[column])))
  if (unreadable) return bad(line, unreadable, `"${cells[unreadable]!.slice(0, 20)}" is not a number.`)
  const truth = cells.lenient === undefined ? undefined : TRUTH[cells.lenient.toLowerCase()]
  if (cells.lenient !== undefined && truth === undefined) return bad(line, 'lenient', 'Write yes or no.')
  const parsed = addCharger.input!.safeParse({
    identity: cells.identity,
    name: cells.name ?? cells.identity,
    nodeId: fitting[0]?.id ?? service?.id,
    ports: number(cells.ports) ?? bays?.length,
    maxKw: number(cells.max_kw),
    minA: number(cells.min_a),
    volts: number(cells.volts),
    phases: number(cells.phases),
    wiring: cells.wiring?.toUpperCase(),
    bay: bays?.[0] ?? freeBay(),
    standard: cells.connector,
    group: cells.group,
    registeredSerial: cells.serial,
    pinnedProtocol: cells.protocol?.toLowerCase(),
    lenient: truth,
    registration: cells.registration?.toLowerCase(),
    key: cells.key,
  })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const column = COLUMN_OF[String(issue!.path[0])] ?? null
    return bad(line, column, column !== null && cells[column] === undefined ? 'It is missing.' : issue!.message)
  }
  if (bays && bays.length > 1) {
    if (bays.length !== parsed.data.ports) return bad(line, 'bay', `${bays.length} bays for ${parsed.data.ports} ports.`)
    if (bays.some((bay) => bay === '' || bay.length > 12)) return bad(line, 'bay', 'Each bay has 1 to 12 characters, with / between them.')
    return { ...parsed.data, bays }
  }
  return parsed.data
}

const NUMBERS = ['max_kw', 'ports', 'min_a', 'volts', 'phases'] as const
const TRUTH: Record<string, boolean> = { yes: true, true: true, '1': true, no: false, false: false, '0': false }
