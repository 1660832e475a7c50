import type { Db } from './database.ts'
import { isCollision, isDatabaseAway } from './unavailable.ts'

/**
 * Work inside a transaction that must not undo the rest when it fails: what a charger said is kept even if its price cannot be worked out.
 * Returns the error, or undefined. A database that is away, or a collision
 * that asks for the whole transaction again, fails everything.
 */
export async function guarded(db: Db, work: () => Promise<void>): Promise<unknown> {
  await db.$executeRawUnsafe('SAVEPOINT guarded')
  try {
    await work()
    await db.$executeRawUnsafe('RELEASE SAVEPOINT guarded')
    return undefined
  } catch (error) {
    if (isDatabaseAway(error) || isCollision(error)) throw error
    await db.$executeRawUnsafe('ROLLBACK TO SAVEPOINT guarded')
    return error ?? new Error('unknown')
  }
}
