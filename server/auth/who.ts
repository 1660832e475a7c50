import { createHash } from 'node:crypto'
import { problem } from '#lib/api/problem.ts'
import type { Role, Scope } from '#lib/auth/role.ts'
import { addressOf, cameSecurely } from '#server/http/origin.ts'
import type { Ctx } from '#server/runtime.ts'
import { apiKeyByHash, touchApiKey } from '#server/store/api-key.ts'
import { userById } from '#server/store/user.ts'
import { sessionOf } from './session-token.ts'

/** Who asks. `actor` is what the journal says. `depots`: those that may be seen; `'all'` for administrators and keys without a depot. */
export type Person = {
  kind: 'person'
  id: string
  name: string
  email: string
  role: Role
  driverId: string | null
  depots: string[] | 'all'
  actor: string
}
export type Key = { kind: 'key'; id: string; name: string; scopes: Scope[]; depots: string[] | 'all'; actor: string }
export type Who = Person | Key | { kind: 'nobody'; actor: string }

export const hashKey = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/**
 * Looks at the API key (`Authorization: Bearer yw_…`), else at the session cookie. Roles, rights and revocations are read anew each time.
 * @throws Problem `unauthenticated` for a key that is unknown or revoked (a wrong key is never "nobody").
 */
export async function whoIs(ctx: Ctx, headers: Headers): Promise<Who> {
  const authorization = headers.get('authorization')
  if (authorization) return ownerOf(ctx, authorization, headers)
  const session = await sessionOf(ctx.env, headers)
  const user = session ? await userById(ctx.db.prisma, session.userId) : null
  if (!session || !user || user.disabledAt) return { kind: 'nobody', actor: 'nobody' }
  // a new password ended what began before it
  if (user.sessionsFrom && session.since < user.sessionsFrom.getTime()) return { kind: 'nobody', actor: 'nobody' }
  const { id, name, email, role, driverId, depotIds } = user
  return { kind: 'person', id, name, email, role, driverId, depots: role === 'admin' ? 'all' : depotIds, actor: `user:${id}` }
}

async function ownerOf(ctx: Ctx, authorization: string, headers: Headers): Promise<Key> {
  const secret = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1]
  const key = secret ? await apiKeyByHash(ctx.db.prisma, hashKey(secret)) : null
  if (!key || key.revokedAt) throw problem('unauthenticated', 'This API key is unknown or revoked. Make one under Settings, API keys.')
  await touchApiKey(ctx.db.prisma, key.id, new Date(ctx.clock.real()), { address: addressOf(headers), secure: cameSecurely(headers) })
  const { id, name, scopes, depotId } = key
  return { kind: 'key', id, name, scopes: scopes as Scope[], depots: depotId ? [depotId] : 'all', actor: `key:${id}` }
}

/** For doors that only people enter. @throws Problem `forbidden` */
export const personOf = (who: Who): Person => {
  if (who.kind !== 'person') throw problem('forbidden', 'Sign in as a person for this.')
  return who
}

/** For doors that only API keys enter. @throws Problem `forbidden` */
export const keyOf = (who: Who): Key => {
  if (who.kind !== 'key') throw problem('forbidden', 'Send an API key for this.')
  return who
}

export const seesDepot = (who: Who, depotId: string): boolean =>
  who.kind !== 'nobody' && (who.depots === 'all' || who.depots.includes(depotId))
