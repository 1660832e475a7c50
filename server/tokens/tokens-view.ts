import type { TokenKind, TokenRow } from '#lib/api/token.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { lastUsed, type StoredToken, tokensPage } from '#server/store/tokens.ts'

const PAGE = 100

/** Tokens of a depot by number, a page at a time. */
export async function tokensView(
  { db, clock }: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  { search, cursor }: { search?: string | undefined; cursor?: string | undefined },
): Promise<{ items: TokenRow[]; next: string | null; total: number }> {
  const { rows, total, used } = await tokensPage(db.prisma, depotId, {
    ...(search && { search }),
    ...(cursor !== undefined && { after: cursor }),
    take: PAGE + 1,
  })
  const items = rows.slice(0, PAGE).map((row) => shownToken(row, used.get(row.id), clock.now()))
  return { items, next: rows.length > PAGE ? items.at(-1)!.idTag : null, total }
}

/** One, as it stands now. */
export async function tokenView({ db, clock }: Pick<Ctx, 'db' | 'clock'>, token: StoredToken): Promise<TokenRow> {
  return shownToken(token, (await lastUsed(db.prisma, [token.id])).get(token.id), clock.now())
}

const shownToken = (token: StoredToken, usedAt: Date | undefined, now: Instant): TokenRow => ({
  id: token.id,
  idTag: token.idTag,
  kind: token.kind as TokenKind,
  status: token.status !== 'accepted' ? 'blocked' : token.expiresAt && instant(token.expiresAt) <= now ? 'expired' : 'accepted',
  expiresAt: token.expiresAt && instant(token.expiresAt),
  group: token.groupName,
  parentIdTag: token.parentIdTag,
  vehicle: token.vehicle,
  driver: token.driver?.name ?? null,
  costCentre: token.costCentre,
  changedAt: token.changedAt && instant(token.changedAt),
  usedAt: usedAt ? instant(usedAt) : null,
})
