'use client'
import type { PlanView } from '#lib/api/plan.ts'
import type { WhatIfView } from '#lib/api/what-if.ts'
import { limitText } from '#lib/format/energy.ts'
import { priceText } from '#lib/format/money.ts'
import { count, withUnit } from '#lib/format/number.ts'
import { nearText, nearWindowText } from '#lib/format/time.ts'
import { PlanTable, SitePowerTable } from '../charts/chart-tables.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { chartRow, previewRows, previewSite } from './chart-row.ts'

const SUMMARY = 'min-h-(--target) content-center text-ink-2 text-strong'

/** The same figures for those who read rather than look: one table for each chart. */
export function PlanTables({ plan, preview }: { plan: PlanView; preview: WhatIfView | null }) {
  const href = useHref()
  const now = useDepotNow(60_000)
  const { zone, currency } = plan.depot
  const site = { ...plan.site, ...(preview && previewSite(plan, preview)) }
  return (
    <div className="flex flex-col gap-6 md:pr-6">
      <PlanTable
        rows={preview ? previewRows(plan, preview) : plan.rows.map(chartRow)}
        until={plan.until}
        now={now}
        zone={zone}
        href={(row) => href('/plan#why', { view: 'table', van: row.id })}
      />
      <details>
        <summary className={SUMMARY}>Power of the site by quarter hour</summary>
        <SitePowerTable from={plan.from} until={plan.until} now={now} zone={zone} {...site} />
      </details>
      <details>
        <summary className={SUMMARY}>Prices and lowered caps</summary>
        <Table
          caption="Energy price by hours"
          rows={plan.prices.map((price, i) => ({ ...price, until: plan.prices[i + 1]?.from ?? plan.until }))}
          rowKey={({ from }) => from}
          columns={[
            { name: 'Hours', header: true, cell: ({ from, until }) => nearWindowText(from, until, now, zone) },
            { name: 'Window', cell: ({ window }) => window },
            { name: 'Price', numeric: true, cell: ({ microPerKwh }) => priceText(microPerKwh, currency) },
          ]}
        />
        {plan.carbon.length > 0 && (
          <Table
            caption="How clean the energy is by hours"
            className="mt-4"
            rows={plan.carbon.map((step, i) => ({ ...step, until: plan.carbon[i + 1]?.from ?? plan.until }))}
            rowKey={({ from }) => from}
            columns={[
              { name: 'Hours', header: true, cell: ({ from, until }) => nearWindowText(from, until, now, zone) },
              { name: 'CO₂', numeric: true, cell: ({ gPerKwh }) => withUnit(count(gPerKwh), 'g/kWh') },
            ]}
          />
        )}
        {plan.events.length === 0 ? (
          <p className="pt-2 text-ink-2">The cap of the connection is the same in all hours of this plan.</p>
        ) : (
          <Table
            caption="Hours in which the connection’s cap is lower"
            className="mt-4"
            rows={plan.events}
            rowKey={({ from }) => from}
            columns={[
              { name: 'From', header: true, cell: ({ from }) => nearText(from, now, zone) },
              { name: 'Until', cell: ({ until }) => nearText(until, now, zone) },
              { name: 'Cap', numeric: true, cell: ({ limitW }) => limitText(limitW) },
            ]}
          />
        )}
      </details>
    </div>
  )
}
