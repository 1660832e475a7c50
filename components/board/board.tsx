'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { filterPorts, type PortFilter, portCounts, portFilters } from '#lib/charging/port-filter.ts'
import { boardOptions } from '../ui/board-query.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Announcements } from './announcements.tsx'
import { BoardSkeleton } from './board-skeleton.tsx'
import { PortList } from './port-list.tsx'
import { StopAll, StoppedBanner } from './stop-all.tsx'
import { SupplyBar } from './supply-bar.tsx'
import { useWallMode } from './use-wall-mode.ts'
import { Yard } from './yard.tsx'

const VIEWS = ['board', 'list'] as const

/** Every bay: what it does and why, and what a person must do. */
export function Board() {
  const depot = useDepot()
  const { data: board, error, refetch } = useQuery(boardOptions(depot.id))
  const [filter, setFilter] = useQueryState('filter', parseAsStringLiteral(portFilters).withDefault('all'))
  const [view, setView] = useQueryState('view', parseAsStringLiteral(VIEWS).withDefault('board'))
  const [wall, toggleWall] = useWallMode()
  if (!board)
    return error ? (
      <div className="px-4 md:px-6">
        <h1 className="sr-only">Depot board</h1>
        <ErrorState title="The board cannot be shown" detail={error.message} retry={() => void refetch()} />
      </div>
    ) : (
      <BoardSkeleton />
    )
  const counts = portCounts(board.ports)
  const ports = filterPorts(board.ports, filter)
  const segments: { value: PortFilter; label: string; mark?: typeof counts.worst }[] = [
    { value: 'all', label: `All ${counts.all}` },
    { value: 'action', label: `Needs action ${counts.action}`, ...(counts.action > 0 && { mark: counts.worst }) },
    { value: 'charging', label: `Charging ${counts.charging}` },
  ]
  return (
    <div
      data-wall={wall || undefined}
      className="flex min-h-full flex-col data-wall:fixed data-wall:inset-0 data-wall:z-30 data-wall:overflow-auto data-wall:bg-surface data-wall:[@media(min-height:1000px)]:[zoom:1.15]"
    >
      <PageBar title="Depot board" note={error ? 'The server does not answer: this is what it said last.' : null}>
        <Segmented label="Bays shown" segments={segments} value={filter} onChange={(to) => void setFilter(to === 'all' ? null : to)} />
        <Segmented
          label="View"
          segments={[
            { value: 'board', label: 'Board' },
            { value: 'list', label: 'List' },
          ]}
          value={view}
          onChange={(to) => void setView(to === 'board' ? null : to)}
        />
        <span className="hidden md:inline">
          <Button aria-pressed={wall} aria-keyshortcuts="w" onClick={toggleWall}>
            {wall ? 'Leave wall mode' : 'Wall mode'}
            <kbd className="rounded-mark border border-line-2 px-1 font-sans text-ink-3 text-label">W</kbd>
          </Button>
        </span>
        {board.supply.stoppedAt === null && <StopAll depot={depot} charging={counts.charging} ports={counts.all} />}
      </PageBar>
      {board.supply.stoppedAt !== null && <StoppedBanner depot={depot} since={board.supply.stoppedAt} />}
      <SupplyBar supply={board.supply} depot={depot} />
      {view === 'board' ? (
        <Yard ports={ports} depot={depot} filter={filter} stopped={board.supply.stoppedAt !== null} />
      ) : (
        <PortList ports={ports} depot={depot} filter={filter} />
      )}
      <Announcements ports={board.ports} />
    </div>
  )
}
