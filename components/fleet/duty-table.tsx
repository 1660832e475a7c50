'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { DutyRow } from '#lib/api/duty.ts'
import type { FleetView } from '#lib/api/fleet.ts'
import { dutyTimes } from '#lib/fleet/duty.ts'
import { distanceText } from '#lib/fleet/feasibility-words.ts'
import { energyText } from '#lib/format/energy.ts'
import { percent } from '#lib/format/number.ts'
import { instant } from '#lib/time/instant.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { More } from '../ui/more.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { dutiesOptions } from './fleet-query.ts'
import { Margin, ReadyBy } from './margin.tsx'

type Given = { fleet: FleetView; words: string; may: boolean; open: (what: string) => void }

/** Duties under way and to come: those that their vehicle cannot drive first, then by departure. */
export function DutyTable({ fleet, words, may, open }: Given) {
  const depot = useDepot()
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const query = useInfiniteQuery(dutiesOptions(depot.id))
  const { data, error, refetch } = query
  if (!data)
    return (
      <div className="px-4 md:px-6">
        {error ? (
          <ErrorState title="The duties cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={12} label="Loading the duties" />
        )}
      </div>
    )
  const all = data.pages.flatMap(({ items }) => items)
  const rows = all.filter((row) => fits(row, words))
  return (
    <div className="px-4 pt-3 md:px-6">
      <Table<DutyRow>
        caption="Duties"
        rows={rows}
        rowKey={({ id }) => id}
        empty={
          all.length === 0 ? (
            <NoDuty fleet={fleet} may={may} open={open} />
          ) : (
            <EmptyState title="No duty fits">Take another word.</EmptyState>
          )
        }
        columns={[
          {
            name: 'When',
            header: true,
            className: 'md:whitespace-nowrap',
            cell: ({ id, departsAt, returnsAt }) => {
              const name = dutyTimes({ departsAt: instant(departsAt), returnsAt: instant(returnsAt) }, zone)
              return may ? (
                <button
                  type="button"
                  className="min-h-6 text-left font-semibold underline-offset-[3px] hover:underline"
                  onClick={() => open(`duty:${id}`)}
                >
                  {name}
                </button>
              ) : (
                name
              )
            },
          },
          {
            name: 'Vehicle',
            className: 'whitespace-nowrap',
            cell: ({ name, vehicleName }) => (
              <>
                {vehicleName}
                {name && <p className="text-ink-2 text-note">{name}</p>}
              </>
            ),
          },
          {
            name: 'Leaves ready?',
            cell: ({ left, feasibility }) =>
              left || !feasibility ? (
                <span className="text-ink-3">on the road</span>
              ) : (
                <Status kind={feasibility.mark} word={feasibility.word} className="whitespace-normal!" />
              ),
          },
          {
            name: 'Needs',
            wideOnly: true,
            className: 'whitespace-nowrap',
            cell: ({ distanceM, energyWh, feasibility }) => (
              <>
                {feasibility && `${percent(feasibility.neededPct, 1)}, `}
                {energyText(energyWh)}
                <p className="text-ink-2 text-note">{distanceText(distanceM)}, with reserve</p>
              </>
            ),
          },
          {
            name: 'Comes with',
            numeric: true,
            wideOnly: true,
            cell: ({ feasibility }) => (feasibility ? percent(feasibility.hasPct, 1) : '–'),
          },
          {
            name: 'Ready',
            wideOnly: true,
            className: 'whitespace-nowrap md:pl-6',
            cell: ({ feasibility }) => <ReadyBy feasibility={feasibility} now={now} zone={zone} />,
          },
          { name: 'Margin', className: 'whitespace-nowrap', cell: ({ feasibility }) => <Margin feasibility={feasibility} /> },
          { name: 'From', wideOnly: true, cell: ({ source }) => SOURCES[source] ?? source },
        ]}
      />
      {all.length > 0 && <More query={query} shown={all.length} of={data.pages[0]?.total} noun="run" />}
    </div>
  )
}

const SOURCES: Record<string, string> = { screen: 'entered here', import: 'a file', dispatch: 'dispatch', demo: 'the demo' }

const fits = ({ vehicleName, name, feasibility }: DutyRow, words: string): boolean => {
  const text = [vehicleName, name, feasibility?.word].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((each) => text.includes(each))
}

function NoDuty({ fleet, may, open }: Omit<Given, 'words'>) {
  if (fleet.vehicles.length === 0)
    return <EmptyState title="First a vehicle, then its duties">Vehicles are added on this page, under Vehicles.</EmptyState>
  return (
    <EmptyState
      title="No duty ahead"
      action={
        may && (
          <span className="flex gap-2">
            <Button onClick={() => open('duty')}>Add a duty by hand</Button>
            <Button onClick={() => open('import')}>Import a file</Button>
          </span>
        )
      }
    >
      Without a duty nothing says when a vehicle must be ready: it is charged to its target within a day.
    </EmptyState>
  )
}
