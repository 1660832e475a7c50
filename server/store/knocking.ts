import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** Strangers are listed, but never more than these: the one that was silent longest makes room. */
export const MOST_KNOCKING = 200

/** Notes that `identity` was refused. */
export async function noteKnocking(db: Db, identity: string, address: string, reason: string, at: Instant): Promise<void> {
  const now = new Date(at)
  await db.knocking.upsert({
    where: { identity },
    create: { identity, firstAt: now, lastAt: now, times: 1, address, reason },
    update: { lastAt: now, times: { increment: 1 }, address, reason },
  })
  await db.$executeRaw`
    DELETE FROM knocking WHERE identity IN (SELECT identity FROM knocking ORDER BY last_at DESC, identity OFFSET ${MOST_KNOCKING})`
}

/** It was let in: no stranger any more. */
export const forgetKnocking = (db: Db, identity: string) => db.knocking.deleteMany({ where: { identity } })
