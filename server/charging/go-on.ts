import type { PortStatus } from '#lib/charging/event.ts'
import { isPlugged } from '#lib/charging/port-status.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { stoppedSince } from '../store/session.ts'
import { readSite } from '../store/site.ts'
import { startSession, whyNotStart } from './start-session.ts'

/**
 * A stop was lifted: whose session it had ended, and who is still plugged in, charges on without a person at each bay.
 * `since`: when the stop began. Sessions that anybody else ended stay ended.
 */
export async function goOn(ctx: Ctx, depotId: string, since: Instant | undefined): Promise<{ reached: number; unreached: string[] }> {
  const site = await readSite(ctx.db.prisma, depotId)
  if (!site || since === undefined) return { reached: 0, unreached: [] }
  const busy = new Set(site.sessions.map(({ portId }) => portId))
  const stopped = await stoppedSince(ctx.db.prisma, depotId, since)
  const answers = await Promise.all(
    site.ports.flatMap((port): Promise<{ name: string; reached: boolean }>[] => {
      const last = stopped.find(({ portId }) => portId === port.id)
      if (!last?.vehicleId || busy.has(port.id) || isPlugged(port.status as PortStatus) !== true) return []
      const { name } = site.chargers.find(({ id }) => id === port.chargerId)!
      if (whyNotStart(ctx, site, port)) return [Promise.resolve({ name, reached: false })]
      const asked = startSession(ctx, { depotId, port, vehicleId: last.vehicleId })
      return [asked.then(({ kind }) => ({ name, reached: kind === 'accepted' }))]
    }),
  )
  return {
    reached: answers.filter(({ reached }) => reached).length,
    unreached: [...new Set(answers.filter(({ reached }) => !reached).map(({ name }) => name))],
  }
}
