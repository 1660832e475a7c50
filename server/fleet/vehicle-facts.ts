import type { VehicleInput } from '#lib/api/fleet.ts'
import { problem } from '#lib/api/problem.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import type { Instant } from '#lib/time/instant.ts'
import { kilowattHours, kilowatts } from '#lib/units/units.ts'
import type { Db } from '#server/store/database.ts'
import { driverNamed, giveTags, homePorts, tagsKnown, type VehicleFacts, vehicleNames } from '#server/store/fleet.ts'

/** What the store keeps of what a person entered. */
export const factsOf = (input: VehicleInput): VehicleFacts => ({
  name: input.name,
  batteryWh: kilowattHours(input.batteryKwh),
  maxW: kilowatts(input.maxKw),
  phases: input.phases,
  targetSocPct: input.targetSocPct,
  whPerKm: Math.round(input.kwhPerKm * 1000),
  homePortId: input.homePortId || null,
})

/** Cards as OCPP compares them, each once. */
export const tagsOf = ({ tags }: VehicleInput): string[] => [...new Set(tags.map(sameTag))]

/**
 * Nothing of it may be somebody else's: name, bay, cards. `vehicleId`: who asks; undefined: a new one.
 * @throws Problem `conflict` that names the other one, `not-found` for the bay, `invalid` for a driver without a card
 */
export async function refuseConflicts(db: Db, depotId: string, input: VehicleInput, vehicleId: string | undefined): Promise<void> {
  const name = input.name.toLowerCase()
  const names = await vehicleNames(db, depotId)
  if (names.some((other) => other.id !== vehicleId && other.name.toLowerCase() === name))
    throw problem('conflict', `There is a vehicle "${input.name}" already.`, { name: 'Another vehicle has this name.' })
  if (input.homePortId) {
    const port = (await homePorts(db, depotId)).find(({ id }) => id === input.homePortId)
    if (!port) throw problem('not-found', 'There is no such bay in this depot.', { homePortId: 'Choose one of the list.' })
    const other = port.homeOf.find(({ id }) => id !== vehicleId)
    if (other)
      throw problem('conflict', `Bay ${port.bay} is the home of ${other.name}. Choose another, or change ${other.name} first.`, {
        homePortId: `The home of ${other.name}.`,
      })
  }
  for (const tag of await tagsKnown(db, tagsOf(input))) {
    if (tag.vehicle?.id === vehicleId && vehicleId !== undefined && tag.kind !== 'central') continue
    const mine = tag.depotId === depotId && tag.kind !== 'central'
    if (mine && tag.vehicle === null) continue
    const whose = mine ? `belongs to ${tag.vehicle!.name}` : 'is in use elsewhere'
    throw problem('conflict', `The card ${tag.idTag} ${whose}.`, { tags: `${tag.idTag} ${whose}.` })
  }
  if (input.driver && input.tags.length === 0)
    throw problem('invalid', 'A driver is known by a card: enter the card too.', { tags: 'The card of this driver.' })
}

/** Its cards, all of its driver. */
export async function giveCards(db: Db, depotId: string, vehicleId: string, input: VehicleInput, at: Instant): Promise<void> {
  const driverId = input.driver ? await driverNamed(db, depotId, input.driver) : null
  await giveTags(db, { depotId, vehicleId, driverId, at }, tagsOf(input))
}
