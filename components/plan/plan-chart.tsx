'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { ChartScroll } from '../charts/chart-scroll.tsx'
import { PlanGantt } from '../charts/plan-gantt.tsx'
import { PriceRibbon } from '../charts/price-ribbon.tsx'
import { SitePower } from '../charts/site-power.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Key } from '../ui/key.tsx'
import { chartRow } from './chart-row.ts'

/** Vehicles, price and the site's power on one time axis, aligned to the pixel. */
export function PlanChart({ plan, selected, choose }: { plan: PlanView; selected: string | null; choose: (id: string) => void }) {
  const now = useDepotNow(15_000)
  const axis = { from: plan.from, until: plan.until, now, zone: plan.depot.zone }
  return (
    <ChartScroll label="Plan by vehicle, price and power of the site">
      <PlanGantt {...axis} rows={plan.rows.map(chartRow)} selected={selected} onSelect={choose} />
      <PriceRibbon {...axis} prices={plan.prices} currency={plan.depot.currency} />
      <SitePower
        {...axis}
        {...plan.site}
        gutters={{ left: 156, right: 44 }}
        capLabel="Connection cap"
        peakLabel="Peak this month"
        height={222}
        hours={false}
        grid
      />
      <Key
        className="pt-2 md:pl-[156px]"
        items={[
          { swatch: 'ev', label: 'Charged' },
          { swatch: 'planned', label: 'Planned' },
          { swatch: 'held', label: 'Only if acted on, or not confirmed' },
          { label: 'Bar height is kW' },
          { label: 'Flag is departure' },
        ]}
      />
    </ChartScroll>
  )
}
