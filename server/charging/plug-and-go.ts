import type { RecordedEvent } from '#lib/charging/event.ts'
import { type Instant, minutes, seconds } from '#lib/time/instant.ts'
import { vehiclesAt } from '../planning/vehicles-at.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { readSite } from '../store/site.ts'
import { lastSessionSince, readVehicles } from '../store/vehicle.ts'
import { startSession, whyNotStart } from './start-session.ts'

/** A driver with a card has this long to present it. */
const CARD_MS = seconds(10)
const AGAIN_MS = minutes(1)

/** Nobody meant these ends: the charger restarted under a vehicle (1.6 §7.36, reasons of StopTransaction). */
const BROKEN_OFF: ReadonlySet<string> = new Set(['SoftReset', 'HardReset', 'Reboot', 'PowerLoss'])

/**
 * In a plug-and-go depot a vehicle that is at home at the port it plugs into charges without a card: after a moment we start its session.
 * In every depot a vehicle whose session a restart of the charger broke off, and which is still plugged in, charges on.
 * Looked at when something is plugged in, and each minute for those that were missed.
 */
export function makePlugAndGo(ctx: Ctx): {
  recorded(events: RecordedEvent[]): void
  look(depotId: string, again?: boolean): Promise<void>
} {
  const tried = new Map<string, Instant>()

  async function look(depotId: string, again = false): Promise<void> {
    const now = ctx.clock.now()
    const site = await readSite(ctx.db.prisma, depotId)
    if (!site) return
    const vehicles = site.depot.plugAndGo ? await readVehicles(ctx.db.prisma, { depotId }) : []
    for (const port of site.ports) {
      if (port.status !== 'plugged' && port.status !== 'finishing') continue
      if (port.pluggedAt === undefined || now - port.pluggedAt < CARD_MS) continue
      if (site.sessions.some(({ portId }) => portId === port.id) || whyNotStart(ctx, site, port) !== undefined) continue
      if (now - (tried.get(port.id) ?? 0) < AGAIN_MS) continue
      const last = await lastSessionSince(ctx.db.prisma, port.id, port.pluggedAt)
      const brokenOff = last?.stopReason != null && BROKEN_OFF.has(last.stopReason)
      // whoever stopped its session meant it; `again`: that was "stop all", now lifted
      const begins = port.status === 'plugged' && (again || last === null)
      const vehicleId = brokenOff ? (last.vehicleId ?? undefined) : begins ? vehiclesAt(site, vehicles).get(port.id) : undefined
      if (vehicleId === undefined) continue
      tried.set(port.id, now)
      const answer = await startSession(ctx, { depotId, port, vehicleId })
      await writeJournal(ctx.db.prisma, ctx.clock, {
        depotId,
        actor: 'system',
        kind: brokenOff ? 'session.wentOn' : 'session.plugAndGo',
        subject: port.id,
        data: { vehicleId, answer: answer.kind },
      })
    }
  }

  return {
    look,
    recorded(events) {
      for (const event of events) {
        if (event.kind !== 'status' || event.status !== 'plugged') continue
        ctx.clock.after(CARD_MS + 500, () => {
          look(event.depotId).catch((error) => ctx.log.error({ err: error }, 'plug and go failed'))
        })
      }
    },
  }
}
