import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { changedSince, notFound, problem } from '#lib/api/problem.ts'
import type { changeNode as changeNodeDoor } from '#lib/api/site.ts'
import { amperes, kilowatts } from '#lib/units/units.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { lockDepot } from '#server/store/site.ts'
import { type NodeRatingRow, siteNode, updateNode } from '#server/store/site-tree.ts'
import { checkTree, refuseWorse } from './tree-check.ts'

type Rating = z.output<NonNullable<(typeof changeNodeDoor)['input']>>

/**
 * Changes the name, breaker or contract of a node; the plan follows at once. `ifStill`: only while it is as given there.
 * @throws Problem `not-found`; `invalid` for a connection without a limit; `conflict` when the chargers' least power passes the new limit
 */
export async function changeNode(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  nodeId: string,
  { ifStill, ...input }: Rating,
  actor: string,
): Promise<void> {
  await ctx.db.prisma.$transaction(
    async (db) => {
      await lockDepot(db, depotId)
      const node = await siteNode(db, depotId, nodeId)
      if (!node) throw notFound('node', nodeId)
      const { name, breakerMa, limitW, limitIncludesContinuous, phaseLimitMa } = node
      const was = { name, breakerMa, limitW, limitIncludesContinuous, phaseLimitMa }
      if (ifStill && !isDeepStrictEqual(was, { ...ratingOf(ifStill, phaseLimitMa) })) throw changedSince(`The limit of ${name}`)
      const after = ratingOf(input, phaseLimitMa)
      if (node.parentId === null && after.breakerMa === null && after.limitW === null && after.phaseLimitMa === null)
        throw problem('invalid', 'The service connection needs a limit: its contract or its breaker.', { contractKw: 'Or the breaker.' })
      const before = await checkTree(db, depotId, ctx.clock.now())
      await updateNode(db, nodeId, after)
      refuseWorse(before, await checkTree(db, depotId, ctx.clock.now()))
      const data = { before: was, after }
      await writeJournal(db, ctx.clock, { depotId, actor, kind: 'node.changed', subject: nodeId, data })
    },
    { timeout: 20_000 },
  )
  ctx.wakes.replan(depotId, `the limit of ${input.name} was changed`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
}

export const ratingOf = (
  { name, breakerA, contractKw, continuousIncluded, phaseLimitA }: Omit<Rating, 'ifStill'>,
  phaseLimitMa: number | null = null,
): NodeRatingRow => ({
  name,
  breakerMa: breakerA === null ? null : amperes(breakerA),
  limitW: contractKw === null ? null : kilowatts(contractKw),
  limitIncludesContinuous: continuousIncluded,
  phaseLimitMa: phaseLimitA === undefined ? phaseLimitMa : phaseLimitA === null ? null : amperes(phaseLimitA),
})
