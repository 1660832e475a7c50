import type { VehicleInput } from '#lib/api/fleet.ts'
import type { Ctx } from '#server/runtime.ts'
import { insertVehicle, lockFleet } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'
import { factsOf, giveCards, refuseConflicts, tagsOf } from './vehicle-facts.ts'

/** A vehicle with its bay, driver and cards; the plan knows it at once. @throws Problem `conflict`, `not-found`, `invalid` */
export async function addVehicle(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  input: VehicleInput,
  actor: string,
): Promise<{ id: string }> {
  const facts = factsOf(input)
  const id = await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    await refuseConflicts(db, depotId, input, undefined)
    const vehicleId = await insertVehicle(db, depotId, facts)
    await giveCards(db, depotId, vehicleId, input, ctx.clock.now())
    const data = { ...facts, driver: input.driver || null, tags: tagsOf(input) }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'vehicle.added', subject: vehicleId, data })
    return vehicleId
  })
  ctx.wakes.replan(depotId, `${input.name} was added`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles', id })
  return { id }
}
