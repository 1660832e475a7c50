'use client'
import { useQuery } from '@tanstack/react-query'
import type { PlanRow, PlanView } from '#lib/api/plan.ts'
import type { HelpItem } from '#lib/api/what-if.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { planMoneyChange } from './money.ts'
import { helpOptions } from './plan-query.ts'
import type { Trial } from './use-try.ts'

/** What would help a vehicle, each tried out; a way that can be looked at has its preview. */
export function HelpList({ row, plan, trial }: { row: PlanRow; plan: PlanView; trial: Trial }) {
  const { data, error } = useQuery(helpOptions(plan.depot.id, row.vehicleId))
  // the ways stand there until they are tried, and when they cannot be, as what might
  const told: HelpItem[] = data?.items ?? row.remedies.map(({ word }) => ({ word, effect: '', costMicro: null, helps: true, change: null }))
  if (told.length === 0) return null
  return (
    <div>
      <h3 className="mb-1 text-ink-3 text-label">{data ? 'What would help' : 'What might help'}</h3>
      <ul aria-busy={!data && !error}>
        {told.map((item) => (
          <li key={item.word} className="grid grid-cols-[1fr_auto] gap-x-3 border-line border-t py-2 last:border-b">
            <b className={cx('font-semibold', item.costMicro === null && 'col-span-2')}>{item.word}</b>
            {item.costMicro !== null && (
              <span className="whitespace-nowrap text-right font-medium">{planMoneyChange(item.costMicro, plan.depot.currency)}</span>
            )}
            <span className={cx('text-ink-2 text-note', !item.change && 'col-span-2')}>{item.effect}</span>
            {item.change && (
              <Button variant="quiet" className="-my-1 self-end" pending={trial.isAsking} onClick={() => trial.askFor(item.change!)}>
                Preview<span className="sr-only">: {item.word}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {!data && !error && <p className="text-ink-3 text-note">The planner tries what would come of each…</p>}
      {error && <p className="text-ink-3 text-note">What would come of each cannot be tried now: {error.message}</p>}
    </div>
  )
}
