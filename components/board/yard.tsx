'use client'
import type { PortView } from '#lib/api/board.ts'
import { marks } from '#lib/api/words.ts'
import type { PortFilter } from '#lib/charging/port-filter.ts'
import { cx } from '../ui/class-names.ts'
import type { Depot } from '../ui/depot.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { BayCard } from './bay-card.tsx'
import { NoBays } from './no-bays.tsx'

/** Bays as cards, seven abreast; up to fourteen share the height of the screen. */
export function Yard({
  ports,
  depot,
  filter,
  stopped,
}: {
  ports: readonly PortView[]
  depot: Depot
  filter: PortFilter
  stopped: boolean
}) {
  const now = useDepotNow(10_000)
  if (ports.length === 0) return <NoBays filter={filter} />
  // one axis for all bays: to the last departure
  const until = Math.max(now + 3_600_000, ...ports.map(({ vehicle }) => vehicle?.departsAt ?? 0))
  // one primary button a screen: while all is stopped, it is the one that lifts the stop
  const urgent = stopped
    ? undefined
    : ports.filter((port) => port.needsAction && port.act).toSorted((a, b) => marks.indexOf(a.mark) - marks.indexOf(b.mark))[0]
  return (
    <ol
      aria-label="Bays"
      className={cx(
        'grid flex-1 grid-cols-2 gap-2 bg-canvas p-3 md:grid-cols-[repeat(auto-fill,minmax(156px,1fr))] md:px-6 md:pb-4 xl:grid-cols-7',
        ports.length > 7 && ports.length <= 14 ? 'xl:auto-rows-fr' : 'content-start',
      )}
    >
      {ports.map((port) => (
        <BayCard key={port.id} port={port} depot={depot} now={now} until={until} urgent={port === urgent} />
      ))}
    </ol>
  )
}
