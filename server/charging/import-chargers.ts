import type { z } from 'zod'
import { addCharger } from '#lib/api/charger.ts'
import { isProblem, problem } from '#lib/api/problem.ts'
import type { ImportedCharger, ImportedChargers } from '#lib/api/provisioning.ts'
import type { ChargerColumn } from '#lib/charging/charger-columns.ts'
import { type ChargerLine, readChargerCsv } from '#lib/charging/charger-csv.ts'
import { checkTree } from '#server/planning/tree-check.ts'
import type { Ctx } from '#server/runtime.ts'
import { type ChargerRows, holdersOf, insertChargers } from '#server/store/add-site.ts'
import { nodeRows } from '#server/store/charger-view.ts'
import type { Db } from '#server/store/database.ts'
import { appendJournal } from '#server/store/journal.ts'
import { giveIdentityUp, newChargersOf } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'
import { isCollision } from '#server/store/unavailable.ts'
import { journalled } from './add-charger.ts'
import { newCharger } from './new-charger.ts'

const MOST_LINES = 2000
/** Lines that share a commit. One that collides with another person's takes none of them along: they are tried one by one. */
const CHUNK = 100

type Importing = { depotId: string; csv: string; dryRun: boolean; registration?: 'accepted' | 'pending' }
type Ready = { line: ChargerLine; identity: string; rows: ChargerRows; key: string; formerId: string | undefined }

/**
 * Chargers from CSV text. Each line is created whole, or exists already (so that a file may be sent again), or is refused with the column
 * that is wrong; a bad line keeps out no other. A dry run tells the same and changes nothing.
 * @throws Problem `invalid` when the heading is not understood or there are too many lines
 */
export async function importChargers(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  { depotId, csv, dryRun, registration }: Importing,
  actor: string,
): Promise<Omit<ImportedChargers, 'url'>> {
  const { prisma } = ctx.db
  const read = readChargerCsv(csv)
  if (read.kind === 'refused') throw problem('invalid', read.why, { csv: read.why })
  if (read.lines.length === 0) throw problem('invalid', 'There is no charger under the heading.', { csv: 'Only a heading.' })
  if (read.lines.length > MOST_LINES) throw problem('invalid', `At most ${MOST_LINES} lines at once.`, { csv: 'Too many lines.' })
  const begins = registration ?? (await newChargersOf(prisma, depotId))
  const { ready, results } = await judge(ctx, depotId, read.lines, begins)
  let refusal: string | null = null
  if (dryRun) {
    refusal = await tried(ctx, depotId, ready)
    for (const { line, identity, rows } of ready) results.push(created(line, identity, rows, null))
  } else {
    for (let from = 0; from < ready.length; from += CHUNK)
      results.push(...(await write(ctx, depotId, ready.slice(from, from + CHUNK), actor)))
    refusal = (await checkTree(prisma, depotId, ctx.clock.now())).refusal
  }
  results.sort((a, b) => a.line - b.line)
  const count = (outcome: ImportedCharger['outcome']) => results.filter((line) => line.outcome === outcome).length
  const made = count('created')
  if (!dryRun && made > 0) {
    ctx.wakes.replan(depotId, 'chargers were imported')
    ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
  }
  return { dryRun, created: made, exists: count('exists'), problems: count('problem'), lines: results, refusal }
}

/** What each line would become, with three questions to the database for all of them. */
async function judge(ctx: Pick<Ctx, 'db'>, depotId: string, lines: ChargerLine[], registration: string) {
  const identities = lines.flatMap(({ cells }) => cells.identity ?? [])
  const [nodes, holders] = await Promise.all([nodeRows(ctx.db, depotId), holdersOf(ctx.db.prisma, identities)])
  const held = new Map(holders.map((holder) => [holder.identity, holder]))
  const first = new Map<string, number>()
  const ready: Ready[] = []
  const results: ImportedCharger[] = []
  for (const [index, line] of lines.entries()) {
    const { identity = '' } = line.cells
    const holder = held.get(identity)
    const earlier = first.get(identity)
    if (identity !== '' && earlier === undefined) first.set(identity, line.line)
    if (earlier !== undefined) results.push(bad(line, 'identity', `The same identity stands in line ${earlier}.`))
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
    else {
      const input = inputOf(line, nodes, index + 1)
      if ('column' in input) results.push(input)
      else
        try {
          const { rows, key } = newCharger(depotId, input, input.registration ?? registration)
          ready.push({ line, identity, rows, key, formerId: holder?.id })
        } catch (error) {
          if (!isProblem(error)) throw error
          const [field, words] = Object.entries(error.fields ?? {})[0] ?? ['', error.message]
          results.push(bad(line, COLUMN_OF[field] ?? null, words))
        }
    }
  }
  return { ready, results }
}

const bad = ({ line, cells }: ChargerLine, column: ChargerColumn | null, text: string): ImportedCharger => ({
  line,
  outcome: 'problem',
  identity: (cells.identity ?? '').slice(0, 60),
  column,
  text,
  key: null,
})

const created = ({ line }: ChargerLine, identity: string, { charger, ports }: ChargerRows, key: string | null): ImportedCharger => ({
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
function inputOf(line: ChargerLine, nodes: { id: string; name: string; kind: string }[], index: number): Input | ImportedCharger {
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
    bay: bays?.[0] ?? String(index).padStart(2, '0'),
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

/** All of them in a transaction that is undone: what would the site's tree say? */
async function tried(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, ready: Ready[]): Promise<string | null> {
  let refusal: string | null = null
  const undo = new Error('a dry run')
  await ctx.db.prisma
    .$transaction(
      async (db) => {
        await put(db, ctx, ready)
        refusal = (await checkTree(db, depotId, ctx.clock.now())).refusal
        throw undo
      },
      { timeout: 60_000 },
    )
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return refusal
}

async function put(db: Db, ctx: Pick<Ctx, 'clock'>, ready: Ready[]): Promise<void> {
  for (const { formerId, identity } of ready) if (formerId !== undefined) await giveIdentityUp(db, formerId, identity)
  await insertChargers(
    db,
    ready.map(({ rows }) => rows),
    new Date(ctx.clock.now()),
  )
}

/** Each with its ports and its line in the journal, or not at all. */
async function write(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, ready: Ready[], actor: string): Promise<ImportedCharger[]> {
  try {
    await ctx.db.prisma.$transaction(
      async (db) => {
        await lockDepot(db, depotId)
        await put(db, ctx, ready)
        const lines = ready.map(({ rows, line }) => ({
          depotId,
          actor,
          kind: 'charger.added',
          subject: rows.charger.id,
          data: { ...journalled(rows), importLine: line.line },
        }))
        await appendJournal(db, ctx.clock.now(), ctx.clock.real(), lines)
      },
      { timeout: 60_000 },
    )
    return ready.map(({ line, identity, rows, key }) => created(line, identity, rows, key))
  } catch (error) {
    if (!isCollision(error)) throw error
    if (ready.length === 1) return [bad(ready[0]!.line, 'identity', 'Another person has just added it.')]
    const results: ImportedCharger[] = []
    for (const each of ready) results.push(...(await write(ctx, depotId, [each], actor)))
    return results
  }
}
