import type { Verdict } from '#lib/charging/event.ts'
import { sameTag, verdictOf } from '#lib/charging/verdict.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import { findToken } from '../store/token.ts'

/** What a charger is told about a token. */
export type Authorisation = { verdict: Verdict; expiresAt?: Instant; parentIdTag?: string }

/**
 * May the holder of `idTag` charge? Compared without case. `forStart`: a transaction begins now on this port, so a token that is
 * busy elsewhere is refused (a mere question, Authorize, is not: 1.6 §7.2). Tokens serve their own depot.
 */
export async function authorise(
  db: Db,
  depotId: string,
  idTag: string,
  now: Instant,
  forStart?: { portId?: string },
): Promise<Authorisation> {
  const found = await findToken(db, sameTag(idTag), forStart?.portId)
  const token = found?.depotId === depotId ? found : undefined
  const verdict = verdictOf(token && { ...token, busyElsewhere: forStart !== undefined && token.busyElsewhere }, now)
  return {
    verdict,
    ...(token?.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
    ...(token?.parentIdTag === undefined ? {} : { parentIdTag: token.parentIdTag }),
  }
}
