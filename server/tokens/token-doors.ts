import { notFound, problem } from '#lib/api/problem.ts'
import type { TokenInput, TokenRow } from '#lib/api/token.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import type { Runtime } from '#server/runtime.ts'
import { depotIds } from '#server/store/site.ts'
import { tokenByTag } from '#server/store/tokens.ts'
import { addToken, changeToken, removeToken } from './change-token.ts'
import { tokenView } from './tokens-view.ts'

type Asking = { ctx: Runtime; who: Who }

/** The depot that a key means: named, its own, or the only one. @throws Problem `not-found`, `invalid` */
export async function depotOf({ ctx, who }: Asking, depotId: string | undefined): Promise<string> {
  if (depotId !== undefined) {
    if (!seesDepot(who, depotId)) throw problem('not-found', `There is no depot "${depotId}" among yours.`)
    return depotId
  }
  const mine = (await depotIds(ctx.db.prisma)).filter((id) => seesDepot(who, id))
  if (mine.length !== 1) throw problem('invalid', 'Name the depotId: this key sees more than one depot.', { depotId: 'Which depot?' })
  return mine[0]!
}

/** @throws Problem `conflict`, `invalid`, `not-found` */
export async function postOne(asking: Asking, { depotId, ...input }: TokenInput & { depotId?: string | undefined }): Promise<TokenRow> {
  const depot = await depotOf(asking, depotId)
  await addToken(asking.ctx, { depotId: depot, actor: asking.who.actor }, input)
  return shown(asking, input.idTag)
}

/** As it should be: made, or changed to this. @throws Problem `conflict` for a tag of another depot, `invalid`, `not-found` */
export async function putOne(
  asking: Asking,
  idTag: string,
  { depotId, ...input }: Omit<TokenInput, 'idTag'> & { depotId?: string | undefined },
): Promise<TokenRow> {
  const there = await tokenByTag(asking.ctx.db.prisma, sameTag(idTag))
  if (!there) return postOne(asking, { ...input, idTag, depotId })
  if (there.kind === 'central' || !seesDepot(asking.who, there.depotId) || (depotId !== undefined && depotId !== there.depotId))
    throw problem('conflict', `There is a card ${sameTag(idTag)} elsewhere already.`)
  await changeToken(asking.ctx, { depotId: there.depotId, actor: asking.who.actor }, there.id, input)
  return shown(asking, idTag)
}

/** @throws Problem `not-found`, `conflict` for one that was used */
export async function deleteOne(asking: Asking, idTag: string): Promise<void> {
  const there = await tokenByTag(asking.ctx.db.prisma, sameTag(idTag))
  if (!there || there.kind === 'central' || !seesDepot(asking.who, there.depotId)) throw notFound('token', idTag)
  await removeToken(asking.ctx, { depotId: there.depotId, actor: asking.who.actor }, there.id)
}

async function shown({ ctx }: Asking, idTag: string): Promise<TokenRow> {
  const token = await tokenByTag(ctx.db.prisma, sameTag(idTag))
  if (!token) throw notFound('token', idTag)
  return tokenView(ctx, token)
}
