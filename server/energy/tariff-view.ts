import type { TariffView } from '#lib/api/tariff.ts'
import { clockChangeNote } from '#lib/energy/clock-changes.ts'
import { inSeason, type Tariff, windowsBetween } from '#lib/energy/tariff.ts'
import { gridOf } from '#lib/energy/tariff-grid.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import { localDay, type Zone } from '#lib/time/zone.ts'

/** A tariff as the screen shows it at `now`. */
export function tariffView(tariff: Tariff, now: Instant, zone: Zone): TariffView {
  const today = localDay(now, zone).slice(5)
  const { seasons, levels } = gridOf(tariff)
  const [current, ...ahead] = windowsBetween(tariff, now, plus(now, days(8)), zone)
  const next = ahead.find(({ window }) => window?.priceMicroPerKwh !== current?.window?.priceMicroPerKwh)
  const inForce = tariff.windows.filter((window) => inSeason(window, today))
  return {
    id: tariff.id,
    name: tariff.name,
    currency: tariff.currency,
    source: tariff.source,
    validFrom: tariff.validFrom,
    validUntil: tariff.validUntil,
    zone,
    seasons: seasons.map((season) => ({ ...season, current: inSeason({ seasonFrom: season.from, seasonUntil: season.until }, today) })),
    levels,
    demandMicroPerKw: Math.max(0, ...inForce.map(({ demandMicroPerKw }) => demandMicroPerKw)),
    windows: tariff.windows,
    dstNote: clockChangeNote(now, zone),
    now: current?.window ? { microPerKwh: current.window.priceMicroPerKwh, window: current.window.name, until: next?.from ?? null } : null,
  }
}
