'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { energyText, kilowattsText, powerText } from '#lib/format/energy.ts'
import { moneyText } from '#lib/format/money.ts'
import { clockWithSeconds } from '#lib/format/time.ts'
import { qualityText } from '#lib/planning/quality-words.ts'
import { FactStrip } from '../ui/facts.tsx'

/** Money in the plan is in millionths of the currency's unit; the glass shows hundredths. */
const money = (micro: number, currency: string) => moneyText(Math.round(micro / 10_000), currency)

/** What the plan achieves, and what would happen without it. */
export function PlanSummary({ plan: { summary, site, madeAt, depot } }: { plan: PlanView }) {
  const atRisk = summary.of - summary.ready
  const capW = Math.max(0, ...site.cap.map(({ powerW }) => powerW))
  const over = summary.unmanagedW - capW
  const newPeak = site.peakW !== null && summary.highestW > site.peakW
  return (
    <FactStrip
      facts={[
        { name: 'Ready on time', value: `${summary.ready} of ${summary.of}`, remark: atRisk > 0 ? `· ${atRisk} at risk` : '· all' },
        {
          name: 'Highest 15 min to come',
          value: powerText(summary.highestW),
          remark: site.peakW === null ? '' : newPeak ? '· a new peak' : '· no new peak',
        },
        { name: 'Energy to come', value: money(summary.costMicro, depot.currency), remark: `for ${energyText(summary.energyWh)}` },
        {
          name: 'Un-managed',
          value: money(summary.unmanagedCostMicro, depot.currency),
          remark: `and ${powerText(summary.unmanagedW)}${over > 0 ? `, ${kilowattsText(over)} over the cap` : ''}`,
        },
        {
          name: 'Plan quality',
          value: qualityText(summary.gap),
          remark: madeAt === null ? '· not planned yet' : `· ${clockWithSeconds(madeAt, depot.zone)}`,
        },
      ]}
    />
  )
}
