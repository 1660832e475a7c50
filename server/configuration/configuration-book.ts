import type { Measured } from '#lib/ocpp/quirks.ts'
import type { Ctx } from '../runtime.ts'
import { measuredOfChargers } from '../store/compatibility.ts'
import { type ChargerWrite, type RuledRow, ruledChargers, writeChargers } from '../store/configuration.ts'
import { freeFirst } from '../store/free-first.ts'
import { makeTogether } from '../store/together.ts'

/** Chargers as they are set up: what is read and written of those that are set up at the same time goes to the database together. */
export type ConfigurationBook = {
  /** The charger with its rules; undefined: it is retired or gone. */
  ruled(chargerId: string): Promise<RuledRow | undefined>
  /** What a compatibility check measured of its model. */
  measured(chargerId: string): Promise<Measured>
  write(write: ChargerWrite): Promise<unknown>
}

const NO_HURRY = { windowMs: 20 }

export function makeConfigurationBook({ db, clock }: Pick<Ctx, 'db' | 'clock'>): ConfigurationBook {
  return {
    ruled: makeTogether(async (ids: string[]) => {
      const rows = await ruledChargers(db.prisma, { id: { in: ids } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      // who changes what it was given changes nothing of another's
      return ids.map((id) => structuredClone(byId.get(id)))
    }, NO_HURRY),
    measured: makeTogether(async (ids: string[]) => {
      const measured = await measuredOfChargers(db.prisma, ids)
      return ids.map((id) => measured.get(id) ?? {})
    }, NO_HURRY),
    write: makeTogether(async (writes: ChargerWrite[]) => {
      await freeFirst(
        writes,
        ({ id }) => id,
        (rows, wait) => writeChargers(db.prisma, clock.now(), clock.real(), rows, wait),
      )
      return writes
    }, NO_HURRY),
  }
}
