import { randomInt } from 'node:crypto'
import type { z } from 'zod'
import type { addPerson as addDoor, changePerson as changeDoor, getPeople } from '#lib/api/people.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import type { Role } from '#lib/auth/role.ts'
import { instant } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import type { Db } from '#server/store/database.ts'
import { writeJournal } from '#server/store/journal.ts'
import { activeAdmins, depotsAndDrivers, lockPeople, people, personById, setPassword, updatePerson } from '#server/store/people.ts'
import { createUser } from './create-user.ts'
import { hashPassword } from './password.ts'

// Who may sign in: let in, changed and kept out by an administrator. Each change is in the journal; passwords are shown once and never kept.

export async function peopleView({ db }: Pick<Ctx, 'db'>, self: string): Promise<z.output<(typeof getPeople)['output']>> {
  const [all, [depots, drivers]] = await Promise.all([people(db.prisma), depotsAndDrivers(db.prisma)])
  return {
    people: all.map(({ rights, ...person }) => ({
      ...person,
      role: person.role as Role,
      depotIds: rights.map(({ depotId }) => depotId),
      createdAt: instant(person.createdAt),
      disabledAt: person.disabledAt && instant(person.disabledAt),
      self: person.id === self,
    })),
    depots,
    drivers,
  }
}

type NewPerson = z.output<NonNullable<(typeof addDoor)['input']>>

/** @returns the password, told once. @throws Problem `conflict` for a known e-mail, `invalid` for rights that do not fit */
export async function addPerson(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  input: NewPerson,
  actor: string,
): Promise<{ id: string; password: string }> {
  await refuseUnfit(ctx.db.prisma, input)
  const password = makePassword()
  const { driverId, ...facts } = input
  const id = await createUser(ctx, { ...facts, password, ...(driverId === null ? {} : { driverId }) }, actor)
  return { id, password }
}

type Change = z.output<NonNullable<(typeof changeDoor)['input']>>

/**
 * Name, role, depots, and whether they may sign in at all: it counts at their next request.
 * @throws Problem `not-found`; `conflict` when the installation would have no administrator, or they would lock themselves out
 */
export async function changePerson(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  id: string,
  { disabled, ...rights }: Change,
  asker: { id: string; actor: string },
): Promise<void> {
  await refuseUnfit(ctx.db.prisma, rights)
  await ctx.db.prisma.$transaction(async (db) => {
    await lockPeople(db)
    const person = await personById(db, id)
    if (!person) throw notFound('person', id)
    if (id === asker.id && (disabled || rights.role !== 'admin'))
      throw problem('conflict', 'You cannot take your own rights away: another administrator can.')
    const disabledAt = disabled ? (person.disabledAt ?? new Date(ctx.clock.real())) : null
    await updatePerson(db, id, { ...rights, disabledAt })
    if ((await activeAdmins(db)) === 0) throw problem('conflict', 'Somebody must stay administrator.')
    const kind = disabled === (person.disabledAt !== null) ? 'user.changed' : disabled ? 'user.disabled' : 'user.enabled'
    const before = {
      name: person.name,
      role: person.role,
      depotIds: person.rights.map(({ depotId }) => depotId),
      driverId: person.driverId,
    }
    await writeJournal(db, ctx.clock, { actor: asker.actor, kind, subject: id, data: { email: person.email, before, after: rights } })
  })
}

/** @returns the new password, told once; the old one and every session of before open nothing. @throws Problem `not-found` */
export async function newPassword(ctx: Pick<Ctx, 'db' | 'clock'>, id: string, actor: string): Promise<string> {
  const password = makePassword()
  const passwordHash = await hashPassword(password)
  await ctx.db.prisma.$transaction(async (db) => {
    const person = await personById(db, id)
    if (!person) throw notFound('person', id)
    await setPassword(db, id, passwordHash, new Date(ctx.clock.real()))
    await writeJournal(db, ctx.clock, { actor, kind: 'user.newPassword', subject: id, data: { email: person.email } })
  })
  return password
}

async function refuseUnfit(db: Db, { role, depotIds, driverId }: Pick<NewPerson, 'role' | 'depotIds' | 'driverId'>): Promise<void> {
  const [depots, drivers] = await depotsAndDrivers(db)
  const strange = depotIds.find((id) => !depots.some((depot) => depot.id === id))
  if (strange !== undefined) throw problem('invalid', `There is no depot "${strange}".`, { depotIds: 'Choose from the list.' })
  if (role !== 'admin' && depotIds.length === 0)
    throw problem('invalid', 'Choose a depot that they may see.', { depotIds: 'At least one.' })
  if (role === 'driver' && !drivers.some(({ id, depotId }) => id === driverId && depotIds.includes(depotId)))
    throw problem('invalid', 'Say which driver of that depot they are.', { driverId: 'Choose from the list.' })
  if (role !== 'driver' && driverId !== null)
    throw problem('invalid', 'Only a driver is somebody at the chargers.', { driverId: 'Leave it out.' })
}

/** No letter or digit that looks like another. 100 bits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const makePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join('-')
