import type { RecordedEvent } from '#lib/charging/event.ts'
import { type Instant, seconds } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { readVehicles, registerAt, vehiclesOfSessions, writeSoc } from '../store/vehicle.ts'

const EACH_MS = seconds(30)

/**
 * State of charge while charging: what the vehicle says through the meter, else what the meter's energy adds to the last known state.
 * Telematics overrides when newer; an older state never overwrites a newer one.
 */
export function makeSocEstimates(ctx: Ctx): (events: RecordedEvent[]) => Promise<void> {
  const estimated = new Map<number, Instant>()
  return async (events) => {
    const due = new Map<number, Metered>()
    for (const event of events) {
      if (event.kind === 'stopped' && event.session !== undefined) estimated.delete(event.session)
      if (event.kind !== 'metered' || event.late || event.session === undefined) continue
      const reading = event.readings.findLast(({ energyWh, socPct }) => energyWh !== undefined || socPct !== undefined)
      if (!reading || reading.at - (estimated.get(event.session) ?? 0) < EACH_MS) continue
      estimated.set(event.session, reading.at)
      due.set(event.session, reading)
    }
    if (due.size === 0) return
    const vehicles = await vehiclesOfSessions(ctx.db.prisma, [...due.keys()])
    for (const [sessionId, vehicleId] of vehicles) await estimate(ctx, sessionId, vehicleId, due.get(sessionId)!)
  }
}

type Metered = { at: Instant; energyWh?: number; socPct?: number }

async function estimate(ctx: Ctx, sessionId: number, vehicleId: string, reading: Metered): Promise<void> {
  const db = ctx.db.prisma
  const receivedAt = ctx.clock.now()
  const at = Math.min(reading.at, receivedAt) as Instant
  if (reading.socPct !== undefined) return void (await writeSoc(db, vehicleId, { socPct: reading.socPct, at, receivedAt, source: 'meter' }))
  const [vehicle] = await readVehicles(db, { id: vehicleId })
  if (!vehicle || vehicle.socPct === null || reading.energyWh === undefined) return
  const from = await registerAt(db, sessionId, vehicle.socAt ?? at)
  const addedWh = reading.energyWh - (from?.energyWh ?? reading.energyWh)
  if (addedWh <= 0) return
  const socPct = vehicle.socPct + (addedWh * vehicle.efficiencyPermille) / 10 / vehicle.batteryWh
  await writeSoc(db, vehicleId, { socPct, at, receivedAt, source: 'estimate' })
}
