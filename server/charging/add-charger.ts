import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { addCharger as addChargerDoor } from '#lib/api/charger.ts'
import { problem } from '#lib/api/problem.ts'
import { amperes, type Circuit, kilowatts, powerAt } from '#lib/units/units.ts'
import { newChargerKey } from '#server/ocpp/key.ts'
import type { Ctx } from '#server/runtime.ts'
import { chargerTaken, insertCharger, nodeOfDepot } from '#server/store/add-site.ts'
import { writeJournal } from '#server/store/journal.ts'

/**
 * Adds a charger with its ports to a node of the site tree, or adopts one that knocks: always with a new key, told once.
 * @returns its id and the key. @throws Problem `not-found` for the node, `conflict` when the identity is taken, `invalid` for a port too small
 */
export async function addCharger(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  input: z.output<NonNullable<(typeof addChargerDoor)['input']>>,
  actor: string,
): Promise<{ chargerId: string; key: string }> {
  const { identity, name, nodeId, ports, maxKw, minA, volts, phases, wiring, bay } = input
  if (!(await nodeOfDepot(ctx.db.prisma, depotId, nodeId))) throw problem('not-found', `There is no node "${nodeId}" in this depot's tree.`)
  const circuit: Circuit = { volts, wiring, phases }
  const maxW = kilowatts(maxKw)
  const minW = powerAt(amperes(minA), circuit)
  if (minW > maxW)
    throw problem('invalid', `maxKw: ${minA} A are already ${minW / 1000} kW here.`, { maxKw: 'Less than the least current gives.' })
  const chargerId = randomUUID()
  const { key, keyHash } = newChargerKey()
  await ctx.db.prisma.$transaction(async (db) => {
    if (await chargerTaken(db, identity)) throw problem('conflict', `A charger "${identity}" exists. Give it a new key instead.`)
    await insertCharger(db, {
      charger: { id: chargerId, depotId, nodeId, identity, name, maxW, keyHash, at: new Date(ctx.clock.now()) },
      ports: Array.from({ length: ports }, (_, i) => ({
        id: randomUUID(),
        number: i + 1,
        bay: ports === 1 ? bay : `${bay}-${i + 1}`,
        maxW,
        minW,
        phases,
        volts,
        wiring,
      })),
    })
    const data = { identity, name, nodeId, ports, maxW, minW }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.added', subject: chargerId, data })
  })
  return { chargerId, key }
}
