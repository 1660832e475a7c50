import { newChargerKey } from '#server/ocpp/key.ts'
import type { Ctx } from '#server/runtime.ts'
import { replaceChargerKey } from '#server/store/depot.ts'
import { writeJournal } from '#server/store/journal.ts'

/** A new key for a charger that is there, told once; the old one opens nothing from now on. Its open socket is for the gateway to drop (`chargerChanged`). */
export async function rotateChargerKey(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId }: { depotId: string; chargerId: string },
  actor: string,
): Promise<string> {
  const { key, keyHash } = newChargerKey()
  await ctx.db.prisma.$transaction(async (db) => {
    await replaceChargerKey({ prisma: db }, chargerId, keyHash, ctx.clock.now())
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.newKey', subject: chargerId })
  })
  return key
}
