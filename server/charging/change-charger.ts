import { notFound, problem } from '#lib/api/problem.ts'
import type { ChargerChange } from '#lib/api/provisioning.ts'
import { kilowatts } from '#lib/units/units.ts'
import { checkRoom, refuseOver } from '#server/planning/room-check.ts'
import { checkTree, refuseWorse } from '#server/planning/tree-check.ts'
import type { Ctx } from '#server/runtime.ts'
import { nodeOfDepot } from '#server/store/add-site.ts'
import { lowerPort } from '#server/store/charger-ports.ts'
import type { Db } from '#server/store/database.ts'
import { writeJournal } from '#server/store/journal.ts'
import { type ChargerFacts, type ProvisionedCharger, provisionedCharger, updateCharger } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'

/**
 * Changes what a person says of a charger; what is left out stays. Another place in the tree, or another power, passes the tree's check
 * and the envelope's; ports that could give more than the whole charger are lowered with it. @returns whether its socket must be opened anew for it
 * @throws Problem `not-found`, `invalid`, `conflict` when it is retired or the site has no room
 */
export async function changeCharger(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId }: { depotId: string; chargerId: string },
  { maxKw, group, ...given }: ChargerChange,
  actor: string,
): Promise<{ drop: boolean }> {
  return ctx.db.prisma.$transaction(
    async (db) => {
      await lockDepot(db, depotId)
      const charger = await theCharger(db, depotId, chargerId)
      const facts: ChargerFacts = {
        ...given,
        ...(group === undefined ? {} : { groupName: group }),
        ...(maxKw === undefined ? {} : { maxW: kilowatts(maxKw) }),
      }
      if (given.nodeId !== undefined && !(await nodeOfDepot(db, depotId, given.nodeId)))
        throw problem('not-found', `There is no node "${given.nodeId}" in this depot's tree.`, { nodeId: 'Choose one of the list.' })
      const changed = changes(charger, facts)
      if (Object.keys(changed.after).length === 0) return { drop: false }
      const now = ctx.clock.now()
      if ('nodeId' in changed.after || 'maxW' in changed.after) {
        const tree = await checkTree(db, depotId, now)
        const room = await checkRoom(db, depotId, now)
        await updateCharger(db, chargerId, facts)
        await lowerPorts(db, charger, facts.maxW ?? charger.maxW)
        refuseWorse(tree, await checkTree(db, depotId, now))
        refuseOver(room, await checkRoom(db, depotId, now), `With ${charger.name} there`)
      } else await updateCharger(db, chargerId, facts)
      await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.changed', subject: chargerId, data: changed })
      return { drop: 'pinnedProtocol' in changed.after || 'lenient' in changed.after }
    },
    { timeout: 20_000 },
  )
}

/** No port gives more than its charger as a whole. @throws Problem `invalid` when a port's least current is more than that */
async function lowerPorts(db: Db, { ports }: ProvisionedCharger, maxW: number): Promise<void> {
  const least = ports.find(({ minW }) => minW > maxW)
  if (least)
    throw problem(
      'invalid',
      `maxKw: port ${least.number} begins at ${least.minW / 1000} kW. Give at least that, or change the port first.`,
      {
        maxKw: `At least ${least.minW / 1000} kW.`,
      },
    )
  for (const port of ports) if (port.maxW > maxW) await lowerPort(db, port.id, maxW)
}

/** @throws Problem `not-found`, `conflict` for a retired one */
export async function theCharger(db: Db, depotId: string, chargerId: string): Promise<ProvisionedCharger> {
  const charger = await provisionedCharger(db, depotId, chargerId)
  if (!charger) throw notFound('charger', chargerId)
  if (charger.retiredAt) throw problem('conflict', `${charger.name} is retired. Restore it first.`)
  return charger
}

function changes(charger: ProvisionedCharger, facts: ChargerFacts) {
  const before: Record<string, unknown> = {}
  const after: Record<string, unknown> = {}
  for (const key of Object.keys(facts) as (keyof ChargerFacts)[]) {
    if (facts[key] === undefined || facts[key] === charger[key]) continue
    before[key] = charger[key]
    after[key] = facts[key]
  }
  return { before, after }
}
