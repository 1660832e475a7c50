import { featuresOf, type Standing } from '#lib/ocpp/why-not-call.ts'
import type { Ctx } from '../runtime.ts'
import { itemsOfCharger } from '../store/configuration.ts'
import type { ChargerRow, Site } from '../store/site.ts'
import { stoppedWords } from './clear-call.ts'

/** How a charger stands, as far as it decides which calls can be made at all. */
export async function standingOf({ links, db }: Pick<Ctx, 'links' | 'db'>, site: Site, charger: ChargerRow): Promise<Standing> {
  const items = await itemsOfCharger(db.prisma, charger.id)
  const own = site.ports.filter(({ chargerId }) => chargerId === charger.id)
  return {
    online: links.online(charger.id),
    registration: charger.registration,
    features: featuresOf(items),
    charging: own.some(({ id, status }) => status === 'charging' || site.sessions.some(({ portId }) => portId === id)),
    stopped: stoppedWords(site, charger.id),
  }
}
