import { randomUUID } from 'node:crypto'
import { hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

export type DutyRow = {
  id: string
  name: string | null
  vehicleId: string
  departsAt: Instant
  returnsAt: Instant
  distanceM: number
  energyWh: number
  outcome: string | null
}

const plain = (row: { departsAt: Date; returnsAt: Date } & Omit<DutyRow, 'departsAt' | 'returnsAt'>): DutyRow => ({
  ...row,
  departsAt: instant(row.departsAt),
  returnsAt: instant(row.returnsAt),
})

/** Duties of a depot's vehicles that touch `[from, until)`, by departure. */
export async function readDuties(db: Db, depotId: string, from: Instant, until: Instant): Promise<DutyRow[]> {
  const rows = await db.duty.findMany({
    where: { vehicle: { depotId }, returnsAt: { gt: new Date(from) }, departsAt: { lt: new Date(until) } },
    orderBy: [{ departsAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(plain)
}

/** The next duty of a vehicle that has not left yet. */
export async function nextDuty(db: Db, vehicleId: string, now: Instant): Promise<DutyRow | undefined> {
  const row = await db.duty.findFirst({ where: { vehicleId, departsAt: { gt: new Date(now) } }, orderBy: { departsAt: 'asc' } })
  return row ? plain(row) : undefined
}

/** Moves the departure; what was first planned stays beside it. A duty that would be over before it begins takes as long as it did. */
export const moveDuty = (db: Db, duty: DutyRow, departsAt: Instant, now: Instant, energyWh?: number) =>
  db.duty.update({
    where: { id: duty.id },
    data: {
      departsAt: new Date(departsAt),
      ...(departsAt < duty.returnsAt ? {} : { returnsAt: new Date(plus(departsAt, duty.returnsAt - duty.departsAt)) }),
      changedAt: new Date(now),
      outcome: null,
      ...(energyWh === undefined ? {} : { energyWh }),
    },
  })

/** A duty that dispatch gave a vehicle without one. */
export const addDuty = (db: Db, vehicleId: string, departsAt: Instant, energyWh: number, now: Instant) =>
  db.duty.create({
    data: {
      id: randomUUID(),
      vehicleId,
      departsAt: new Date(departsAt),
      plannedDepartsAt: new Date(departsAt),
      returnsAt: new Date(plus(departsAt, hours(8))),
      distanceM: 0,
      energyWh,
      source: 'dispatch',
      changedAt: new Date(now),
    },
  })

/** Departures up to `now` whose outcome nobody has written down yet. */
export async function departedDuties(db: Db, depotId: string, now: Instant) {
  return db.duty.findMany({
    where: { vehicle: { depotId }, outcome: null, departsAt: { lte: new Date(now), gt: new Date(plus(now, -hours(48))) } },
    include: { vehicle: true },
  })
}

export const writeDutyOutcome = (db: Db, id: string, outcome: 'ready' | 'short' | 'unknown', socAtDeparture: number | null) =>
  db.duty.updateMany({ where: { id, outcome: null }, data: { outcome, socAtDeparture } })

export type NewDuty = {
  id: string
  name: string | null
  vehicleId: string
  departsAt: Instant
  returnsAt: Instant
  distanceM: number
  energyWh: number
  source: string
}

/** As a person or a file planned it. */
export const insertDuty = (db: Db, { departsAt, returnsAt, ...duty }: NewDuty, now: Instant) =>
  db.duty.create({
    data: {
      ...duty,
      departsAt: new Date(departsAt),
      plannedDepartsAt: new Date(departsAt),
      returnsAt: new Date(returnsAt),
      changedAt: new Date(now),
    },
  })

export const updateDuty = (
  db: Db,
  id: string,
  { name, departsAt, returnsAt, distanceM, energyWh }: Pick<NewDuty, 'name' | 'departsAt' | 'returnsAt' | 'distanceM' | 'energyWh'>,
  now: Instant,
) =>
  db.duty.update({
    where: { id },
    data: {
      name,
      departsAt: new Date(departsAt),
      plannedDepartsAt: new Date(departsAt),
      returnsAt: new Date(returnsAt),
      distanceM,
      energyWh,
      changedAt: new Date(now),
    },
  })

export const deleteDuty = (db: Db, id: string) => db.duty.delete({ where: { id } })

export const dutyOf = async (db: Db, depotId: string, id: string): Promise<DutyRow | undefined> => {
  const row = await db.duty.findFirst({ where: { id, vehicle: { depotId } } })
  return row ? plain(row) : undefined
}

/** The first duty of a vehicle that shares time with `[from, until)`, another one than `exceptId`. */
export async function dutyInTheWay(
  db: Db,
  vehicleId: string,
  { from, until }: { from: Instant; until: Instant },
  exceptId?: string,
): Promise<DutyRow | undefined> {
  const row = await db.duty.findFirst({
    where: {
      vehicleId,
      departsAt: { lt: new Date(until) },
      returnsAt: { gt: new Date(from) },
      ...(exceptId === undefined ? {} : { id: { not: exceptId } }),
    },
    orderBy: { departsAt: 'asc' },
  })
  return row ? plain(row) : undefined
}

/** Duties of a depot's vehicles under way and to come, by departure, with where they are from. */
export async function dutiesAhead(db: Db, { depotId, vehicleId, now }: { depotId: string; vehicleId?: string; now: Instant }) {
  const rows = await db.duty.findMany({
    where: { vehicle: { depotId }, returnsAt: { gt: new Date(now) }, ...(vehicleId && { vehicleId }) },
    orderBy: [{ departsAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map((row) => ({ ...plain(row), source: row.source }))
}
export type DutyAhead = Awaited<ReturnType<typeof dutiesAhead>>[number]

/** A vehicle uses more or less than thought: its duties to come need other energy. @returns how many */
export async function reckonDuties(db: Db, vehicleId: string, now: Instant, energyOf: (distanceM: number) => number): Promise<number> {
  const rows = await db.duty.findMany({ where: { vehicleId, departsAt: { gt: new Date(now) }, distanceM: { gt: 0 } } })
  for (const { id, distanceM } of rows) await db.duty.update({ where: { id }, data: { energyWh: energyOf(distanceM) } })
  return rows.length
}
