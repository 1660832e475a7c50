import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { problem } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { firstRunCode, forgetFirstRun, keepFirstRun, lockFirstRun } from '#server/store/first-run.ts'
import { writeJournal } from '#server/store/journal.ts'
import { anyUser, insertUser } from '#server/store/user.ts'
import { hashPassword } from './password.ts'
import { hashKey } from './who.ts'

const MOST_TRIES = 20
/** No letters that are read as others: a person types this from a log. */
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'

/**
 * At the start of the web process: while nobody can sign in, a new one-time code, kept hashed.
 * @returns the code to print, or undefined when there is somebody (or in the demo, whose users are seeded).
 */
export async function openFirstRun(ctx: Pick<Ctx, 'db' | 'env'>): Promise<string | undefined> {
  if (ctx.env.demo || (await anyUser(ctx.db.prisma))) return undefined
  const letters = [...randomBytes(64)].filter((byte) => byte < LETTERS.length * 8).map((byte) => LETTERS[byte % LETTERS.length])
  const code = [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join('')).join('-')
  await keepFirstRun(ctx.db.prisma, { codeHash: hashKey(plain(code)), triesLeft: MOST_TRIES })
  return code
}

/** Whether the first-run page has something to do. */
export const isFirstRun = async (ctx: Pick<Ctx, 'db'>): Promise<boolean> =>
  (await firstRunCode(ctx.db.prisma)) !== null && !(await anyUser(ctx.db.prisma))

export type FirstRunInput = { code: string; name: string; email: string; password: string }

/** Creates the administrator, once: two at the same moment make one. @throws Problem `conflict`, `forbidden`, `too-many` */
export async function firstRun(ctx: Pick<Ctx, 'db' | 'clock' | 'log'>, input: FirstRunInput): Promise<void> {
  const id = randomUUID()
  const outcome = await ctx.db.prisma.$transaction(async (db) => {
    const kept = await lockFirstRun(db)
    if (!kept || (await anyUser(db))) return 'over'
    if (kept.triesLeft <= 0) return 'spent'
    if (!timingSafeEqual(Buffer.from(hashKey(plain(input.code))), Buffer.from(kept.codeHash))) {
      await keepFirstRun(db, { ...kept, triesLeft: kept.triesLeft - 1 })
      return 'wrong'
    }
    const passwordHash = await hashPassword(input.password)
    const { name, email } = input
    await insertUser(db, { id, name, email, role: 'admin', passwordHash, depotIds: [], createdAt: new Date(ctx.clock.real()) })
    await forgetFirstRun(db)
    await writeJournal(db, ctx.clock, {
      actor: `user:${id}`,
      kind: 'user.created',
      subject: id,
      data: { email, role: 'admin', by: 'first run' },
    })
    return 'made'
  })
  switch (outcome) {
    case 'made':
      return
    case 'over':
      throw problem('conflict', 'This installation has its administrator. Sign in.')
    case 'spent':
      throw problem('too-many', 'Too many wrong codes. Restart Yardwatt: it prints a new one.')
    case 'wrong':
      ctx.log.warn('a wrong first-run code was tried')
      throw problem('forbidden', 'This is not the code. It is in the log of the web process, after its last start.', {
        code: 'Not the code that the log shows.',
      })
  }
}

const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '')
