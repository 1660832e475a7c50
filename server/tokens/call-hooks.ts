import type { CallHooks } from '../charging/call-hooks.ts'
import { listChargers, saveList } from '../store/token-list.ts'

/** Books of local lists and caches, where a person or another system spoke to the charger itself. */
export const tokenHooks: CallHooks = {
  // whatever it took is not the list that we left there: it is asked for its version and told ours
  async SendLocalList({ db }, { charger, answer }) {
    if (answer.kind !== 'offline' && answer.kind !== 'superseded') await saveList(db.prisma, charger.id, { version: null, at: null })
  },
  async ClearCache({ db }, { charger, answer }) {
    const [row] = await listChargers(db.prisma, { id: charger.id })
    if (row && answer.kind === 'accepted') await saveList(db.prisma, charger.id, { cacheVersion: row.wanted })
  },
}
