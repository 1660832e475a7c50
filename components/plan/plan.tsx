'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import type { PlanView } from '#lib/api/plan.ts'
import { windowText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Mark } from '../ui/mark.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Bottlenecks } from './bottlenecks.tsx'
import { LoweredLimits } from './limit-hours.tsx'
import { PlanChart } from './plan-chart.tsx'
import { planOptions } from './plan-query.ts'
import { PlanSkeleton } from './plan-skeleton.tsx'
import { PlanSummary } from './plan-summary.tsx'
import { PlanTables } from './plan-tables.tsx'
import { PolicySwitch } from './policy-switch.tsx'
import { Shortfalls, shortOf } from './shortfalls.tsx'
import { TryPanel } from './try-panel.tsx'
import { useNarrow } from './use-narrow.ts'
import { useTry } from './use-try.ts'
import { WhyPanel } from './why-panel.tsx'

/** More vehicles than this are looked through by what is wrong with them. */
const MANY = 18
const VIEWS = ['chart', 'table'] as const

/** The night: who charges when, under which cap, at which price, and why; and what would be if something changed. */
export function Plan() {
  const depot = useDepot()
  const { data: plan, error, refetch } = useQuery(planOptions(depot.id))
  const [view, setView] = useQueryState('view', parseAsStringLiteral(VIEWS))
  const narrow = useNarrow()
  const shown = view ?? (narrow ? 'table' : 'chart')
  const [van, setVan] = useQueryState('van', parseAsString)
  const [show, setShow] = useQueryState('show', parseAsStringLiteral(['short'] as const))
  const trial = useTry(depot.id)
  if (!plan)
    return error ? (
      <div className="px-4 md:px-6">
        <h1 className="sr-only">Plan</h1>
        <ErrorState title="The plan cannot be shown" detail={error.message} retry={() => void refetch()} />
      </div>
    ) : (
      <PlanSkeleton />
    )
  const choose = (id: string) => void setVan(id)
  const lookAt = (id: string) => {
    trial.close()
    choose(id)
  }
  const short = shortOf(plan)
  const onlyShort = show === 'short' && short.length > 0
  const seen = onlyShort ? { ...plan, rows: plan.rows.filter((row) => short.includes(row)) } : plan
  const selected = plan.rows.find(({ vehicleId }) => vehicleId === van) ?? seen.rows.find(({ note }) => note) ?? seen.rows[0]
  const preview = trial.side === 'preview' ? trial.preview : null
  return (
    <div className="flex min-h-full flex-col">
      <PageBar
        title="Plan"
        note={error ? 'The server does not answer: this is the plan it had last.' : windowText(plan.from, plan.until, depot.zone)}
      >
        <PolicySwitch depot={depot.id} policy={plan.policy} />
        <Segmented
          label="View"
          segments={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          value={shown}
          onChange={(to) => void setView(to)}
        />
        <Button disabledReason={whyNotTry(plan)} onClick={() => trial.open('departure')}>
          Try a change
        </Button>
      </PageBar>
      <PlanSummary plan={plan} />
      {plan.trouble && (
        <p role="alert" className="flex items-start gap-2 border-line border-b px-4 py-2 md:px-6">
          <Mark kind="serious" className="mt-1" />
          <span>
            <b className="font-semibold">No new plan can be made.</b> {plan.trouble}
          </span>
        </p>
      )}
      {plan.stops.map(({ what, why }) => (
        <p key={what} role="status" className="flex items-start gap-2 border-line border-b px-4 py-2 md:px-6">
          <Mark kind="serious" className="mt-1" />
          <span>
            <b className="font-semibold">{what}.</b> {why}
          </span>
        </p>
      ))}
      {plan.policyNote && (
        <p role="status" className="flex items-start gap-2 border-line border-b px-4 py-2 md:px-6">
          <Mark kind="caution" className="mt-1" />
          {plan.policyNote}
        </p>
      )}
      <Shortfalls plan={plan} trial={trial} choose={lookAt} />
      <LoweredLimits plan={plan} />
      <Bottlenecks plan={plan} choose={lookAt} />
      <div className="flex flex-1 flex-col xl:grid xl:grid-cols-[minmax(0,1fr)_304px]">
        <div className="min-w-0 px-4 pt-2 pb-2 md:pr-0 md:pl-6">
          {plan.rows.length > MANY && short.length > 0 && (
            <p className="pb-2">
              <Segmented
                label="Vehicles shown"
                segments={[
                  { value: 'all', label: `All ${plan.rows.length}` },
                  { value: 'short', label: `Short ${short.length}`, mark: 'serious' },
                ]}
                value={onlyShort ? 'short' : 'all'}
                onChange={(to) => void setShow(to === 'short' ? 'short' : null)}
              />
            </p>
          )}
          {plan.rows.length === 0 ? (
            <EmptyState title="Nothing to plan">A van appears here when it is plugged in or has a duty ahead.</EmptyState>
          ) : shown === 'chart' ? (
            <PlanChart plan={seen} preview={preview} selected={selected?.vehicleId ?? null} choose={choose} />
          ) : (
            <PlanTables plan={seen} preview={preview} />
          )}
        </div>
        {trial.isOpen ? (
          <TryPanel plan={plan} trial={trial} vehicle={selected?.vehicleId ?? null} />
        ) : (
          selected && <WhyPanel row={selected} plan={plan} trial={trial} />
        )}
      </div>
    </div>
  )
}

const whyNotTry = ({ planId, rows, nodes }: PlanView): string | null => {
  if (planId === null) return 'There is no plan yet that a change could be compared with.'
  return rows.length === 0 && nodes.length === 0
    ? 'There is neither a vehicle nor a limit yet: begin on the pages Site, Chargers and Fleet.'
    : null
}
