import type { Imported, ImportedLine } from '#lib/api/duty.ts'
import { isProblem, problem } from '#lib/api/problem.ts'
import { type DutyLine, readDutyCsv } from '#lib/fleet/duty-csv.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Ctx } from '#server/runtime.ts'
import type { Db } from '#server/store/database.ts'
import { fleetOf, lockFleet } from '#server/store/fleet.ts'
import { appendJournal, type JournalLine } from '#server/store/journal.ts'
import { theDepot } from '../live/views.ts'
import { placeDuty } from './place-duty.ts'

const MOST_LINES = 2000

/**
 * Duties from CSV text. Each line is added, or is there already (so that a file may be sent again), or is refused with the reason;
 * a bad line keeps out no other. @throws Problem `invalid` when the heading is not understood or there are too many lines
 */
export async function importDuties(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  csv: string,
  actor: string,
): Promise<Imported> {
  const { zone } = await theDepot(ctx, depotId)
  const now = ctx.clock.now()
  const read = readDutyCsv(csv)
  if (read.kind === 'refused') throw problem('invalid', read.why, { csv: read.why })
  if (read.lines.length === 0) throw problem('invalid', 'There is no duty under the heading.', { csv: 'Only a heading.' })
  if (read.lines.length > MOST_LINES) throw problem('invalid', `At most ${MOST_LINES} lines at once.`, { csv: 'Too many lines.' })
  const lines = await ctx.db.prisma.$transaction(
    async (db) => {
      await lockFleet(db, depotId)
      const fleet = new Map((await fleetOf(db, { depotId })).map((vehicle) => [vehicle.name.toLowerCase(), vehicle]))
      const results: ImportedLine[] = []
      const journal: JournalLine[] = []
      for (const line of read.lines) {
        const vehicle = line.kind === 'read' ? fleet.get(line.vehicle.toLowerCase()) : undefined
        results.push(await take(db, line, vehicle, { zone, now, added: (data) => journal.push({ ...data, depotId, actor }) }))
      }
      await appendJournal(db, now, ctx.clock.real(), journal)
      return results
    },
    { timeout: 60_000 },
  )
  const count = (outcome: ImportedLine['outcome']) => lines.filter((line) => line.outcome === outcome).length
  const added = count('added')
  if (added > 0) {
    ctx.wakes.replan(depotId, 'duties were imported')
    ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles' })
  }
  return { added, same: count('same'), refused: count('refused'), lines }
}

type Taking = { zone: Zone; now: Instant; added: (entry: Omit<JournalLine, 'depotId' | 'actor'>) => void }

async function take(
  db: Db,
  line: DutyLine,
  vehicle: { id: string; name: string; whPerKm: number } | undefined,
  { zone, now, added }: Taking,
): Promise<ImportedLine> {
  const refused = (text: string): ImportedLine => ({ line: line.line, outcome: 'refused', text })
  if (line.kind === 'bad') return refused(line.why)
  if (!vehicle) return refused(`There is no vehicle "${line.vehicle.slice(0, 60)}" in this depot.`)
  try {
    const { outcome, id, text, duty } = await placeDuty(db, vehicle, line, { zone, now, source: 'import' })
    if (outcome === 'added') added({ kind: 'duty.added', subject: vehicle.id, data: { dutyId: id, ...duty, line: line.line } })
    return { line: line.line, outcome, text }
  } catch (error) {
    if (!isProblem(error)) throw error
    return refused(error.message)
  }
}
