import type { VehicleInput } from '#lib/api/fleet.ts'
import { notFound } from '#lib/api/problem.ts'
import { dutyEnergyWh } from '#lib/fleet/duty.ts'
import type { Ctx } from '#server/runtime.ts'
import { reckonDuties } from '#server/store/duty.ts'
import { type FleetVehicle, fleetOf, lockFleet, updateVehicle } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'
import { factsOf, giveCards, refuseConflicts, tagsOf } from './vehicle-facts.ts'

/**
 * Changes what is known of a vehicle. Cards that are left out are blocked; duties to come need what the vehicle now uses per km.
 * @throws Problem `not-found`, `conflict`, `invalid`
 */
export async function changeVehicle(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  vehicleId: string,
  input: VehicleInput,
  actor: string,
): Promise<void> {
  const facts = factsOf(input)
  await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    const [vehicle] = await fleetOf(db, { depotId, id: vehicleId })
    if (!vehicle) throw notFound('vehicle', vehicleId)
    await refuseConflicts(db, depotId, input, vehicleId)
    await updateVehicle(db, vehicleId, facts)
    await giveCards(db, depotId, vehicleId, input, ctx.clock.now())
    if (facts.whPerKm !== vehicle.whPerKm)
      await reckonDuties(db, vehicleId, ctx.clock.now(), (distanceM) => dutyEnergyWh(distanceM, facts.whPerKm))
    const data = { before: kept(vehicle), after: { ...facts, driver: input.driver || null, tags: tagsOf(input) } }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'vehicle.changed', subject: vehicleId, data })
  })
  ctx.wakes.replan(depotId, `${input.name} was changed`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles', id: vehicleId })
}

const kept = ({ name, batteryWh, maxW, phases, targetSocPct, whPerKm, homePortId, tokens }: FleetVehicle) => ({
  ...{ name, batteryWh, maxW, phases, targetSocPct, whPerKm, homePortId },
  driver: tokens.find(({ driver }) => driver)?.driver?.name ?? null,
  tags: tokens.map(({ idTag }) => idTag),
})
