import type { Role } from '#lib/auth/role.ts'
import type { Db } from './database.ts'

const SEEN = {
  id: true,
  name: true,
  email: true,
  role: true,
  driverId: true,
  createdAt: true,
  disabledAt: true,
  rights: { select: { depotId: true } },
} as const

export const people = (db: Db) =>
  db.user.findMany({ orderBy: [{ disabledAt: { sort: 'asc', nulls: 'first' } }, { name: 'asc' }], select: SEEN })
export const personById = (db: Db, id: string) => db.user.findUnique({ where: { id }, select: SEEN })
export const depotsAndDrivers = (db: Db) =>
  Promise.all([
    db.depot.findMany({ orderBy: { name: 'asc' }, select: { id: true, name: true, zone: true, currency: true } }),
    db.driver.findMany({ orderBy: { name: 'asc' }, select: { id: true, name: true, depotId: true } }),
  ])

/** Changes of people wait for each other: two at once must not leave an installation without an administrator. */
export const lockPeople = (db: Db) => db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('people'))`
export const activeAdmins = (db: Db) => db.user.count({ where: { role: 'admin', disabledAt: null } })

export type Rights = { name: string; role: Role; driverId: string | null; depotIds: string[]; disabledAt: Date | null }
export const updatePerson = (db: Db, id: string, { depotIds, ...facts }: Rights) =>
  db.user.update({
    where: { id },
    data: { ...facts, rights: { deleteMany: {}, create: depotIds.map((depotId) => ({ depotId })) } },
  })

/** Sessions from before `now` (real time) are over. */
export const setPassword = (db: Db, id: string, passwordHash: string, now: Date) =>
  db.user.update({ where: { id }, data: { passwordHash, sessionsFrom: now } })
