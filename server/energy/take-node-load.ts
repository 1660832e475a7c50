import type { z } from 'zod'
import { notFound, problem } from '#lib/api/problem.ts'
import type { putNodeLoad } from '#lib/api/v1-site.ts'
import { instant, minutes } from '#lib/time/instant.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import type { Runtime } from '#server/runtime.ts'
import { depotOfNode } from '#server/store/charger-site.ts'
import { writeMeasuredLoad } from '#server/store/measured-load.ts'

/** A meter's clock may be ahead by so much; a measurement from the future would shut out every later one. */
const AHEAD_MS = minutes(2)
/** An older one says nothing of what is drawn now. */
const OLD_MS = minutes(15)

/**
 * A measurement of a site's meter: the load that nobody steers, at a node. The gateway looks at it every ten seconds and makes room for what
 * is more than foreseen (server/planning/base-load-watch.ts).
 * @throws Problem `not-found`; `invalid` for a moment that is in the future or long past
 */
export async function takeNodeLoad(
  { ctx, who }: { ctx: Pick<Runtime, 'db' | 'clock'>; who: Who },
  nodeId: string,
  { at, powerW, amperes }: z.output<NonNullable<(typeof putNodeLoad)['input']>>,
): Promise<z.output<(typeof putNodeLoad)['output']>> {
  const depotId = await depotOfNode(ctx.db.prisma, nodeId)
  if (depotId === undefined || !seesDepot(who, depotId)) throw notFound('node', nodeId)
  const measuredAt = instant(at)
  const now = ctx.clock.now()
  if (measuredAt > now + AHEAD_MS)
    throw problem('invalid', 'at: this moment is in the future. Check the clock of the meter.', { at: 'In the future.' })
  if (measuredAt < now - OLD_MS)
    throw problem('invalid', 'at: this moment is long past. Send what is measured now; the history is not taken here.', {
      at: 'Long past.',
    })
  const phasesMa = amperes ? [amperes.l1, amperes.l2, amperes.l3].map((each) => Math.ceil(each * 1000)) : []
  const stored = await writeMeasuredLoad(ctx.db.prisma, nodeId, { powerW, phasesMa, measuredAt })
  return { nodeId, stored, reason: stored ? null : 'A newer measurement is known.' }
}
