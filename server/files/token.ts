import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type Instant, plus } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import type { Db } from '../store/database.ts'
import { addUrl } from '../store/file.ts'

/** 160 bits, URL-safe. Only its SHA-256 is kept. */
export const newToken = (): { token: string; tokenHash: string } => {
  const token = randomBytes(20).toString('base64url')
  return { token, tokenHash: hashToken(token) }
}
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Where the bytes of a file lie: a name of ours, never one that somebody else chose. */
export const newFileId = (): string => randomUUID()

/** A one-time address for a file, as its path. `forMs` is real time: addresses run out on the wall clock, also in the demo. */
export async function makeUrl(
  { clock }: Pick<Ctx, 'clock'>,
  db: Db,
  url: { fileId: string; direction: 'upload' | 'download'; chargerId?: string; forMs: number },
): Promise<{ path: string; tokenHash: string; expiresAt: Instant }> {
  const { token, tokenHash } = newToken()
  const { forMs, ...rest } = url
  const expiresAt = plus(clock.real(), Math.round(forMs))
  await addUrl(db, { ...rest, tokenHash, expiresAt })
  return { path: `/files/${token}`, tokenHash, expiresAt }
}

const SECRET = /(\/files\/)[A-Za-z0-9_-]{20,}/g
// found by what follows a scheme: a search for the scheme itself would try each letter of a long word, and hold up everybody
const CREDENTIALS = /(:\/\/)[^/@\s"]+@/g

/** A location as it may be written down: no token of ours, no name and password of somebody else's server. */
export const withoutSecret = (text: string): string => text.replace(SECRET, '$1…').replace(CREDENTIALS, '$1…@')
