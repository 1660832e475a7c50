import { problem } from '#lib/api/problem.ts'
import type { Registration } from '#lib/api/provisioning.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { setRegistered } from '#server/store/provisioning.ts'
import { theCharger } from './change-charger.ts'

export type Registering = { depotId: string; chargerId: string; registration: Registration; retryS?: number }

/**
 * Accepts a charger, lets it wait for approval, or rejects it. Its socket is for the gateway (`chargerRegistered`): an accepted one is asked
 * to boot anew, one that is held back must come in again.
 * @throws Problem `not-found`, `conflict` for a retired charger, and when a session is open that could not be stopped any more
 */
export async function setRegistration(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId, registration, retryS }: Registering,
  actor: string,
): Promise<{ before: Registration }> {
  return ctx.db.prisma.$transaction(async (db) => {
    const charger = await theCharger(db, depotId, chargerId)
    const [open] = charger.open
    if (registration !== 'accepted' && charger.registration === 'accepted' && open)
      throw problem(
        'conflict',
        `A session is open at ${open.port.bay}: a charger that is not accepted cannot be told to end it. Stop it first.`,
      )
    await setRegistered(db, chargerId, registration, retryS)
    const data = { before: charger.registration, after: registration, retryS: retryS ?? charger.registrationRetryS }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: `charger.${registration}`, subject: chargerId, data })
    return { before: charger.registration as Registration }
  })
}
