import type { KpiTile } from '#lib/api/kpi.ts'
import { count, percent } from '#lib/format/number.ts'
import { ACK_TARGET_S, type CommandStamps, LATENCY_TARGET_S, latencyOf, type Measured, measure } from '#lib/kpi/latency.ts'
import { contains, type Instant, type Interval, instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { type CommandFigures, commandsBetween } from '../store/kpi-figures.ts'
import { daysOf, type KpiWindow, windowAt } from './window.ts'

export type MeasuredCommand = Measured & { row: CommandFigures; at: Instant }

/** Commands of a window of real time, oldest first, each with how it counts. */
export async function commandsIn(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  zone: Zone,
  window: KpiWindow,
): Promise<{ period: Interval; commands: MeasuredCommand[] }> {
  const realNow = ctx.clock.real()
  const period = windowAt(window, realNow, zone)
  const rows = await commandsBetween(ctx.db, depotId, period.from, period.until)
  return { period, commands: rows.map((row) => ({ ...measure(stamps(row), realNow), row, at: instant(row.t1) })) }
}

/** KPI 3 as a tile. Always real time: the demo's clock has no part in it. */
export async function latencyTile(ctx: Pick<Ctx, 'db' | 'clock'>, depot: { id: string; zone: Zone }, window: KpiWindow): Promise<KpiTile> {
  const { period, commands } = await commandsIn(ctx, depot.id, depot.zone, window)
  const result = latencyOf(commands)
  const status = result.n === 0 || (!result.enough && result.met) ? 'notEnoughData' : result.met ? 'met' : 'notMet'
  const finite = result.p95S !== null && Number.isFinite(result.p95S)
  const secondsText = (value: number | null) => (value === null ? '–' : Number.isFinite(value) ? value.toFixed(1) : '> 30')
  const fromReceipt = commands.filter(({ row }) => !row.t0FromSource).length
  return {
    id: 'latency',
    name: 'Command latency',
    value: finite ? result.p95S : null,
    text: result.p95S === null ? '–' : finite ? result.text : '> 30',
    unit: 's',
    target: `≤ ${LATENCY_TARGET_S} s`,
    status,
    statusWord: { met: 'Met', notMet: 'Not met', notEnoughData: 'Not enough data' }[status],
    mark: status === 'met' ? 'normal' : status === 'notMet' ? 'serious' : 'standby',
    n: result.n,
    interval: null,
    notes: [
      `p95 ${finite ? `${result.text} s` : result.text} · n ${count(result.n)}`,
      `p50 ${secondsText(result.p50S)} s · p99 ${secondsText(result.p99S)} s`,
      ...(result.successPct === null ? [] : [`${percent(result.successPct, 1)} succeeded`]),
      ...(result.ackP95S === null ? [] : [`accepted in ${result.ackP95S.toFixed(1)} s (p95, target ≤ ${ACK_TARGET_S})`]),
      ...(result.excluded > 0 ? [`${count(result.excluded)} superseded, without effect or refused by a rule`] : []),
      ...(result.ackOnly > 0 ? [`${count(result.ackOnly)} accepted, effect not measurable`] : []),
      ...(result.open > 0 ? [`${count(result.open)} open`] : []),
      ...(fromReceipt > 0 ? [`${count(fromReceipt)} from API receipt`] : []),
    ],
    provisional: null,
    trend: daysOf(period, depot.zone).map((day) => {
      const { p95S } = latencyOf(commands.filter(({ at }) => contains(day, at)))
      return { at: day.from, value: p95S !== null && Number.isFinite(p95S) ? p95S : null }
    }),
    freshAt: commands.at(-1)?.at ?? null,
    formula:
      '95th percentile of the real time from a command’s issue to its effect at the charger; a failed or unanswered command counts as endless.',
  }
}

const stamps = (row: MeasuredCommand['row']): CommandStamps => ({
  state: row.state as CommandStamps['state'],
  t0: instant(row.t0),
  t0FromSource: row.t0FromSource,
  t1: instant(row.t1),
  t5: row.t5 && instant(row.t5),
  t6: row.t6 && instant(row.t6),
})
