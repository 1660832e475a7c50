import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { addDepot as addDepotDoor } from '#lib/api/depot.ts'
import { kilowatts } from '#lib/units/units.ts'
import type { Ctx } from '#server/runtime.ts'
import { insertDepot } from '#server/store/add-site.ts'
import { writeJournal } from '#server/store/journal.ts'

/** A depot with its service connection and cap. */
export async function addDepot(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  input: z.output<NonNullable<(typeof addDepotDoor)['input']>>,
  actor: string,
): Promise<{ id: string }> {
  const { name, zone, capKw, volts, wiring, phases } = input
  const currency = input.currency.toUpperCase()
  const id = randomUUID()
  const limitW = kilowatts(capKw)
  await ctx.db.prisma.$transaction(async (db) => {
    await insertDepot(db, {
      id,
      name,
      zone,
      currency,
      at: new Date(ctx.clock.now()),
      node: { id: randomUUID(), limitW, volts, wiring, phases },
    })
    await writeJournal(db, ctx.clock, { depotId: id, actor, kind: 'depot.added', subject: id, data: { name, zone, currency, limitW } })
  })
  return { id }
}
