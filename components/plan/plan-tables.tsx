'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { PlanTable, SitePowerTable } from '../charts/chart-tables.tsx'
import { useHref } from '../ui/use-href.ts'
import { chartRow } from './chart-row.ts'

/** The same figures for those who read rather than look. */
export function PlanTables({ plan }: { plan: PlanView }) {
  const href = useHref()
  const { zone } = plan.depot
  return (
    <div className="flex flex-col gap-6 md:pr-6">
      <PlanTable
        rows={plan.rows.map(chartRow)}
        until={plan.until}
        zone={zone}
        href={(row) => href('/plan#why', { view: 'table', van: row.id })}
      />
      <details>
        <summary className="min-h-(--target) content-center text-ink-2 text-strong">Power of the site by quarter hour</summary>
        <SitePowerTable from={plan.from} until={plan.until} zone={zone} {...plan.site} />
      </details>
    </div>
  )
}
