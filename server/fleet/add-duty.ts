import { randomUUID } from 'node:crypto'
import type { DutyInput } from '#lib/api/duty.ts'
import { notFound } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { insertDuty } from '#server/store/duty.ts'
import { fleetOf, lockFleet } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'
import { theDepot } from '../live/views.ts'
import { dutyFacts, refuseOverlap } from './duty-facts.ts'

/** Gives a vehicle a duty; the plan charges for it at once. @throws Problem `not-found`, `invalid`, `conflict` for an overlap */
export async function addDuty(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  vehicleId: string,
  input: DutyInput,
  actor: string,
): Promise<{ id: string }> {
  const { zone } = await theDepot(ctx, depotId)
  const now = ctx.clock.now()
  const id = randomUUID()
  const name = await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    const [vehicle] = await fleetOf(db, { depotId, id: vehicleId })
    if (!vehicle) throw notFound('vehicle', vehicleId)
    const duty = dutyFacts(input, vehicle, zone, now)
    await refuseOverlap(db, vehicle, duty, zone)
    await insertDuty(db, { id, vehicleId, source: 'screen', ...duty }, now)
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'duty.added', subject: vehicleId, data: { dutyId: id, ...duty } })
    return vehicle.name
  })
  ctx.wakes.replan(depotId, `${name} was given a duty`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles', id: vehicleId })
  return { id }
}
