import { randomUUID } from 'node:crypto'
import { problem } from '#lib/api/problem.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import { noteTokenChanges } from './token-list.ts'

// Vehicles with their cards and drivers as people keep them. States of vehicles are in vehicle.ts, duties in duty.ts.

export type VehicleFacts = {
  name: string
  batteryWh: number
  maxW: number
  phases: number
  targetSocPct: number
  whPerKm: number
  homePortId: string | null
}

/** Serialises changes of a depot's vehicles, cards and duties until the end of the transaction. */
export const lockFleet = async (db: Db, depotId: string): Promise<void> => {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('fleet'), hashtext(${depotId}))`
}

/** Vehicles with home port, cards (those that we made ourselves left out) and the cards' drivers. */
export const fleetOf = (db: Db, where: { depotId: string; id?: string }) =>
  db.vehicle.findMany({
    where,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    include: {
      homePort: { select: { bay: true } },
      tokens: { where: { kind: { not: 'central' } }, orderBy: { idTag: 'asc' }, include: { driver: { select: { name: true } } } },
    },
  })
export type FleetVehicle = Awaited<ReturnType<typeof fleetOf>>[number]

/** Ports in service with the vehicle that is at home there. */
export const homePorts = (db: Db, depotId: string) =>
  db.port.findMany({
    where: { charger: { depotId, retiredAt: null } },
    orderBy: [{ bay: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      bay: true,
      maxW: true,
      charger: { select: { name: true, maxW: true } },
      homeOf: { select: { id: true, name: true } },
    },
  })

export const vehicleNames = (db: Db, depotId: string) => db.vehicle.findMany({ where: { depotId }, select: { id: true, name: true } })

export async function insertVehicle(db: Db, depotId: string, facts: VehicleFacts): Promise<string> {
  const id = randomUUID()
  await db.vehicle.create({ data: { id, depotId, ...facts } })
  return id
}

export const updateVehicle = (db: Db, id: string, facts: VehicleFacts) => db.vehicle.update({ where: { id }, data: facts })

/** The driver of that name in the depot, made when there is none. */
export async function driverNamed(db: Db, depotId: string, name: string): Promise<string> {
  const known = await db.driver.findFirst({ where: { depotId, name: { equals: name, mode: 'insensitive' } }, orderBy: { id: 'asc' } })
  return known?.id ?? (await db.driver.create({ data: { id: randomUUID(), depotId, name } })).id
}

export type KnownTag = { id: string; idTag: string; depotId: string; kind: string; vehicle: { id: string; name: string } | null }

/** Those of these idTags (upper case) that exist, in any depot. */
export const tagsKnown = (db: Db, idTags: string[]): Promise<KnownTag[]> =>
  db.token.findMany({
    where: { idTag: { in: idTags } },
    select: { id: true, idTag: true, depotId: true, kind: true, vehicle: { select: { id: true, name: true } } },
  })

/**
 * Gives a vehicle exactly these cards: new ones are made, free ones of the depot taken, and those left out are blocked and free;
 * their sessions keep them. @throws Problem `conflict` when somebody else made one of them meanwhile
 */
export async function giveTags(
  db: Db,
  { depotId, vehicleId, driverId, at }: { depotId: string; vehicleId: string; driverId: string | null; at: Instant },
  idTags: string[],
): Promise<void> {
  const mine = { vehicleId, kind: { not: 'central' } }
  const before = (await db.token.findMany({ where: mine, select: { idTag: true } })).map(({ idTag }) => idTag)
  await db.token.updateMany({
    where: { ...mine, idTag: { notIn: idTags } },
    data: { vehicleId: null, driverId: null, status: 'blocked' },
  })
  // a card that comes back charges again; one that a person blocked on this vehicle stays blocked
  await db.token.updateMany({
    where: { depotId, vehicleId: null, kind: { not: 'central' }, idTag: { in: idTags } },
    data: { vehicleId, status: 'accepted' },
  })
  await db.token.createMany({
    data: idTags.map((idTag) => ({ id: randomUUID(), depotId, idTag, kind: 'rfid', vehicleId })),
    skipDuplicates: true,
  })
  const { count } = await db.token.updateMany({ where: { ...mine, idTag: { in: idTags } }, data: { driverId } })
  if (count < idTags.length) throw problem('conflict', 'One of these cards was just given to another vehicle. Look again.')
  const changed = [...before.filter((tag) => !idTags.includes(tag)), ...idTags.filter((tag) => !before.includes(tag))]
  if (changed.length > 0) await noteTokenChanges(db, depotId, changed, at)
}
