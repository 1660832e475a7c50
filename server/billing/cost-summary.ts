import type { OverviewView } from '#lib/api/overview.ts'
import { notFound } from '#lib/api/problem.ts'
import { costWithin } from '#lib/billing/period-cost.ts'
import { demandRate } from '#lib/energy/demand.ts'
import { earliest, type Instant, type Interval, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay, monthInterval } from '#lib/time/zone.ts'
import { monthPeak } from '../energy/month-peak.ts'
import type { Ctx } from '../runtime.ts'
import { costLinesBetween, firstSessionAt } from '../store/billing.ts'
import { depotZone, tariffInForce } from '../store/tariff.ts'

export type CostSummary = OverviewView['cost']

/**
 * Cost of energy today and this month (depot-local) until now, with the same span a week and a month before; the demand charge is what the
 * month's highest quarter hour costs so far. `perKwhMicro`: energy and demand of the month per kWh that has a price.
 */
export async function costSummary(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<CostSummary> {
  const db = ctx.db.prisma
  const depot = await depotZone(db, depotId)
  if (!depot) throw notFound('depot', depotId)
  const now = ctx.clock.now()
  const spans = spansAt(now, depot.zone)
  const [lines, first, tariff] = await Promise.all([
    costLinesBetween(ctx.db, depotId, earliest(spans.monthBefore.from, spans.todayBefore.from), now),
    firstSessionAt(db, depotId),
    tariffInForce(db, depotId, now),
  ])
  const today = costWithin(lines, spans.today)
  const month = costWithin(lines, spans.month)
  const money = (minor: number) => ({ minor, currency: depot.currency })
  const before = (span: Interval) => (first !== null && first < span.until ? money(costWithin(lines, span).amountMinor) : null)
  const demandMicro = demandRate(tariff, now, depot.zone)
  const peak = demandMicro > 0 ? await monthPeak(ctx, depotId, depot.zone) : null
  // micro per kW × W ÷ 1000 = micro; 10,000 micro are a minor unit
  const demand = peak ? Math.round((demandMicro * (peak.peakW ?? 0)) / 10_000_000) : null
  const pricedWh = month.energyWh - month.unpricedWh
  return {
    today: money(today.amountMinor),
    todayKwh: today.energyWh / 1000,
    month: money(month.amountMinor),
    monthKwh: month.energyWh / 1000,
    todayBefore: before(spans.todayBefore),
    monthBefore: before(spans.monthBefore),
    demand: demand === null ? null : money(demand),
    perKwhMicro: pricedWh > 0 ? Math.round(((month.amountMinor + (demand ?? 0)) * 10_000_000) / pricedWh) : null,
    unpricedKwh: month.unpricedWh / 1000,
    hasTariff: tariff !== null,
    estimated: today.estimated || month.estimated || (peak?.estimated ?? false),
  }
}

function spansAt(now: Instant, zone: string) {
  const day = localDay(now, zone)
  const today = dayInterval(day, zone)
  const month = monthInterval(now, zone)
  const lastMonth = monthInterval(plus(month.from, -1), zone)
  const upToNow = (from: Instant): Interval => ({ from, until: now })
  const sameSpan = (from: Instant, elapsed: number, last: Instant): Interval => ({ from, until: earliest(plus(from, elapsed), last) })
  return {
    today: upToNow(today.from),
    month: upToNow(month.from),
    todayBefore: sameSpan(dayInterval(addDays(day, -7), zone).from, now - today.from, today.from),
    monthBefore: sameSpan(lastMonth.from, now - month.from, lastMonth.until),
  }
}
