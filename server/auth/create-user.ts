import { randomUUID } from 'node:crypto'
import { problem } from '#lib/api/problem.ts'
import type { Role } from '#lib/auth/role.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { insertUser, userForSignIn } from '#server/store/user.ts'
import { hashPassword } from './password.ts'

export type UserInput = {
  /** Given by the demo, so that it is the same each time. */
  id?: string
  email: string
  name: string
  role: Role
  password: string
  /** The person this user is at the chargers; drivers only. */
  driverId?: string
  /** Depots that the user may see; an administrator sees all without. */
  depotIds: string[]
}

/** Creates a user. @throws Problem `conflict` when the e-mail is taken. */
export async function createUser(ctx: Pick<Ctx, 'db' | 'clock'>, { password, ...input }: UserInput, actor = 'system'): Promise<string> {
  const id = input.id ?? randomUUID()
  const passwordHash = await hashPassword(password)
  if (await userForSignIn(ctx.db.prisma, input.email)) throw problem('conflict', `There is a user with the e-mail ${input.email}.`)
  await ctx.db.prisma.$transaction(async (db) => {
    await insertUser(db, { ...input, id, passwordHash, createdAt: new Date(ctx.clock.real()) })
    await writeJournal(db, ctx.clock, {
      actor,
      kind: 'user.created',
      subject: id,
      data: { email: input.email, role: input.role, depotIds: input.depotIds },
    })
  })
  return id
}
