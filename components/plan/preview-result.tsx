'use client'
import type { PlanView } from '#lib/api/plan.ts'
import type { PreviewRow, WhatIfView } from '#lib/api/what-if.ts'
import { energyText, powerText } from '#lib/format/energy.ts'
import { clockWithSeconds, latencyText, nearText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { planMoney } from './money.ts'
import type { Trial } from './use-try.ts'

/** What would come of a change: the differences in words first, then the figures beside those of the plan in force. */
export function PreviewResult({ preview, plan, trial }: { preview: WhatIfView; plan: PlanView; trial: Trial }) {
  const { zone } = plan.depot
  const touched = preview.rows.filter(({ effect }) => effect !== null)
  return (
    <>
      <div role="status">
        <h3 className="font-semibold">{preview.what}</h3>
        <ul className="mt-1 list-none">
          {preview.differences.map((text) => (
            <li key={text} className="border-line border-t py-1.5 last:border-b">
              {text}
            </li>
          ))}
        </ul>
      </div>
      <Segmented
        label="The chart shows"
        segments={[
          { value: 'preview', label: 'Preview' },
          { value: 'inForce', label: 'Plan in force' },
        ]}
        value={trial.side}
        onChange={trial.setSide}
      />
      <Figures preview={preview} currency={plan.depot.currency} />
      {touched.length > 0 && (
        <details>
          <summary className="min-h-(--target) content-center text-ink-2 text-strong">By vehicle</summary>
          <Table
            caption="What changes by vehicle"
            columns={vehicleColumns((at) => nearText(at, plan.clock.now, zone))}
            rows={touched}
            rowKey={(row) => row.vehicleId}
          />
        </details>
      )}
      <p className="text-ink-2">{preview.applyWords}</p>
      <p className="text-ink-3 text-note">
        From the plan of {clockWithSeconds(preview.startedFrom.madeAt, zone)}, answered in {latencyText(preview.tookMs)}.
      </p>
      <div className="mt-auto flex flex-wrap justify-end gap-2">
        <Button onClick={() => trial.close()}>Discard</Button>
        {trial.kind !== null && <Button onClick={() => trial.change()}>Back</Button>}
        {preview.apply && (
          <Button variant="primary" pending={trial.isChanging} pendingText="Applying…" onClick={() => trial.apply(preview)}>
            Apply
          </Button>
        )}
      </div>
    </>
  )
}

function Figures({ preview: { inForce, preview }, currency }: { preview: WhatIfView; currency: string }) {
  const rows: [string, string, string][] = [
    ['Leave short', String(inForce.short), String(preview.short)],
    ['Energy missing', energyText(inForce.missingWh), energyText(preview.missingWh)],
    ['Cost', planMoney(inForce.costMicro, currency), planMoney(preview.costMicro, currency)],
    ['Of it new peak', planMoney(inForce.newPeakMicro, currency), planMoney(preview.newPeakMicro, currency)],
    ['Energy', energyText(inForce.energyWh), energyText(preview.energyWh)],
    ['Highest 15 min', powerText(inForce.highestW), powerText(preview.highestW)],
  ]
  return (
    <table className="w-full">
      <caption className="sr-only">The plan in force beside the preview</caption>
      <thead>
        <tr className="text-ink-3 text-label">
          <td />
          <th scope="col" className="py-1 text-right font-medium">
            In force
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            Preview
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name} className="border-line border-t">
            <th scope="row" className="py-1 font-normal text-ink-2">
              {name}
            </th>
            <td className="py-1 text-right">{before}</td>
            <td className={before === after ? 'py-1 text-right' : 'py-1 text-right font-semibold'}>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const vehicleColumns = (near: (at: number) => string): Column<PreviewRow>[] => [
  { name: 'Vehicle', header: true, className: 'whitespace-nowrap', cell: ({ name }) => name },
  { name: 'What changes', cell: ({ words, name }) => words?.replace(`${name} `, '') ?? '' },
  { name: 'Leaves', numeric: true, cell: ({ departsAt }) => near(departsAt) },
]
