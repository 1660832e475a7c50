'use client'
import type { PlanRow, PlanView } from '#lib/api/plan.ts'
import { counted } from '#lib/format/number.ts'
import { clockText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { Mark } from '../ui/mark.tsx'
import { PutFirst } from './put-first.tsx'

/** So many stand above the charts; the rest is found in the table. */
const MOST = 4

/** Who will leave with too little, why, and the best that can be done about it: above everything else. */
export function Shortfalls({ plan, choose }: { plan: PlanView; choose: (id: string) => void }) {
  const short = plan.rows
    .filter(({ missingWh, departsAt }) => missingWh > 0 && departsAt !== null)
    .sort((a, b) => (a.departsAt ?? 0) - (b.departsAt ?? 0))
  if (short.length === 0) return null
  return (
    <section aria-labelledby="short" className="border-line border-b px-4 py-3 md:px-6">
      <h2 id="short" className="text-strong">
        {counted(short.length, 'vehicle')} will leave short
      </h2>
      <ul>
        {short.slice(0, MOST).map((row) => (
          <Short key={row.vehicleId} row={row} zone={plan.depot.zone} choose={choose} />
        ))}
      </ul>
      {short.length > MOST && <p className="pt-1 text-ink-2">And {short.length - MOST} more: each says why in the plan.</p>}
    </section>
  )
}

function Short({ row, zone, choose }: { row: PlanRow; zone: string; choose: (id: string) => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-t py-1.5 first:border-t-0">
      <Mark kind="serious" />
      <span className="min-w-0 flex-1 basis-64">
        <b className="font-semibold">{row.name}</b>, leaves {row.departsAt === null ? '' : clockText(row.departsAt, zone)}. {row.note}
      </span>
      <span className="flex flex-wrap gap-2">
        {row.remedies.some(({ kind }) => kind === 'chargeFirst') && <PutFirst row={row} />}
        <Button onClick={() => choose(row.vehicleId)}>
          What would help<span className="sr-only"> {row.name}</span>
        </Button>
      </span>
    </li>
  )
}
