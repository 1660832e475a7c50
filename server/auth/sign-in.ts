import { minutes } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { countTry, forgetTry } from '#server/store/sign-in-try.ts'
import { userForSignIn } from '#server/store/user.ts'
import { passwordFits } from './password.ts'

export type SignIn = { kind: 'in'; userId: string; name: string } | { kind: 'wrong' } | { kind: 'wait'; minutes: number }

const WINDOW_MINUTES = 15
/** One person at one address: enough for a bad memory, too few for a guess. */
const MOST_OF_PERSON = 8
/** One address, whatever the e-mail: a depot's office may be behind one. */
const MOST_FROM_ADDRESS = 60

/**
 * Checks e-mail and password in constant work, and slows guessing by address and e-mail (real time). A try counts from before its password
 * is looked at, so that a burst of them is no way around; they outlive a restart, and failures are in the journal, where an operator sees them.
 */
export async function signIn(
  ctx: Pick<Ctx, 'db' | 'clock' | 'log'>,
  { email: typed, password, address }: { email: string; password: string; address: string },
): Promise<SignIn> {
  const email = typed.trim().toLowerCase().slice(0, 254)
  const now = ctx.clock.real()
  const since = new Date(now - minutes(WINDOW_MINUTES))
  const failed = await countTry(ctx.db.prisma, { email, address, now: new Date(now), since })
  if (failed.ofPersonFromAddress >= MOST_OF_PERSON || failed.fromAddress >= MOST_FROM_ADDRESS) {
    // one that was not looked at is no failure of the person's: waiting ends although somebody goes on trying
    await forgetTry(ctx.db.prisma, failed.id)
    return { kind: 'wait', minutes: WINDOW_MINUTES }
  }
  const user = await userForSignIn(ctx.db.prisma, email)
  const fits = await passwordFits(password.slice(0, 1024), user?.passwordHash)
  if (user && fits && !user.disabledAt) {
    await forgetTry(ctx.db.prisma, failed.id)
    await writeJournal(ctx.db.prisma, ctx.clock, { actor: `user:${user.id}`, kind: 'auth.signedIn', subject: user.id, data: { address } })
    return { kind: 'in', userId: user.id, name: user.name }
  }
  await writeJournal(ctx.db.prisma, ctx.clock, { actor: 'nobody', kind: 'auth.failed', subject: email, data: { address } })
  ctx.log.warn({ address }, 'a sign-in failed')
  return { kind: 'wrong' }
}
