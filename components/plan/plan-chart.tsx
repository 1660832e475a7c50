'use client'
import { parseAsInteger, useQueryStates } from 'nuqs'
import type { PlanView } from '#lib/api/plan.ts'
import type { WhatIfView } from '#lib/api/what-if.ts'
import { limitText } from '#lib/format/energy.ts'
import { ChartScroll } from '../charts/chart-scroll.tsx'
import { PlanGantt } from '../charts/plan-gantt.tsx'
import { PriceRibbon } from '../charts/price-ribbon.tsx'
import { SitePower } from '../charts/site-power.tsx'
import { PLAN_GUTTERS, valueAt } from '../charts/time-axis.ts'
import { TimeBrush } from '../charts/time-brush.tsx'
import { cx } from '../ui/class-names.ts'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Key } from '../ui/key.tsx'
import { chartRow, previewRows, previewSite, previewUntil } from './chart-row.ts'

/** More vehicles than this scroll in a box of their own, so that the site's power stays in sight. */
const CROWD = 18

/** Vehicles, price and the site's power on one time axis, aligned to the pixel; of a preview with the plan in force behind it. */
export function PlanChart({
  plan,
  preview,
  selected,
  choose,
}: {
  plan: PlanView
  preview: WhatIfView | null
  selected: string | null
  choose: (id: string) => void
}) {
  const now = useDepotNow(15_000)
  const [span, setSpan] = useQueryStates({ from: parseAsInteger, until: parseAsInteger })
  const all = { from: plan.from, until: preview ? previewUntil(plan, preview) : plan.until }
  // an address of last night shows the whole of this one
  const isInside = span.from !== null && span.until !== null && span.from >= all.from && span.until <= all.until && span.from < span.until
  const shown = isInside ? { from: span.from!, until: span.until! } : all
  const axis = { ...shown, now, zone: plan.depot.zone }
  const rows = preview ? previewRows(plan, preview) : plan.rows.map(chartRow)
  const site = { ...plan.site, ...(preview && previewSite(plan, preview)) }
  const events = plan.events.map(({ from, until, limitW }) => ({ from, until, label: `Cap ${limitText(limitW)}` }))
  const power = site.base.map(({ from, powerW }) => ({ from, powerW: powerW + (valueAt(site.vehicles, from) ?? 0) }))
  const isCrowded = rows.length > CROWD
  return (
    <ChartScroll label={preview ? 'Preview by vehicle, price and power of the site' : 'Plan by vehicle, price and power of the site'}>
      {/* the box of a crowd is reached by its rows' own buttons */}
      <div className={cx(isCrowded && 'max-h-[max(300px,calc(100vh-560px))] overflow-y-auto')}>
        <PlanGantt {...axis} rows={rows} selected={selected} onSelect={choose} events={events} />
      </div>
      <PriceRibbon {...axis} prices={plan.prices} currency={plan.depot.currency} events={events} />
      <SitePower
        {...axis}
        {...site}
        events={events}
        gutters={PLAN_GUTTERS}
        capLabel="Connection cap"
        peakLabel="Peak this month"
        height={170}
        hours={false}
        grid
      />
      <TimeBrush
        all={all}
        shown={shown}
        now={now}
        zone={plan.depot.zone}
        power={power}
        onChange={(to) => void setSpan(to ?? { from: null, until: null })}
      />
      <Key
        className="pt-1 md:pl-[156px]"
        items={[
          { swatch: 'ev', label: 'Charged' },
          { swatch: 'planned', label: preview ? 'Preview' : 'Planned' },
          { swatch: 'held', label: preview ? 'Only supposed, or not confirmed' : 'Only if acted on, or not confirmed' },
          ...(preview ? [{ label: 'Dashed: plan in force' }] : []),
          { label: 'Bar height is kW' },
          { label: 'Flag is departure' },
          ...(site.unmanaged.length > 0 ? [{ label: 'Dotted: without a plan' }] : []),
        ]}
      />
    </ChartScroll>
  )
}
