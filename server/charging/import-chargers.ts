import { problem } from '#lib/api/problem.ts'
import type { ImportedCharger, ImportedChargers } from '#lib/api/provisioning.ts'
import { readChargerCsv } from '#lib/charging/charger-csv.ts'
import { checkTree } from '#server/planning/tree-check.ts'
import type { Ctx } from '#server/runtime.ts'
import { insertChargers } from '#server/store/add-site.ts'
import type { Db } from '#server/store/database.ts'
import { appendJournal } from '#server/store/journal.ts'
import { giveIdentityUp, newChargersOf } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'
import { isCollision } from '#server/store/unavailable.ts'
import { journalled } from './add-charger.ts'
import { takenBays } from './bay-check.ts'
import { bad, bayProblem, created, judgeLines, type Ready } from './import-lines.ts'

const MOST_LINES = 2000
/** Lines that share a commit. One that collides with another person's takes none of them along: they are tried one by one. */
const CHUNK = 100

type Importing = { depotId: string; csv: string; dryRun: boolean; registration?: 'accepted' | 'pending' }

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
  const { ready, results } = await judgeLines(ctx, depotId, read.lines, begins)
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

/** Another person gave the bay away between the look and the write. */
class BayTaken extends Error {
  readonly told: ImportedCharger
  constructor(told: ImportedCharger) {
    super(told.text)
    this.told = told
  }
}

/** Each with its ports and its line in the journal, or not at all. */
async function write(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, ready: Ready[], actor: string): Promise<ImportedCharger[]> {
  try {
    await ctx.db.prisma.$transaction(
      async (db) => {
        await lockDepot(db, depotId)
        const taken = await takenBays(db, depotId)
        const clash = ready.map(({ line, rows }) => bayProblem(line, rows, taken)).find((each) => each !== undefined)
        if (clash) throw new BayTaken(clash)
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
    if (!isCollision(error) && !(error instanceof BayTaken)) throw error
    if (ready.length === 1)
      return [error instanceof BayTaken ? error.told : bad(ready[0]!.line, 'identity', 'Another person has just added it.')]
    const results: ImportedCharger[] = []
    for (const each of ready) results.push(...(await write(ctx, depotId, [each], actor)))
    return results
  }
}
