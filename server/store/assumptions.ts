import type { Assumptions } from '#lib/fleet/assumptions.ts'
import { minutes } from '#lib/time/instant.ts'
import { wattHours } from '#lib/units/units.ts'
import type { Db } from './database.ts'

/** What a depot assumes of vehicles where nobody told it. Undefined: there is no such depot. */
export async function readAssumptions(db: Db, depotId: string): Promise<Assumptions | undefined> {
  const select = { guestWh: true, guestStayMin: true, unknownSocPct: true, noDutyMin: true } as const
  const row = await db.depot.findUnique({ where: { id: depotId }, select })
  if (!row) return undefined
  const { guestWh, guestStayMin, unknownSocPct, noDutyMin } = row
  return { guestWh: wattHours(guestWh), guestStayMs: minutes(guestStayMin), socPct: unknownSocPct, noDutyMs: minutes(noDutyMin) }
}

export const writeAssumptions = (db: Db, depotId: string, { guestWh, guestStayMs, socPct, noDutyMs }: Assumptions) =>
  db.depot.update({
    where: { id: depotId },
    data: {
      guestWh,
      guestStayMin: Math.round(guestStayMs / minutes(1)),
      unknownSocPct: socPct,
      noDutyMin: Math.round(noDutyMs / minutes(1)),
    },
  })
