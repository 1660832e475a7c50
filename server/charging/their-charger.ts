import { notFound, problem } from '#lib/api/problem.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import type { Ctx } from '#server/runtime.ts'
import { plainIdentity } from '#server/store/provisioning.ts'
import { chargerByName } from '#server/store/v1-charger.ts'

/**
 * A charger by our id or its identity, if it is of a depot that they may see. What is not theirs is answered in the same words as what is
 * not there. Retired ones are theirs too: their books stay. @throws Problem `not-found`
 */
export async function theirCharger(
  { db }: Pick<Ctx, 'db'>,
  who: Who,
  name: string,
): Promise<{ id: string; identity: string; depotId: string; retired: boolean }> {
  const charger = await chargerByName(db.prisma, name)
  if (!charger || !seesDepot(who, charger.depotId)) throw notFound('charger', name)
  const { retiredAt, ...known } = charger
  return { ...known, retired: retiredAt !== null }
}

/** One that can be asked to do something. @throws Problem `not-found`, `conflict` for a retired one */
export async function theirChargerInService(
  ctx: Pick<Ctx, 'db'>,
  who: Who,
  name: string,
): Promise<{ id: string; identity: string; depotId: string }> {
  const { retired, ...charger } = await theirCharger(ctx, who, name)
  if (retired) throw problem('conflict', `${plainIdentity(charger.identity)} is retired. Restore it first.`)
  return charger
}
