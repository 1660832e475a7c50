import { notFound, problem } from '#lib/api/problem.ts'
import type { TariffView } from '#lib/api/tariff.ts'
import type { Tariff } from '#lib/energy/tariff.ts'
import { parseTariffFile } from '#lib/energy/tariff-file.ts'
import type { Ctx } from '../runtime.ts'
import { appendJournal } from '../store/journal.ts'
import { depotZone, replaceTariff, tariffInForce } from '../store/tariff.ts'
import { tariffView } from './tariff-view.ts'

/**
 * Replaces the depot's tariff from now on by a file (parsed JSON). A file that leaves a moment of the year without exactly one price is
 * refused (`invalid`, with every line that is wrong). Sessions that run keep the tariff of their start; the plan is made again.
 */
export async function putTariff(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  { name, file }: { name: string; file?: unknown },
  actor: string,
): Promise<{ tariff: TariffView }> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const parsed = parseTariffFile(file)
  if (parsed.kind === 'wrong')
    throw problem('invalid', `This tariff file cannot be used. ${parsed.problems.join(' ')}`, { file: parsed.problems.join('\n') })
  const { currency, source, windows } = parsed.file
  if (currency !== null && currency !== depot.currency)
    throw problem('invalid', `The file is in ${currency}, this depot bills in ${depot.currency}.`, { file: `currency ${currency}` })
  const now = ctx.clock.now()
  const next = await ctx.db.prisma.$transaction(async (db) => {
    const before = await tariffInForce(db, depotId, now)
    const after = await replaceTariff(db, depotId, now, { name, currency: depot.currency, source: source.slice(0, 500), windows })
    await appendJournal(db, now, ctx.clock.real(), [
      {
        depotId,
        actor,
        kind: 'setting.changed',
        subject: `tariff:${after.id}`,
        data: { setting: 'tariff', before: before && journaled(before), after: journaled(after) },
      },
    ])
    return after
  })
  ctx.wakes.replan(depotId, 'the tariff was replaced')
  ctx.feed.publish({ kind: 'changed', depotId, what: 'tariff' })
  return { tariff: tariffView(next, now, depot.zone) }
}

const journaled = ({ id, name, source, windows }: Tariff) => ({ id, name, source, windows })
