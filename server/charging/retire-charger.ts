import { problem } from '#lib/api/problem.ts'
import type { ChargingEvent } from '#lib/charging/event.ts'
import { wattHours } from '#lib/units/units.ts'
import { writeJournal } from '#server/store/journal.ts'
import { type ProvisionedCharger, retire } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'
import { theCharger } from './change-charger.ts'
import { inTransaction, tell } from './record.ts'
import type { RecordCtx } from './recording.ts'

/**
 * Takes a charger out of service: its key is destroyed, its ports leave plan and envelope, its books stay. With `force` also while a
 * session is open: that one ends in the books with its last reading, for a person to review. Its socket is for the gateway to drop.
 * @throws Problem `not-found`, `conflict` when it is retired already, or a session is open
 */
export async function retireCharger(
  ctx: RecordCtx,
  { depotId, chargerId, force }: { depotId: string; chargerId: string; force: boolean },
  actor: string,
): Promise<void> {
  const commit = await ctx.db.prisma.$transaction(
    async (db) => {
      await lockDepot(db, depotId)
      const charger = await theCharger(db, depotId, chargerId)
      const [open] = charger.open
      if (open && !force)
        throw problem('conflict', `A session is open at ${open.port.bay}. Stop it first, or retire the charger all the same.`)
      const ended = await inTransaction(ctx, db, chargerId, endings(ctx, charger))
      await retire(db, chargerId, ctx.clock.now())
      const { identity, name } = charger
      const data = { identity, name, sessionsEnded: charger.open.map(({ id }) => id) }
      await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.retired', subject: chargerId, data })
      return ended
    },
    { timeout: 20_000 },
  )
  tell(ctx, commit)
}

/** Where the last reading stands: what flows after it nobody will tell us. */
const endings = ({ clock }: Pick<RecordCtx, 'clock'>, { open }: ProvisionedCharger): ChargingEvent[] =>
  open.map((session) => ({
    kind: 'stopped',
    at: clock.now(),
    port: session.port.number,
    sessionId: session.id,
    meterStopWh: wattHours(Number(session.lastMeterWh ?? session.meterStartWh)),
    reason: 'Retired',
    late: false,
    flags: ['chargerRetired'],
  }))
