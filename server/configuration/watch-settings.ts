import { compare, drifts, wantedOf } from '#lib/ocpp/wanted-settings.ts'
import { days, hours, type Instant } from '#lib/time/instant.ts'
import { chargersToRead, ruledChargers } from '../store/configuration.ts'
import { writeJournalOnce } from '../store/journal.ts'
import { applySettings } from './apply-settings.ts'
import { readConfiguration } from './read-configuration.ts'
import { fewAtOnce, type RepairCtx } from './repair.ts'

const EACH_MS = days(1)
const AGAIN_MS = hours(1)
/** Of a large depot so many a look, so that they come round over the day and not all at once. */
const MOST_A_LOOK = 8

/**
 * Once a day each connected charger is asked for its configuration; where it has drifted from what is wanted it is set right if the depot
 * wants that, else it is shown. @returns the look, to be taken each minute.
 */
export function makeSettingsWatch(ctx: RepairCtx): (depotId: string) => Promise<void> {
  /** Those that did not answer are not asked each minute. */
  const tried = new Map<string, Instant>()

  return async (depotId) => {
    const now = ctx.clock.now()
    // more than are looked at: some may not answer, and are passed over for a while
    const old = await chargersToRead(ctx.db.prisma, depotId, (now - EACH_MS) as Instant, 10 * MOST_A_LOOK)
    const due = old.filter((id) => ctx.links.online(id) && now - (tried.get(id) ?? 0) >= AGAIN_MS)
    await fewAtOnce(due.slice(0, MOST_A_LOOK), async (id) => {
      tried.set(id, now)
      const ask = (call: Parameters<typeof ctx.links.call>[1]) => ctx.links.call(id, call)
      if ((await readConfiguration(ctx, id, ask)).kind !== 'read') return
      const [charger] = await ruledChargers(ctx.db.prisma, { id })
      const drift = charger ? compare(wantedOf(charger), charger).filter(drifts) : []
      if (drift.length === 0) return
      if (charger!.repairAutomatically) await applySettings(ctx, id, ask, { actor: 'system' })
      const data = { keys: drift.map(({ key }) => key) }
      const line = { depotId, actor: 'system', kind: 'review.drift', subject: `charger:${id}`, data }
      if (!charger!.repairAutomatically) await writeJournalOnce(ctx.db.prisma, ctx.clock, (now - 7 * EACH_MS) as Instant, line)
      ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers', id })
    })
  }
}
