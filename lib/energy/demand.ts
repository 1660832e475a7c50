import type { DemandCharge } from '#lib/planning/input.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import { localDay, monthInterval, type Zone } from '#lib/time/zone.ts'
import type { Watts } from '#lib/units/units.ts'
import { inSeason, type Tariff, windowsBetween } from './tariff.ts'

/** Millionths of the currency per kW of the month's highest quarter hour, in the season of a moment; 0 without a demand charge. */
export function demandRate(tariff: Pick<Tariff, 'windows'> | null, at: Instant, zone: Zone): number {
  const monthDay = localDay(at, zone).slice(5)
  const rates = (tariff?.windows ?? []).filter((window) => inSeason(window, monthDay)).map(({ demandMicroPerKw }) => demandMicroPerKw)
  return Math.max(0, ...rates)
}

/**
 * What a plan pays for peaks: one charge for each depot-local month that its slots reach into, in the slots whose window has a demand charge.
 * This month's peak so far is paid for already; the next month begins at nothing.
 */
export function demandCharges(
  tariff: Pick<Tariff, 'windows'> | null,
  { from, slotMinutes, slots }: { from: Instant; slotMinutes: number; slots: number },
  zone: Zone,
  peakSoFarW: Watts,
): DemandCharge[] {
  if (!tariff) return []
  const slotMs = minutes(slotMinutes)
  const until = (from + slots * slotMs) as Instant
  const charges: DemandCharge[] = []
  for (let month = monthInterval(from, zone); month.from < until; month = monthInterval(month.until, zone)) {
    const first = Math.max(from, month.from) as Instant
    const microPerKw = demandRate(tariff, first, zone)
    const charged = new Array<boolean>(slots).fill(false)
    for (const part of windowsBetween(tariff, first, Math.min(until, month.until) as Instant, zone))
      if ((part.window?.demandMicroPerKw ?? 0) > 0)
        charged.fill(true, Math.floor((part.from - from) / slotMs), Math.ceil((part.until - from) / slotMs))
    if (microPerKw > 0 && charged.includes(true))
      charges.push({ microPerKw, slots: charged, peakSoFarW: charges.length === 0 && month.from <= from ? peakSoFarW : (0 as Watts) })
  }
  return charges
}
