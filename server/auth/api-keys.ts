import { randomBytes, randomUUID } from 'node:crypto'
import { notFound } from '#lib/api/problem.ts'
import type { Scope } from '#lib/auth/role.ts'
import { instant } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { insertApiKey, listApiKeys, revoke } from '#server/store/api-key.ts'
import { depotNames } from '#server/store/depot.ts'
import { writeJournal } from '#server/store/journal.ts'
import { hashKey } from './who.ts'

/** 160 random bits behind `yw_`, so that a leaked one can be recognised. */
const newSecret = (): string => `yw_${randomBytes(20).toString('base64url')}`

type Given = Pick<Ctx, 'db' | 'clock'>

/** A new key. `secret` is told once and kept as SHA-256 only. Without `depotId` it reaches every depot. @throws Problem `not-found` */
export async function createApiKey(
  ctx: Given,
  input: { name: string; scopes: Scope[]; depotId?: string; secret?: string },
  actor: string,
): Promise<{ key: ApiKeyRow; secret: string }> {
  const secret = input.secret ?? newSecret()
  const row = {
    id: randomUUID(),
    name: input.name,
    keyHash: hashKey(secret),
    prefix: secret.slice(0, 7),
    scopes: input.scopes,
    depotId: input.depotId,
    createdBy: actor,
    createdAt: new Date(ctx.clock.real()),
  }
  const key = await ctx.db.prisma.$transaction(async (db) => {
    if (input.depotId !== undefined && !(await depotNames(db)).some((depot) => depot.id === input.depotId))
      throw notFound('depot', input.depotId)
    const { id, name, scopes, prefix, depotId } = row
    await writeJournal(db, ctx.clock, { actor, kind: 'apiKey.created', subject: id, data: { name, scopes, prefix, depotId } })
    return insertApiKey(db, row)
  })
  return { key: shown(key), secret }
}

export const apiKeys = async (ctx: Given): Promise<{ keys: ApiKeyRow[] }> => ({ keys: (await listApiKeys(ctx.db.prisma)).map(shown) })

/** From the next request on it is refused. @throws Problem `not-found` */
export async function revokeApiKey(ctx: Given, id: string, actor: string): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    if (!(await revoke(db, id, new Date(ctx.clock.real())))) throw notFound('API key', id)
    await writeJournal(db, ctx.clock, { actor, kind: 'apiKey.revoked', subject: id })
  })
}

type ApiKeyRow = ReturnType<typeof shown>
const shown = (key: Awaited<ReturnType<typeof listApiKeys>>[number]) => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: key.scopes as Scope[],
  depotId: key.depotId,
  createdAt: instant(key.createdAt),
  lastUsedAt: key.lastUsedAt && instant(key.lastUsedAt),
  revokedAt: key.revokedAt && instant(key.revokedAt),
})
