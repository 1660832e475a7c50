import { notFound, problem } from '#lib/api/problem.ts'
import type { Ctx } from '../runtime.ts'
import { findUpdate, lockUpdate, moveUpdate } from '../store/firmware.ts'
import { writeJournal } from '../store/journal.ts'
import { tellFile } from './tell.ts'

/** Gives up an update that was not sent yet. @throws Problem not-found, conflict */
export async function cancelUpdate(
  ctx: Pick<Ctx, 'db' | 'clock' | 'feed'>,
  { depotId, chargerId, id, actor }: { depotId: string; chargerId: string; id: number; actor: string },
): Promise<void> {
  const found = await findUpdate(ctx.db.prisma, id)
  if (found?.depotId !== depotId || found.chargerId !== chargerId) throw notFound('update', id)
  const at = ctx.clock.now()
  const gone = await ctx.db.prisma.$transaction(async (tx) => {
    const update = await lockUpdate(tx, id)
    if (update?.state !== 'waiting') return false
    await moveUpdate(tx, update, { state: 'cancelled', detail: 'A person gave it up before it was sent.', said: null, at })
    return true
  })
  if (!gone) throw problem('conflict', 'It was sent already: OCPP 1.6 has no message that stops it.')
  await writeJournal(ctx.db.prisma, ctx.clock, {
    depotId,
    actor,
    kind: 'charger.firmware',
    subject: `charger:${chargerId}`,
    data: { updateId: id, state: 'cancelled' },
  })
  tellFile(ctx, { depotId, chargerId })
}
