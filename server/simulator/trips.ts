import type { Instant, Interval } from '#lib/time/instant.ts'
import { addDays, localDay, localInstant, localParts, type Zone } from '#lib/time/zone.ts'

/** One drive: gone from `leavesAt` to `returnsAt`, `energyWh` of the battery used on the way. */
export type Trip = { vehicleId: string; leavesAt: Instant; returnsAt: Instant; energyWh: number; distanceM: number }

/** The same drive each week. `weekday` 1 (Monday) … 7 is the depot's day of leaving; a return not after the departure is the next day's. */
export type WeeklyDuty = { vehicleId: string; weekday: number; departs: string; returns: string; energyWh: number; distanceM: number }

/** The drives that leave within `[from, until)`, by the depot's own calendar. */
export function weeklyTrips(duties: readonly WeeklyDuty[], zone: Zone, { from, until }: Interval): Trip[] {
  const trips: Trip[] = []
  for (let day = localDay(from, zone); localInstant(day, '00:00', zone) < until; day = addDays(day, 1)) {
    const { weekday } = localParts(localInstant(day, '12:00', zone), zone)
    for (const { departs, returns, ...duty } of duties.filter((d) => d.weekday === weekday)) {
      const leavesAt = localInstant(day, departs, zone)
      const returnsAt = localInstant(returns > departs ? day : addDays(day, 1), returns, zone)
      if (leavesAt >= from && leavesAt < until)
        trips.push({ vehicleId: duty.vehicleId, energyWh: duty.energyWh, distanceM: duty.distanceM, leavesAt, returnsAt })
    }
  }
  return trips
}
