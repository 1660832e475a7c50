import { problem } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { holdersOf, idsAmong, insertChargers, nodeOfDepot } from '#server/store/add-site.ts'
import { writeJournal } from '#server/store/journal.ts'
import { giveIdentityUp, newChargersOf } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'
import { refuseTakenBays } from './bay-check.ts'
import { type ChargerInput, newCharger } from './new-charger.ts'

/**
 * Adds a charger with its ports to a node of the site tree, or adopts one that knocks: always with a new key, told once. The identity of
 * a retired charger may be used again; the old one's books stay under its name.
 * @returns its id and the key. @throws Problem `not-found` for the node, `conflict` when the identity or the bay is in use, `invalid` for a port too
 * small or a key too weak
 */
export async function addCharger(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  input: ChargerInput,
  actor: string,
): Promise<{ chargerId: string; key: string }> {
  const { prisma } = ctx.db
  const { identity, nodeId } = input
  if (!(await nodeOfDepot(prisma, depotId, nodeId))) throw problem('not-found', `There is no node "${nodeId}" in this depot's tree.`)
  const registration = input.registration ?? (await newChargersOf(prisma, depotId))
  const { rows, key } = newCharger(depotId, input, registration)
  await prisma.$transaction(async (db) => {
    // who decides about power counts its nameplate from the next decision on
    await lockDepot(db, depotId)
    const [holder] = await holdersOf(db, [identity])
    if (holder && holder.retiredAt === null)
      throw problem('conflict', `A charger "${identity}" exists. Give it a new key instead.`, { identity: 'In use.' })
    if ((await idsAmong(db, [identity])).length > 0)
      throw problem('conflict', `"${identity}" is the id of another charger: calls could not tell them apart. Choose another identity.`, {
        identity: ID_OF_ANOTHER,
      })
    const bays = rows.ports.map(({ bay }) => bay)
    await refuseTakenBays(db, depotId, bays, 'bay')
    if (holder) await giveIdentityUp(db, holder.id, identity)
    await insertChargers(db, [rows], new Date(ctx.clock.now()))
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.added', subject: rows.charger.id, data: journalled(rows) })
  })
  return { chargerId: rows.charger.id, key }
}

/** Calls name a charger by its id or its identity: what is meant for one must not go to another. */
export const ID_OF_ANOTHER = 'The id of another charger.'

/** What the journal tells of a new charger: everything but its key. */
export const journalled = ({ charger, ports }: ReturnType<typeof newCharger>['rows']): Record<string, unknown> => {
  const { identity, name, nodeId, registration, groupName, pinnedProtocol, registeredSerial } = charger
  const [first] = ports
  return {
    identity,
    name,
    nodeId,
    registration,
    ...(groupName === null ? {} : { groupName }),
    ...(pinnedProtocol === null ? {} : { pinnedProtocol }),
    ...(registeredSerial === null ? {} : { registeredSerial }),
    ports: ports.map(({ number, bay }) => ({ number, bay })),
    maxW: first?.maxW,
    minW: first?.minW,
  }
}
