import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { addDepot as addDepotDoor } from '#lib/api/depot.ts'
import { problem } from '#lib/api/problem.ts'
import { isZone } from '#lib/time/zone.ts'
import { kilowatts } from '#lib/units/units.ts'
import type { Ctx } from '#server/runtime.ts'
import { insertDepot } from '#server/store/add-site.ts'
import { writeJournal } from '#server/store/journal.ts'

/** A depot with its service connection and cap. @throws Problem `invalid` for a zone or currency that does not exist */
export async function addDepot(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  input: z.output<NonNullable<(typeof addDepotDoor)['input']>>,
  actor: string,
): Promise<{ id: string }> {
  const { name, zone, capKw, volts, wiring, phases } = input
  if (!isZone(zone)) throw problem('invalid', `"${zone}" is not a time zone.`, { zone: 'Such as Europe/Berlin or America/Chicago.' })
  const currency = input.currency.toUpperCase()
  if (!Intl.supportedValuesOf('currency').includes(currency))
    throw problem('invalid', `"${input.currency}" is not a currency.`, { currency: 'Three letters, such as EUR or USD.' })
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
