import { notFound, problem } from '#lib/api/problem.ts'
import { checkTree, refuseWorse } from '#server/planning/tree-check.ts'
import type { Ctx } from '#server/runtime.ts'
import { holdersOf } from '#server/store/add-site.ts'
import { writeJournal } from '#server/store/journal.ts'
import { giveIdentityUp, plainIdentity, provisionedCharger, restore } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'
import { takenBays, whyNotBays } from './bay-check.ts'
import { keyFor } from './new-charger.ts'

/**
 * Takes a retired charger into service again, with a new key and as one that was never seen: what it kept is not relied on.
 * @returns its identity and the key, told once
 * @throws Problem `not-found`; `conflict` when it is in service, its identity or a bay is another's now, or the site cannot carry it; `invalid` key
 */
export async function restoreCharger(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId, key: given }: { depotId: string; chargerId: string; key?: string },
  actor: string,
): Promise<{ identity: string; key: string }> {
  return ctx.db.prisma.$transaction(
    async (db) => {
      await lockDepot(db, depotId)
      const charger = await provisionedCharger(db, depotId, chargerId)
      if (!charger) throw notFound('charger', chargerId)
      if (charger.retiredAt === null) throw problem('conflict', `${charger.name} is in service.`)
      const identity = plainIdentity(charger.identity)
      const [holder] = await holdersOf(db, [identity])
      if (holder && holder.id !== chargerId) {
        if (holder.retiredAt === null)
          throw problem('conflict', `${holder.name} has the identity "${identity}" now. Retire that one first.`)
        await giveIdentityUp(db, holder.id, identity)
      }
      const bays = charger.ports.map(({ bay }) => bay)
      const why = whyNotBays(bays, await takenBays(db, depotId))
      if (why !== undefined) throw problem('conflict', `${why} Give that port another bay first. Nothing was changed.`)
      const { key, keyHash } = keyFor(identity, given)
      const now = ctx.clock.now()
      const before = await checkTree(db, depotId, now)
      await restore(db, chargerId, identity, keyHash, now)
      refuseWorse(before, await checkTree(db, depotId, now))
      const data = { identity, name: charger.name }
      await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.restored', subject: chargerId, data })
      return { identity, key }
    },
    { timeout: 20_000 },
  )
}
