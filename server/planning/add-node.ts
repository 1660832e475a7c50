import type { z } from 'zod'
import { problem } from '#lib/api/problem.ts'
import type { addNode as addNodeDoor } from '#lib/api/site.ts'
import { nodeKinds } from '#lib/api/site.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { lockDepot } from '#server/store/site.ts'
import { insertNode, siteNode } from '#server/store/site-tree.ts'
import { ratingOf } from './change-node.ts'

const KINDS: readonly string[] = nodeKinds

/** A transformer, panel or circuit under a node. @throws Problem `not-found` for the parent, `invalid` for one that stands below it */
export async function addNode(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  input: z.output<NonNullable<(typeof addNodeDoor)['input']>>,
  actor: string,
): Promise<{ id: string }> {
  const { parentId, kind, volts, wiring, phases } = input
  const rating = ratingOf(input)
  const id = await ctx.db.prisma.$transaction(async (db) => {
    await lockDepot(db, depotId)
    const parent = await siteNode(db, depotId, parentId)
    if (!parent) throw problem('not-found', `There is no node "${parentId}" in this depot's tree.`, { parentId: 'Choose one of the list.' })
    // a panel may feed a panel, a circuit feeds chargers only
    const [above, own] = [parent.kind, kind].map((each) => KINDS.indexOf(each))
    if (own! < above! || parent.kind === 'circuit')
      throw problem('invalid', `A ${kind} cannot be fed by a ${parent.kind}.`, { parentId: `Not a ${parent.kind}.` })
    const nodeId = await insertNode(db, depotId, { ...rating, parentId, kind, volts, wiring, phases })
    const data = { ...rating, parentId, kind, volts, wiring, phases }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'node.added', subject: nodeId, data })
    return nodeId
  })
  ctx.wakes.replan(depotId, `${input.name} was added`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
  return { id }
}
