import type { z } from 'zod'
import { notFound, problem } from '#lib/api/problem.ts'
import type { lowerLimit as door } from '#lib/api/site.ts'
import { momentOf } from '#lib/fleet/duty.ts'
import { limitText } from '#lib/format/energy.ts'
import { firmLimitW, type RatedNode, ratingOf } from '#lib/planning/firm-limit.ts'
import { days, type Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import { kilowatts } from '#lib/units/units.ts'
import type { Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { endLimitHours, insertLimitHours, limitHoursOf } from '#server/store/limit-hours.ts'
import { lockDepot } from '#server/store/site.ts'
import { siteNode } from '#server/store/site-tree.ts'
import { theDepot } from '../live/views.ts'

type Making = Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>
const LONGEST_MS = days(31)

/**
 * For some hours a node may carry less than else. The plan follows at once, and chargers hold the steps beforehand.
 * @throws Problem `not-found`; `invalid` for hours that are no hours ahead, and for more than the node carries
 */
export async function lowerLimit(
  ctx: Making,
  depotId: string,
  nodeId: string,
  { kw, from: begins, until: ends, reason }: z.output<NonNullable<(typeof door)['input']>>,
  actor: string,
): Promise<{ id: string }> {
  const { zone } = await theDepot(ctx, depotId)
  const now = ctx.clock.now()
  const from = begins === null ? now : momentIn(begins, 'from', zone)
  const until = momentIn(ends, 'until', zone)
  if (until <= from) throw problem('invalid', 'It ends before it begins.', { until: 'After the beginning.' })
  if (until <= now) throw problem('invalid', 'These hours are over already.', { until: 'In the past.' })
  if (until - from > LONGEST_MS)
    throw problem('invalid', 'At most 31 days. For longer, change the limit itself on the page Site.', { until: 'At most 31 days later.' })
  const hours = { nodeId, from, until, limitW: kilowatts(Math.round(kw * 1000) / 1000), reason, madeBy: actor }
  const { id, name } = await ctx.db.prisma.$transaction(async (db) => {
    await lockDepot(db, depotId)
    const node = await siteNode(db, depotId, nodeId)
    if (!node) throw notFound('node', nodeId)
    refuseHigher(node, hours.limitW)
    const made = await insertLimitHours(db, hours, now)
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'limit.lowered', subject: nodeId, data: { id: made, ...hours } })
    return { id: made, name: node.name }
  })
  ctx.wakes.replan(depotId, `the limit of ${name} was lowered for some hours`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
  return { id }
}

/** More than a node carries is a slip of the unit, or no lowered limit. */
function refuseHigher(node: RatedNode & { name: string }, limitW: number): void {
  const carriesW = firmLimitW(ratingOf(node))
  if (carriesW === undefined || limitW <= carriesW) return
  const text = limitText(carriesW)
  throw problem('invalid', `${node.name} carries ${text}: for hours a limit can be lowered only. A new one is set on the page Site.`, {
    limitW: `At most ${text}.`,
    kw: `At most ${text}.`,
  })
}

/** Ends such hours now, or takes them back before they begin. @throws Problem `not-found` */
export async function endLowerLimit(ctx: Making, depotId: string, id: string, actor: string): Promise<void> {
  const now = ctx.clock.now()
  const name = await ctx.db.prisma.$transaction(async (db) => {
    await lockDepot(db, depotId)
    const hours = await limitHoursOf(db, depotId, id)
    if (!hours || hours.until <= now) throw problem('not-found', 'These hours are over, or somebody has ended them: the usual limit holds.')
    await endLimitHours(db, hours, now)
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'limit.restored', subject: hours.nodeId, data: { before: hours } })
    return hours.node
  })
  ctx.wakes.replan(depotId, `the limit of ${name} is back`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
}

const momentIn = (text: string, field: string, zone: Zone): Instant => {
  const at = momentOf(text, zone)
  if (at === undefined)
    throw problem('invalid', `"${text}" is not a moment. Write 2026-11-24 06:30 in depot time.`, { [field]: 'Such as 2026-11-24 06:30.' })
  return at
}
