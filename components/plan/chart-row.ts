import type { PlanRow, PlanView } from '#lib/api/plan.ts'
import type { PreviewRow, WhatIfView } from '#lib/api/what-if.ts'
import { energyText } from '#lib/format/energy.ts'
import { chargeToTarget } from '#lib/format/number.ts'
import { nearText } from '#lib/format/time.ts'
import type { PlanRow as ChartRow } from '../charts/plan-gantt.tsx'
import type { Step } from '../charts/time-axis.ts'

/** How full it is and is to be; of a guest only what it is taken to need. */
export const chargeText = ({ socPct, targetPct, needWh }: PlanRow): string =>
  targetPct === null ? `needs ${energyText(needWh)}, assumed` : chargeToTarget(socPct, targetPct)

/** A vehicle of the plan as the chart and the table take it. */
export const chartRow = (row: PlanRow): ChartRow => ({
  id: row.vehicleId,
  name: row.name,
  detail: chargeText(row),
  kind: row.missingWh > 0 ? 'serious' : row.mark,
  word: row.word,
  pluggedFrom: row.pluggedFrom,
  departsAt: row.departsAt,
  readyAt: row.readyAt,
  charged: row.charged,
  planned: row.planned,
  unconfirmed: row.unconfirmed,
  maxW: row.maxW,
  note: row.note,
  label: labelOf(row),
})

/** So many letters have room beside a flag. */
const SHORT = 34

/** A chart tells that something is wrong, and the panel beside it what. */
const labelOf = ({ missingWh, note, word }: PlanRow): string | null => {
  if (missingWh > 0) return `${energyText(missingWh)} short`
  if (note === null || note.length <= SHORT) return note
  const [first = ''] = note.split('. ')
  return first.length <= SHORT ? first : word
}

/** The vehicles of a preview: supposed ones, then those of the plan in force in its order, whose hours stand behind those that it changes. */
export function previewRows(plan: PlanView, preview: WhatIfView): ChartRow[] {
  const tried = new Map(preview.rows.map((row) => [row.vehicleId, row]))
  const known = plan.rows.map((row): ChartRow => {
    const mine = tried.get(row.vehicleId)
    if (!mine) return chartRow(row)
    const isShort = mine.missingWh > 0
    return {
      ...chartRow(row),
      kind: isShort ? 'serious' : row.missingWh > 0 ? 'normal' : row.mark,
      departsAt: row.departsAt === null ? null : mine.departsAt,
      readyAt: mine.readyAt,
      planned: mine.planned,
      note: noteOf(mine, row, (at) => nearText(at, plan.clock.now, plan.depot.zone)),
      label: undefined,
      ...(mine.effect && { before: row.planned }),
    }
  })
  const supposed = preview.rows.filter((row) => row.supposed).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  return [...supposed.map((row) => supposedRow(row)), ...known]
}

const noteOf = (mine: PreviewRow, row: PlanRow, near: (at: number) => string): string | null => {
  if (mine.missingWh > 0) return `${energyText(mine.missingWh)} short`
  if (mine.effect === 'ready') return mine.readyAt === null ? 'ready' : `ready ${near(mine.readyAt)}`
  if ((mine.effect === 'readyLater' || mine.effect === 'readyEarlier') && mine.readyAt !== null && row.readyAt !== null)
    return `ready ${near(mine.readyAt)}, was ${near(row.readyAt)}`
  return row.missingWh > 0 ? null : row.note
}

const supposedRow = (row: PreviewRow): ChartRow => ({
  id: row.vehicleId,
  name: row.name,
  detail: energyText(row.needWh),
  kind: row.missingWh > 0 ? 'serious' : 'standby',
  word: 'Supposed',
  pluggedFrom: row.arrivesAt,
  departsAt: row.departsAt,
  readyAt: row.readyAt,
  charged: [],
  planned: row.planned,
  unconfirmed: true,
  maxW: row.maxW,
  note: row.missingWh > 0 ? `${energyText(row.missingWh)} short` : null,
})

/** The site's power with a preview: as measured and planned up to its first slot, then as it would be. */
export function previewSite(plan: PlanView, preview: WhatIfView): Pick<PlanView['site'], 'cap' | 'base' | 'vehicles'> {
  const begins = preview.site.cap[0]?.from ?? plan.until
  const spliced = (before: readonly Step[], after: readonly Step[]): Step[] => [...before.filter(({ from }) => from < begins), ...after]
  const after = (steps: readonly Step[]): Step[] => steps.filter(({ from }) => from > (preview.site.cap.at(-1)?.from ?? 0))
  return {
    cap: spliced(plan.site.cap, [...preview.site.cap, ...after(plan.site.cap)]),
    base: spliced(plan.site.base, [...preview.site.base, ...after(plan.site.base)]),
    vehicles: spliced(plan.site.vehicles, [...preview.site.vehicles, ...after(plan.site.vehicles)]),
  }
}

/** A preview may look further ahead than the plan: to its last slot, with room for a flag. */
export const previewUntil = (plan: PlanView, preview: WhatIfView): number =>
  Math.max(plan.until, (preview.site.cap.at(-1)?.from ?? plan.from) + 3_600_000)
