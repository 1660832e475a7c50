import type { Role } from '#lib/auth/role.ts'
import type { Db } from './database.ts'

export type StoredUser = {
  id: string
  email: string
  name: string
  role: Role
  driverId: string | null
  disabledAt: Date | null
  /** Sessions from before this are over (real time). */
  sessionsFrom: Date | null
  /** Depots that the user may see; an administrator sees all. */
  depotIds: string[]
}

/** Null: there is none. */
export async function userById(db: Db, id: string): Promise<StoredUser | null> {
  const row = await db.user.findUnique({ where: { id }, include: { rights: { select: { depotId: true } } } })
  if (!row) return null
  const { id: userId, email, name, role, driverId, disabledAt, sessionsFrom } = row
  return {
    id: userId,
    email,
    name,
    role: role as Role,
    driverId,
    disabledAt,
    sessionsFrom,
    depotIds: row.rights.map((right) => right.depotId),
  }
}

export const userForSignIn = (db: Db, email: string) =>
  db.user.findUnique({ where: { email: email.toLowerCase() }, select: { id: true, passwordHash: true, disabledAt: true, name: true } })

export type NewUser = {
  id: string
  email: string
  name: string
  role: Role
  passwordHash: string
  driverId?: string
  depotIds: string[]
  createdAt: Date
}

export async function insertUser(db: Db, { depotIds, ...user }: NewUser): Promise<void> {
  await db.user.create({
    data: { ...user, email: user.email.toLowerCase(), rights: { create: depotIds.map((depotId) => ({ depotId })) } },
  })
}

/** Names of the people among these actors (`user:…`). */
export async function namesOfUsers(db: Db, actors: string[]): Promise<Map<string, string>> {
  const ids = actors.flatMap((actor) => (actor.startsWith('user:') ? actor.slice('user:'.length) : []))
  const rows = await db.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  return new Map(rows.map(({ id, name }) => [`user:${id}`, name]))
}

export const anyUser = async (db: Db): Promise<boolean> => (await db.user.findFirst({ select: { id: true } })) !== null
