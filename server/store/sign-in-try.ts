import type { PrismaClient } from './generated/client.ts'

export type TryCount = { id: bigint; fromAddress: number; ofPersonFromAddress: number }

/**
 * Writes a try to sign in down before its password is looked at, and counts those before it since a moment (real time) that have not
 * succeeded: of this person from this address, and from this address. Tries from one address are counted one after the other, so that a
 * hundred at the same moment are a hundred.
 */
export const countTry = (
  prisma: PrismaClient,
  { email, address, now, since }: { email: string; address: string; now: Date; since: Date },
) =>
  prisma.$transaction(async (db): Promise<TryCount> => {
    await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sign-in ${address}`}, 0))`
    // of everybody: an address that never comes back leaves nothing behind
    await db.signInTry.deleteMany({ where: { at: { lt: since } } })
    const [fromAddress, ofPersonFromAddress] = await Promise.all([
      db.signInTry.count({ where: { address } }),
      db.signInTry.count({ where: { address, email } }),
    ])
    const { id } = await db.signInTry.create({ data: { email, address, at: now }, select: { id: true } })
    return { id, fromAddress, ofPersonFromAddress }
    // a burst waits for its turn, rather than failing for want of a connection
  }, PATIENCE)

/** It succeeded: the try counts no more; those before it still do, so that one right password does not open the way for guesses at others. */
export const forgetTry = (db: Pick<PrismaClient, 'signInTry'>, id: bigint) => db.signInTry.deleteMany({ where: { id } })

const PATIENCE = { maxWait: 20_000, timeout: 20_000 }
