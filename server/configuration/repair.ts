import type { Repaired } from '#lib/api/configuration.ts'
import { notFound } from '#lib/api/problem.ts'
import { counted } from '#lib/format/number.ts'
import { compare, drifts, wantedOf } from '#lib/ocpp/wanted-settings.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { ChargerCall } from '../runtime.ts'
import { type RuledRow, ruledChargers } from '../store/configuration.ts'
import { type Applied, applySettings } from './apply-settings.ts'
import { askGuarded } from './ask-guarded.ts'
import { readConfiguration } from './read-configuration.ts'

/** Chargers at once: each answers many questions. */
const AT_ONCE = 4

/**
 * Reads the configuration of one charger, or of all of a depot that differ, and sets what is not as wanted; what was refused before is tried
 * again, since a person asks. Each charger's outcome in a sentence. @throws Problem not-found
 */
export async function repairChargers(
  gateway: Gateway,
  { depotId, chargerId, actor }: { depotId: string; chargerId?: string | undefined; actor: string },
): Promise<{ chargers: Repaired[] }> {
  const all = await ruledChargers(gateway.db.prisma, { depotId })
  const asked = all.filter((charger) => (chargerId === undefined ? differs(charger) : charger.id === chargerId))
  if (chargerId !== undefined && asked.length === 0) throw notFound('charger', chargerId)
  const chargers = await fewAtOnce(asked, (charger) => repairOne(gateway, charger, actor))
  gateway.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
  return { chargers }
}

const differs = (charger: RuledRow): boolean => compare(wantedOf(charger), charger).some(drifts)

async function repairOne(gateway: Gateway, { id, name, depotId }: RuledRow, actor: string): Promise<Repaired> {
  const is = (outcome: Repaired['outcome'], text: string): Repaired => ({ chargerId: id, name, outcome, text })
  if (!gateway.links.online(id)) return is('offline', 'It cannot be reached; it is set right when it is back.')
  const ask = (call: ChargerCall) => gateway.links.call(id, call)
  const read = await readConfiguration(gateway, id, ask)
  if (read.kind === 'away') return is('offline', 'It left while it was asked.')
  const applied = await applySettings(gateway, id, ask, {
    actor,
    again: true,
    askGuarded: askGuarded(gateway, { depotId, chargerId: id, actor }),
  })
  return is(...outcomeOf(applied))
}

function outcomeOf({ away, set, refused, reboot, unanswered, held }: Applied): [Repaired['outcome'], string] {
  const parts = [
    ...(set.length > 0 ? [`${counted(set.length, 'setting')} set`] : []),
    ...(reboot.length > 0 ? [`${reboot.join(', ')} taken, wants a restart`] : []),
    ...(refused.length > 0 ? [`${refused.map(({ key }) => key).join(', ')} refused`] : []),
    ...held.map(({ key, reason }) => `${key} not sent (${reason.replace(/\.$/, '')})`),
    ...(unanswered.length > 0 ? [`no answer to ${unanswered.join(', ')}`] : []),
    ...(away ? ['it left before the rest'] : []),
  ]
  const outcome = away ? 'offline' : unanswered.length > 0 ? 'timeout' : refused.length + held.length > 0 ? 'refused' : 'done'
  return [outcome, parts.length > 0 ? `${parts.join('; ')}.` : 'It is as wanted.']
}

/** Sets chargers right without being asked: what they refused before they are not asked again. */
export async function applyToAll(gateway: Gateway, depotId: string, actor: string): Promise<void> {
  const online = (await ruledChargers(gateway.db.prisma, { depotId })).filter(
    (charger) => gateway.links.online(charger.id) && charger.items.length > 0 && differs(charger),
  )
  await fewAtOnce(online, (charger) =>
    applySettings(gateway, charger.id, (call) => gateway.links.call(charger.id, call), {
      actor,
      askGuarded: askGuarded(gateway, { depotId, chargerId: charger.id, actor }),
    }),
  )
  if (online.length > 0) gateway.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
}

/** In the order of `all`. */
export async function fewAtOnce<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>()
  let next = 0
  const worker = async () => {
    while (next < all.length) {
      const index = next++
      results.set(index, await work(all[index]!))
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, worker))
  return all.map((_, index) => results.get(index)!)
}
