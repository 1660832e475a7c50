import { randomUUID } from 'node:crypto'
import { notFound, problem } from '#lib/api/problem.ts'
import type { TokenChange, TokenInput, TokenKind } from '#lib/api/token.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import { instant, iso } from '#lib/time/instant.ts'
import type { Runtime } from '#server/runtime.ts'
import type { Db } from '#server/store/database.ts'
import { lockFleet } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'
import { noteTokenChanges } from '#server/store/token-list.ts'
import { deleteTokenRow, insertToken, type StoredToken, tokenById, tokenByTag, updateToken, usesOfToken } from '#server/store/tokens.ts'
import { theDepot } from '../live/views.ts'
import { tokenFacts } from './token-facts.ts'

export type TokenCtx = Pick<Runtime, 'db' | 'clock' | 'feed' | 'gateway' | 'log'>
/** Who does it, in which depot. */
export type TokenActor = { depotId: string; actor: string }

/** A new token; chargers know it within seconds. @throws Problem `conflict` for one that is there, `invalid`, `not-found` */
export async function addToken(ctx: TokenCtx, { depotId, actor }: TokenActor, input: TokenInput): Promise<{ id: string }> {
  const depot = await theDepot(ctx, depotId)
  const id = await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    return insertOne(ctx, db, depot, actor, input)
  })
  await tellGateway(ctx, depotId)
  return { id }
}

/** Inside a transaction of whoever holds the fleet's lock. */
export async function insertOne(
  ctx: Pick<TokenCtx, 'clock'>,
  db: Db,
  depot: { id: string; zone: string },
  actor: string,
  input: TokenInput,
  more: object = {},
): Promise<string> {
  const idTag = sameTag(input.idTag)
  const there = await tokenByTag(db, idTag)
  if (there) {
    const where = there.depotId === depot.id && there.kind !== 'central' ? 'in this depot' : 'elsewhere'
    throw problem('conflict', `There is a card ${idTag} ${where} already.`, { idTag: `Exists ${where}.` })
  }
  const id = randomUUID()
  const facts = await tokenFacts(db, depot, input)
  await insertToken(db, { id, depotId: depot.id, idTag, ...facts })
  await noteTokenChanges(db, depot.id, [idTag], ctx.clock.now())
  await writeJournal(db, ctx.clock, { depotId: depot.id, actor, kind: 'token.added', subject: id, data: { idTag, ...facts, ...more } })
  return id
}

/** Changes what is given. A blocked card starts nothing more; a session that runs goes on until it is stopped. @throws Problem */
export async function changeToken(ctx: TokenCtx, { depotId, actor }: TokenActor, tokenId: string, change: TokenChange): Promise<void> {
  const depot = await theDepot(ctx, depotId)
  const changed = await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    const token = await tokenById(db, depotId, tokenId)
    if (!token) throw notFound('card', tokenId)
    return updateOne(ctx, db, depot, actor, token, change)
  })
  if (changed) await tellGateway(ctx, depotId)
}

/** @returns whether anything changed. Inside a transaction of whoever holds the fleet's lock. */
export async function updateOne(
  ctx: Pick<TokenCtx, 'clock'>,
  db: Db,
  depot: { id: string; zone: string },
  actor: string,
  token: StoredToken,
  change: TokenChange,
  more: object = {},
): Promise<boolean> {
  const before = inputOf(token)
  const moved = change.group !== undefined && change.group !== before.group
  const facts = await tokenFacts(db, depot, { ...before, ...(moved && { parentIdTag: null }), ...change }, token.id)
  const { kind, status, expiresAt, groupName, parentIdTag, vehicleId, driverId, costCentre } = token
  const was = { kind, status, expiresAt, groupName, parentIdTag, vehicleId, driverId, costCentre }
  if (JSON.stringify(was) === JSON.stringify(facts)) return false
  await updateToken(db, token.id, facts)
  await noteTokenChanges(db, depot.id, [token.idTag], ctx.clock.now())
  const only = status !== facts.status && JSON.stringify({ ...was, status: facts.status }) === JSON.stringify(facts)
  const what = !only ? 'token.changed' : facts.status === 'blocked' ? 'token.blocked' : 'token.unblocked'
  const data = { idTag: token.idTag, vehicle: token.vehicle?.name ?? null, before: was, after: facts, ...more }
  await writeJournal(db, ctx.clock, { depotId: depot.id, actor, kind: what, subject: token.id, data })
  return true
}

/** A stored token as it would be entered. */
const inputOf = (token: StoredToken): Omit<TokenInput, 'idTag'> => ({
  kind: token.kind as TokenKind,
  status: token.status === 'blocked' ? 'blocked' : 'accepted',
  expires: token.expiresAt && iso(instant(token.expiresAt)),
  group: token.groupName,
  parentIdTag: token.parentIdTag,
  vehicleId: token.vehicleId,
  driver: token.driver?.name ?? null,
  costCentre: token.costCentre,
})

/** Only what no session and no reservation names. @throws Problem `not-found`, `conflict` */
export async function removeToken(ctx: TokenCtx, { depotId, actor }: TokenActor, tokenId: string): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    const token = await tokenById(db, depotId, tokenId)
    if (!token) throw notFound('card', tokenId)
    if ((await usesOfToken(db, tokenId, token.idTag)) > 0)
      throw problem('conflict', `${token.idTag} has sessions or reservations: they would lose their owner. Block it instead.`)
    await deleteTokenRow(db, tokenId)
    await noteTokenChanges(db, depotId, [token.idTag], ctx.clock.now())
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'token.removed', subject: tokenId, data: { idTag: token.idTag } })
  })
  await tellGateway(ctx, depotId)
}

/** Chargers are told at once; where the gateway is away it looks for itself when it is back. */
export async function tellGateway(ctx: TokenCtx, depotId: string): Promise<void> {
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles' })
  await ctx.gateway.call('tokensChanged', { depotId }).catch((error: unknown) => {
    ctx.log.warn({ err: error, depotId }, 'the gateway could not be told of changed tokens')
  })
}
