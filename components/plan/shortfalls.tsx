'use client'
import { useQuery } from '@tanstack/react-query'
import type { PlanRow, PlanView } from '#lib/api/plan.ts'
import type { HelpItem } from '#lib/api/what-if.ts'
import { energyText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'
import { nearText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { Mark } from '../ui/mark.tsx'
import { planMoneyChange } from './money.ts'
import { helpOptions } from './plan-query.ts'
import { PutFirst } from './put-first.tsx'
import type { Trial } from './use-try.ts'

/** So many stand above the charts one by one; more are told by what they have in common. */
const MOST = 4
/** In a larger depot the ways to help are tried for the vehicle that is looked at only. */
const TRIED_IN = 60

/** Vehicles that leave with less than they need, the first departure first. */
export const shortOf = ({ rows }: Pick<PlanView, 'rows'>): PlanRow[] =>
  rows.filter(({ missingWh, departsAt }) => missingWh > 0 && departsAt !== null).sort((a, b) => (a.departsAt ?? 0) - (b.departsAt ?? 0))

/** Who will leave with too little, why, and the best that can be done about it: above everything else. */
export function Shortfalls({ plan, trial, choose }: { plan: PlanView; trial: Trial; choose: (id: string) => void }) {
  const short = shortOf(plan)
  if (short.length === 0) return null
  const near = (at: number) => nearText(at, plan.clock.now, plan.depot.zone)
  const byCause = [...Map.groupBy(short, ({ shortBecause }) => shortBecause ?? '')].sort(([, a], [, b]) => b.length - a.length)
  return (
    <section aria-labelledby="short" className="border-line border-b px-4 py-3 md:px-6">
      <h2 id="short" className="text-strong">
        {counted(short.length, 'vehicle')} will leave short
      </h2>
      <ul>
        {short.length <= MOST
          ? short.map((row) => <Short key={row.vehicleId} row={row} plan={plan} near={near} trial={trial} choose={choose} />)
          : byCause.slice(0, MOST).map(([cause, rows]) => <Together key={cause} cause={cause} rows={rows} near={near} choose={choose} />)}
      </ul>
      {short.length > MOST && byCause.length > MOST && (
        <p className="pt-1 text-ink-2">And {counted(byCause.length - MOST, 'other cause')}: each vehicle says why in the plan.</p>
      )}
    </section>
  )
}

const LINE = 'flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-t py-1.5 first:border-t-0'

type ShortGiven = { row: PlanRow; plan: PlanView; near: (at: number) => string; trial: Trial; choose: (id: string) => void }

function Short({ row, plan, near, trial, choose }: ShortGiven) {
  const { id, currency } = plan.depot
  const { data } = useQuery({ ...helpOptions(id, row.vehicleId), enabled: plan.rows.length <= TRIED_IN })
  const helping = data?.items.filter(({ helps, change }) => helps && change !== null) ?? []
  const [best] = helping
  return (
    <li className={LINE}>
      <Mark kind="serious" />
      <span className="min-w-0 flex-1 basis-64">
        <b className="font-semibold">{row.name}</b>, leaves {row.departsAt === null ? '' : near(row.departsAt)}. {row.note}
        {best && <Best item={best} currency={currency} />}
      </span>
      <span className="flex flex-wrap gap-2">
        {best?.change && (
          <Button pending={trial.isAsking} onClick={() => trial.askFor(best.change!)}>
            Preview<span className="sr-only">: {best.word}</span>
          </Button>
        )}
        {row.ofFleet && helping.some(({ change }) => change?.kind === 'first') && <PutFirst row={row} />}
        <Button onClick={() => choose(row.vehicleId)}>
          What would help<span className="sr-only"> {row.name}</span>
        </Button>
      </span>
    </li>
  )
}

/** What was tried out and does it, with what it costs. */
const Best = ({ item, currency }: { item: HelpItem; currency: string }) => (
  <span className="block text-ink-2">
    Best: {item.word.charAt(0).toLowerCase() + item.word.slice(1)}
    {item.costMicro === null ? '' : `, ${planMoneyChange(item.costMicro, currency)}`}. {item.effect}
  </span>
)

/** Vehicles short for one reason: what is done about it helps more than one. */
function Together({
  cause,
  rows,
  near,
  choose,
}: {
  cause: string
  rows: readonly PlanRow[]
  near: (at: number) => string
  choose: (id: string) => void
}) {
  const [first] = rows
  if (!first) return null
  const missingWh = rows.reduce((sum, row) => sum + row.missingWh, 0)
  return (
    <li className={LINE}>
      <Mark kind="serious" />
      <span className="min-w-0 flex-1 basis-64">
        <b className="font-semibold">{counted(rows.length, 'vehicle')}</b>: {cause}. {energyText(missingWh)} missing; {first.name} leaves
        first, at {near(first.departsAt ?? 0)}.
      </span>
      <Button onClick={() => choose(first.vehicleId)}>
        What would help<span className="sr-only"> {first.name}</span>
      </Button>
    </li>
  )
}
