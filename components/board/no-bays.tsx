'use client'
import type { PortFilter } from '#lib/charging/port-filter.ts'
import { ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useHref } from '../ui/use-href.ts'

/** Nothing to show: by the filter, or since there is no charger yet. */
export function NoBays({ filter }: { filter: PortFilter }) {
  const href = useHref()
  return (
    <div className="flex-1 px-4 md:px-6">
      {filter === 'action' ? (
        <EmptyState title="Nothing needs a hand">Every bay does what it should.</EmptyState>
      ) : filter === 'charging' ? (
        <EmptyState title="No van charges now">The plan page shows when the next one starts.</EmptyState>
      ) : (
        <EmptyState title="No chargers yet" action={<ButtonLink href={href('/chargers')}>Add a charger</ButtonLink>}>
          A bay appears here for each port of a charger.
        </EmptyState>
      )}
    </div>
  )
}
