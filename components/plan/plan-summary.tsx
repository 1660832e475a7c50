'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { energyText, kilowattsText, powerText } from '#lib/format/energy.ts'
import { decimal, percent, withUnit } from '#lib/format/number.ts'
import { clockWithSeconds } from '#lib/format/time.ts'
import { qualityText } from '#lib/planning/quality-words.ts'
import { FactStrip } from '../ui/facts.tsx'
import { planMoney } from './money.ts'

/** What the plan achieves, what would happen without it, and how near to the best possible it is known to be. */
export function PlanSummary({ plan: { summary, site, madeAt, depot, stops } }: { plan: PlanView }) {
  const atRisk = summary.of - summary.ready
  const capW = Math.max(0, ...site.cap.map(({ powerW }) => powerW))
  const money = (micro: number) => planMoney(micro, depot.currency)
  return (
    <FactStrip
      facts={[
        {
          name: 'Ready on time',
          value: `${summary.ready} of ${summary.of}`,
          remark: atRisk > 0 ? `· ${atRisk} at risk` : summary.of > 0 ? '· all' : '· nobody leaves',
        },
        { name: 'Highest 15 min to come', value: powerText(summary.highestW), remark: peakText(summary, site.peakW, money) },
        {
          name: 'Energy to come',
          value: money(summary.costMicro),
          remark: `for ${energyText(summary.energyWh)}${summary.carbonKg === null ? '' : `, ${withUnit(decimal(summary.carbonKg, 0), 'kg')} CO₂`}`,
        },
        {
          name: 'Un-managed',
          value: money(summary.unmanagedCostMicro),
          remark: `${savedText(summary)}${powerText(summary.unmanagedW)}${overText(summary.unmanagedW, capW)}`,
        },
        {
          name: 'Plan quality',
          value: !summary.refined
            ? 'Safe, being refined'
            : summary.energyWh > 0
              ? qualityText(summary.gap)
              : (stops[0]?.what ?? 'Nothing to charge'),
          remark:
            madeAt === null
              ? '· not planned yet'
              : `· ${summary.lowerBoundMicro > 0 && summary.refined ? `no plan under ${money(summary.lowerBoundMicro)} · ` : ''}${clockWithSeconds(madeAt, depot.zone)}`,
        },
      ]}
    />
  )
}

const peakText = ({ highestW, newPeakMicro }: PlanView['summary'], peakW: number | null, money: (micro: number) => string): string => {
  if (peakW === null) return ''
  if (highestW <= peakW) return '· no new peak'
  return newPeakMicro >= 10_000 ? `· a new peak, ${money(newPeakMicro)} of the cost` : '· a new peak, not charged'
}

/** How far the site would be over its cap if nobody planned: `, cap exceeded 3.4×`. */
const overText = (unmanagedW: number, capW: number): string => {
  if (capW <= 0 || unmanagedW <= capW) return ''
  const times = unmanagedW / capW
  return times < 1.1 ? `, ${kilowattsText(unmanagedW - capW)} over the cap` : `, cap exceeded\u00a0${decimal(times, 1)}×`
}

/** The plan's cost against charging at once: `+19 %, `. */
const savedText = ({ costMicro, unmanagedCostMicro }: PlanView['summary']): string => {
  if (costMicro <= 0 || unmanagedCostMicro <= costMicro) return 'and '
  return `+${percent((unmanagedCostMicro / costMicro - 1) * 100)}, `
}
