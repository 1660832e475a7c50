import type { Repaired } from '#lib/api/configuration.ts'
import { notFound } from '#lib/api/problem.ts'
import { counted } from '#lib/format/number.ts'
import { compare, drifts, wantedOf } from '#lib/ocpp/wanted-settings.ts'
import type { Ctx } from '../runtime.ts'
import { type RuledRow, ruledChargers } from '../store/configuration.ts'
import { type Applied, applySettings } from './apply-settings.ts'
import { readConfiguration } from './read-configuration.ts'

export type RepairCtx = Pick<Ctx, 'db' | 'clock' | 'links' | 'feed' | 'log'>

/** Chargers at once: each answers many questions. */
const AT_ONCE = 4

/**
 * Reads the configuration of one charger, or of all of a depot that differ, and sets what is not as wanted; what was refused before is tried
 * again, since a person asks. Each charger's outcome in a sentence. @throws Problem not-found
 */
export async function repairChargers(
  ctx: RepairCtx,
  { depotId, chargerId, actor }: { depotId: string; chargerId?: string | undefined; actor: string },
): Promise<{ chargers: Repaired[] }> {
  const all = await ruledChargers(ctx.db.prisma, { depotId })
  const asked = all.filter((charger) => (chargerId === undefined ? differs(charger) : charger.id === chargerId))
  if (chargerId !== undefined && asked.length === 0) throw notFound('charger', chargerId)
  const chargers = await fewAtOnce(asked, (charger) => repairOne(ctx, charger, actor))
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
  return { chargers }
}

const differs = (charger: RuledRow): boolean => compare(wantedOf(charger), charger).some(drifts)

async function repairOne(ctx: RepairCtx, { id, name }: RuledRow, actor: string): Promise<Repaired> {
  const is = (outcome: Repaired['outcome'], text: string): Repaired => ({ chargerId: id, name, outcome, text })
  if (!ctx.links.online(id)) return is('offline', 'It cannot be reached; it is set right when it is back.')
  const ask = (call: Parameters<Ctx['links']['call']>[1]) => ctx.links.call(id, call)
  const read = await readConfiguration(ctx, id, ask)
  if (read.kind === 'away') return is('offline', 'It left while it was asked.')
  const applied = await applySettings(ctx, id, ask, { actor, again: true })
  return is(...outcomeOf(applied))
}

function outcomeOf({ away, set, refused, reboot, unanswered }: Applied): [Repaired['outcome'], string] {
  const parts = [
    ...(set.length > 0 ? [`${counted(set.length, 'setting')} set`] : []),
    ...(reboot.length > 0 ? [`${reboot.join(', ')} taken, wants a restart`] : []),
    ...(refused.length > 0 ? [`${refused.map(({ key }) => key).join(', ')} refused`] : []),
    ...(unanswered.length > 0 ? [`no answer to ${unanswered.join(', ')}`] : []),
    ...(away ? ['it left before the rest'] : []),
  ]
  const outcome = away ? 'offline' : unanswered.length > 0 ? 'timeout' : refused.length > 0 ? 'refused' : 'done'
  return [outcome, parts.length > 0 ? `${parts.join('; ')}.` : 'It is as wanted.']
}

/** Sets chargers right without being asked: what they refused before they are not asked again. */
export async function applyToAll(ctx: RepairCtx, depotId: string, actor: string): Promise<void> {
  const online = (await ruledChargers(ctx.db.prisma, { depotId })).filter(
    (charger) => ctx.links.online(charger.id) && charger.items.length > 0 && differs(charger),
  )
  await fewAtOnce(online, (charger) => applySettings(ctx, charger.id, (call) => ctx.links.call(charger.id, call), { actor }))
  if (online.length > 0) ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
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
