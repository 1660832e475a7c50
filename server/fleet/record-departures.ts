import { requiredWh } from '#lib/fleet/need.ts'
import { instant, minutes } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { departedDuties, writeDutyOutcome } from '../store/duty.ts'

/** A state of charge older than this says nothing about a departure. */
const FRESH_MS = minutes(120)
/** Rounding of gauges is no shortfall. */
const ROUNDING_PCT = 1

/** Writes down for each duty whose departure has come whether its vehicle was ready. */
export async function recordDepartures(ctx: Ctx, depotId: string): Promise<void> {
  const now = ctx.clock.now()
  for (const duty of await departedDuties(ctx.db.prisma, depotId, now)) {
    const { vehicle } = duty
    const departsAt = instant(duty.departsAt)
    const socAt = vehicle.socAt ? instant(vehicle.socAt) : undefined
    // a full vehicle that stands plugged in says nothing new for hours; one without any word is unknown
    const known = vehicle.socPct !== null && socAt !== undefined && (departsAt - socAt <= FRESH_MS || vehicle.socSource !== 'telematics')
    if (!known) {
      await writeDutyOutcome(ctx.db.prisma, duty.id, 'unknown', vehicle.socPct)
      continue
    }
    const mustPct = (requiredWh(vehicle, duty) / vehicle.batteryWh) * 100
    await writeDutyOutcome(ctx.db.prisma, duty.id, vehicle.socPct! >= mustPct - ROUNDING_PCT ? 'ready' : 'short', vehicle.socPct)
  }
}
