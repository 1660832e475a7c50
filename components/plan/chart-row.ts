import type { PlanRow } from '#lib/api/plan.ts'
import { chargeToTarget } from '#lib/format/number.ts'
import type { PlanRow as ChartRow } from '../charts/plan-gantt.tsx'

/** A vehicle of the plan as the chart and the table take it. */
export const chartRow = (row: PlanRow): ChartRow => ({
  id: row.vehicleId,
  name: row.name,
  detail: chargeToTarget(row.socPct, row.targetPct),
  kind: row.mark,
  word: row.word,
  pluggedFrom: row.pluggedFrom,
  departsAt: row.departsAt,
  readyAt: row.readyAt,
  charged: row.charged,
  planned: row.planned,
  unconfirmed: row.unconfirmed,
  maxW: row.maxW,
  note: row.note,
})
