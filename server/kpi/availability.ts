import type { KpiTile } from '#lib/api/kpi.ts'
import { count, decimal, percent, signed } from '#lib/format/number.ts'
import { AVAILABILITY_TARGET, type Availability, availabilityOf, type Visit, visitsOf } from '#lib/kpi/availability.ts'
import { OUTCOMES, type Outcome } from '#lib/kpi/charge-request.ts'
import { classify } from '#lib/kpi/classify.ts'
import { contains, type Instant, type Interval, plus, seconds } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { RETRY_MS, type RequestRow, requestsBetween } from '../store/kpi.ts'
import { chargersOffline } from '../store/kpi-figures.ts'
import { daysOf } from './window.ts'

/** A visit with the stored rows of its attempts. */
export type VisitRows = Visit<RequestRow>

/** Visits whose clock began in the period, oldest first. What is not classed for good is classed as of now. */
export async function visitsIn(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  slaS: number,
  { from, until }: Interval,
  strict = false,
): Promise<VisitRows[]> {
  const now = ctx.clock.now()
  const sla = seconds(slaS)
  // a visit that began before the period, and one whose retry comes after it, stay whole
  const rows = await requestsBetween(ctx.db, depotId, plus(from, -RETRY_MS), plus(until, RETRY_MS))
  const attempts = rows.map((row) => ({ ...row, outcome: row.outcome ?? classify(row, now, sla)?.outcome ?? null }))
  return visitsOf(attempts, sla, now, strict)
    .filter(({ requestedAt }) => requestedAt >= from && requestedAt < until)
    .sort((a, b) => a.requestedAt - b.requestedAt)
}

/** KPI 1 as a tile. */
export async function availabilityTile(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  depot: { id: string; zone: Zone; slaS: number },
  period: Interval,
): Promise<KpiTile> {
  const span = period.until - period.from
  const all = await visitsIn(ctx, depot.id, depot.slaS, { from: plus(period.from, -span), until: period.until })
  const visits = all.filter(({ requestedAt }) => requestedAt >= period.from)
  const result = availabilityOf(visits)
  const before = availabilityOf(all.filter(({ requestedAt }) => requestedAt < period.from))
  const status = !result.enough ? 'notEnoughData' : result.met ? 'met' : 'notMet'
  return {
    id: 'availability',
    name: 'Charge availability',
    value: result.value,
    text: result.eligible === 0 ? '–' : rateText(result.successes, result.eligible),
    unit: '%',
    target: `≥ ${percent(AVAILABILITY_TARGET, 1)}`,
    status,
    statusWord: { met: 'Met', notMet: 'Not met', notEnoughData: 'Not enough data' }[status],
    mark: status === 'notMet' ? 'serious' : result.excludedAlarm ? 'caution' : status === 'met' ? 'normal' : 'standby',
    n: result.eligible,
    interval: result.interval,
    notes: notesOf(result, before),
    provisional: await provisional(ctx, depot.id),
    trend: daysOf(period, depot.zone).map((day) => ({
      at: day.from,
      value: availabilityOf(visits.filter(({ requestedAt }) => contains(day, requestedAt))).value,
    })),
    freshAt: visits.at(-1)?.requestedAt ?? null,
    formula: `Visits that got energy (or the plan's promise of it) within ${depot.slaS} s of being plugged in and asked for, per 100 visits without exclusions. Retries within 15 min are one visit.`,
  }
}

function notesOf(result: Availability, before: Availability): string[] {
  const range = result.interval ? ` · ${result.interval.map((value) => decimal(value, 1)).join('–')}` : ''
  const failures = (Object.entries(result.byOutcome) as [Outcome, number][])
    .filter(([outcome]) => OUTCOMES[outcome].counts === 'failure')
    .sort(([x, a], [y, b]) => b - a || x.localeCompare(y))
  return [
    `n ${count(result.eligible)}${range}`,
    `${count(result.excluded)} excluded (${percent(100 * result.excludedShare, 1)})${result.excludedAlarm ? ': more than 5 %' : ''}`,
    ...(result.first === null ? [] : [`first try ${percent(result.first, 1)}`]),
    ...(failures.length === 0
      ? []
      : [`failures: ${failures.map(([outcome, n]) => `${n} ${OUTCOMES[outcome].words.toLowerCase()}`).join(', ')}`]),
    ...(result.open === 0 ? [] : [`${count(result.open)} open`]),
    ...(before.enough && result.enough ? [`${signed(result.value! - before.value!, 1)} against the period before`] : []),
  ]
}

/** Rounded down: 97.96 is not written 98.0. */
const rateText = (successes: number, of: number): string => decimal(Math.floor((1000 * successes) / of) / 10, 1)

/** Chargers that cannot be reached may hold starts back that count; after a week they are counted as they are. */
async function provisional(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<string | null> {
  const offline = await chargersOffline(ctx.db.prisma, depotId, plus(ctx.clock.now(), -seconds(7 * 86_400)) as Instant)
  return offline === 0 ? null : `provisional (${offline} ${offline === 1 ? 'charger' : 'chargers'} offline)`
}
