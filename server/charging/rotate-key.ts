import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { replaceKey } from '#server/store/provisioning.ts'
import { theCharger } from './change-charger.ts'
import { keyFor } from './new-charger.ts'

/**
 * A new key for a charger that is there, told once; the old one, and one that was being rotated in, open nothing from now on. Its open
 * socket is for the gateway to drop (`chargerChanged`). @throws Problem `not-found`, `conflict` for a retired one, `invalid` key
 */
export async function rotateChargerKey(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId, key: given }: { depotId: string; chargerId: string; key?: string },
  actor: string,
): Promise<string> {
  return ctx.db.prisma.$transaction(async (db) => {
    const charger = await theCharger(db, depotId, chargerId)
    const { key, keyHash } = keyFor(charger.identity, given)
    await replaceKey(db, chargerId, keyHash, ctx.clock.now())
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.newKey', subject: chargerId, data: { given: given !== undefined } })
    return key
  })
}
