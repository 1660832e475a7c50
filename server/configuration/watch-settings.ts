import { compare, drifts, wantedOf } from '#lib/ocpp/wanted-settings.ts'
import { days, hours, type Instant } from '#lib/time/instant.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { chargersToRead, ruledChargers } from '../store/configuration.ts'
import { writeJournalOnce } from '../store/journal.ts'
import { applySettings } from './apply-settings.ts'
import { askGuarded } from './ask-guarded.ts'
import { readConfiguration } from './read-configuration.ts'
import { fewAtOnce } from './repair.ts'

const EACH_MS = days(1)
const AGAIN_MS = hours(1)
/** Of a large depot so many a look, so that they come round over the day and not all at once. */
const MOST_A_LOOK = 8

/**
 * Once a day each connected charger is asked for its configuration; where it has drifted from what is wanted it is set right if the depot
 * wants that, else it is shown. @returns the look, to be taken each minute.
 */
export function makeSettingsWatch(): (gateway: Gateway, depotId: string) => Promise<void> {
  /** Those that did not answer are not asked each minute. */
  const tried = new Map<string, Instant>()

  return async (gateway, depotId) => {
    const now = gateway.clock.now()
    // more than are looked at: some may not answer, and are passed over for a while
    const old = await chargersToRead(gateway.db.prisma, depotId, (now - EACH_MS) as Instant, 10 * MOST_A_LOOK)
    const due = old.filter((id) => gateway.links.online(id) && now - (tried.get(id) ?? 0) >= AGAIN_MS)
    await fewAtOnce(due.slice(0, MOST_A_LOOK), async (id) => {
      tried.set(id, now)
      const ask = (call: Parameters<typeof gateway.links.call>[1]) => gateway.links.call(id, call)
      if ((await readConfiguration(gateway, id, ask)).kind !== 'read') return
      const [charger] = await ruledChargers(gateway.db.prisma, { id })
      const drift = charger ? compare(wantedOf(charger), charger).filter(drifts) : []
      if (drift.length === 0) return
      if (charger!.repairAutomatically)
        await applySettings(gateway, id, ask, {
          actor: 'system',
          askGuarded: askGuarded(gateway, { depotId, chargerId: id, actor: 'system' }),
        })
      const data = { keys: drift.map(({ key }) => key) }
      const line = { depotId, actor: 'system', kind: 'review.drift', subject: `charger:${id}`, data }
      if (!charger!.repairAutomatically) await writeJournalOnce(gateway.db.prisma, gateway.clock, (now - 7 * EACH_MS) as Instant, line)
      gateway.feed.publish({ kind: 'changed', depotId, what: 'chargers', id })
    })
  }
}
