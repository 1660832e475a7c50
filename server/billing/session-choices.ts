import type { z } from 'zod'
import type { getSessionChoices } from '#lib/api/session.ts'
import type { Ctx } from '../runtime.ts'
import { sessionChargers, sessionVehicles } from '../store/session-choices.ts'

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, 'en', { numeric: true })

/** What sessions can be filtered by; a charger out of service stays, its sessions are still there. */
export async function sessionChoices(ctx: Pick<Ctx, 'db'>, depotId: string): Promise<z.infer<typeof getSessionChoices.output>> {
  const [vehicles, chargers] = await Promise.all([sessionVehicles(ctx.db.prisma, depotId), sessionChargers(ctx.db.prisma, depotId)])
  return { vehicles: vehicles.sort(byName), chargers: chargers.sort(byName) }
}
