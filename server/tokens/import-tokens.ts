import { isProblem, problem } from '#lib/api/problem.ts'
import { type TokenLine, type TokensImported, tokenInput } from '#lib/api/token.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import { readTokenCsv, type TokenCsvLine } from '#lib/fleet/token-csv.ts'
import type { Db } from '#server/store/database.ts'
import { lockFleet, vehicleNames } from '#server/store/fleet.ts'
import { tokenByTag } from '#server/store/tokens.ts'
import { theDepot } from '../live/views.ts'
import { insertOne, type TokenActor, type TokenCtx, tellGateway, updateOne } from './change-token.ts'

const MOST_LINES = 5000

/**
 * Tokens from CSV text. Each line is added, changes the token that is there by the cells that are filled in, is there already, or is refused
 * with the reason; a bad line keeps out no other. @throws Problem `invalid` for a heading that is not understood or too many lines
 */
export async function importTokens(ctx: TokenCtx, who: TokenActor, csv: string): Promise<TokensImported> {
  const depot = await theDepot(ctx, who.depotId)
  const read = readTokenCsv(csv)
  if (read.kind === 'refused') throw problem('invalid', read.why, { csv: read.why })
  if (read.lines.length === 0) throw problem('invalid', 'There is no token under the heading.', { csv: 'Only a heading.' })
  if (read.lines.length > MOST_LINES) throw problem('invalid', `At most ${MOST_LINES} lines at once.`, { csv: 'Too many lines.' })
  const lines = await ctx.db.prisma.$transaction(
    async (db) => {
      await lockFleet(db, depot.id)
      const vehicles = new Map((await vehicleNames(db, depot.id)).map(({ id, name }) => [name.toLowerCase(), id]))
      const results: TokenLine[] = []
      for (const line of read.lines) results.push(await take(ctx, db, depot, who.actor, line, vehicles))
      return results
    },
    { timeout: 120_000 },
  )
  const count = (outcome: TokenLine['outcome']) => lines.filter((line) => line.outcome === outcome).length
  if (count('added') + count('changed') > 0) await tellGateway(ctx, depot.id)
  return { added: count('added'), changed: count('changed'), same: count('same'), refused: count('refused'), lines }
}

async function take(
  ctx: TokenCtx,
  db: Db,
  depot: { id: string; zone: string },
  actor: string,
  line: TokenCsvLine,
  vehicles: Map<string, string>,
): Promise<TokenLine> {
  const is = (outcome: TokenLine['outcome'], text: string): TokenLine => ({ line: line.line, outcome, text })
  if (line.kind === 'bad') return is('refused', line.why)
  const { vehicle, kind, status, ...cells } = line.cells
  const vehicleId = vehicle === undefined ? undefined : vehicles.get(vehicle.toLowerCase())
  if (vehicle !== undefined && vehicleId === undefined) return is('refused', `There is no vehicle "${vehicle.slice(0, 60)}" in this depot.`)
  const given = {
    ...cells,
    ...(vehicleId && { vehicleId }),
    ...(kind && { kind: kind.toLowerCase() }),
    ...(status && { status: status.toLowerCase() }),
  }
  const parsed = tokenInput.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    return is('refused', `${String(issue.path[0] ?? 'line')}: ${issue.message}`)
  }
  const idTag = sameTag(parsed.data.idTag)
  try {
    const there = await tokenByTag(db, idTag)
    if (!there) {
      await insertOne(ctx, db, depot, actor, parsed.data, { line: line.line })
      return is('added', idTag)
    }
    if (there.depotId !== depot.id || there.kind === 'central') return is('refused', `${idTag} is in use elsewhere.`)
    // only the cells that are filled in
    const change = Object.fromEntries(Object.entries(parsed.data).filter(([name]) => name in given && name !== 'idTag'))
    return is((await updateOne(ctx, db, depot, actor, there, change, { line: line.line })) ? 'changed' : 'same', idTag)
  } catch (error) {
    if (!isProblem(error)) throw error
    return is('refused', error.message)
  }
}
