import { hours, type Instant, plus } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournalOnce } from '../store/journal.ts'
import type { Site } from '../store/site.ts'
import type { Pass } from './reconcile.ts'

const ONCE_MS = hours(24)

/**
 * What a person has to know and nobody asks for stands in the journal, once a day for each thing: a site tree that cannot be kept under its
 * caps (`safety.treeRefused`), and a charger that was written its daily number of limits (`limit.budgetSpent`; spec "ocpp", The envelope).
 */
export async function tellTrouble(
  { db, clock }: Pick<Ctx, 'db' | 'clock'>,
  { site, refusal, waiting }: { site: Site; refusal: string | undefined; waiting: Pass['waiting'] },
): Promise<void> {
  const depotId = site.depot.id
  const since: Instant = plus(clock.now(), -ONCE_MS)
  const tell = (kind: string, subject: string, data: unknown) =>
    writeJournalOnce(db.prisma, clock, since, { depotId, actor: 'system', kind, subject, data })
  if (refusal !== undefined) await tell('safety.treeRefused', `depot:${depotId}`, { reason: refusal })
  const spent = new Set(site.ports.filter(({ id }) => waiting.get(id) === 'budget').map(({ chargerId }) => chargerId))
  for (const chargerId of spent) await tell('limit.budgetSpent', chargerId, {})
}
