import type { z } from 'zod'
import { notFound } from '#lib/api/problem.ts'
import type { postLimitHours } from '#lib/api/v1-site.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import type { Runtime } from '#server/runtime.ts'
import { depotOfNode } from '#server/store/charger-site.ts'
import { depotOfLimitHours } from '#server/store/limit-hours.ts'
import { endLowerLimit, lowerLimit } from './lower-limit.ts'

type Asking = { ctx: Runtime; who: Who }

/** A grid event from another system. @throws Problem `not-found`, `invalid` */
export async function takeLimitHours(
  { ctx, who }: Asking,
  nodeId: string,
  { limitW, from, until, reason }: z.output<NonNullable<(typeof postLimitHours)['input']>>,
): Promise<{ id: string }> {
  const depotId = await depotOfNode(ctx.db.prisma, nodeId)
  if (depotId === undefined || !seesDepot(who, depotId)) throw notFound('node', nodeId)
  return lowerLimit(ctx, depotId, nodeId, { kw: limitW / 1000, from: from ?? null, until, reason: reason ?? null }, who.actor)
}

/** A grid event was cancelled. @throws Problem `not-found` */
export async function cancelLimitHours({ ctx, who }: Asking, id: string): Promise<void> {
  const depotId = await depotOfLimitHours(ctx.db.prisma, id)
  if (depotId === undefined || !seesDepot(who, depotId)) throw notFound('lowered limit', id)
  return endLowerLimit(ctx, depotId, id, who.actor)
}
