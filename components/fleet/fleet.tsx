'use client'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { type DutyRow, getDuties } from '#lib/api/duty.ts'
import { type FleetView, getFleet, type VehicleRow } from '#lib/api/fleet.ts'
import type { TokenRow } from '#lib/api/token.ts'
import { operators } from '#lib/auth/role.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useRole } from '../ui/me-query.ts'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { CardDialog } from './card-dialog.tsx'
import { CardTable, tokensOptions } from './card-table.tsx'
import { DutyDialog } from './duty-dialog.tsx'
import { DutyTable } from './duty-table.tsx'
import { dutiesOptions, fleetOptions } from './fleet-query.ts'
import { ImportCards } from './import-cards.tsx'
import { ImportDuties } from './import-duties.tsx'
import { VehicleDialog } from './vehicle-dialog.tsx'
import { VehicleTable } from './vehicle-table.tsx'

/** The vehicles, and the duties that they are charged for. */
export function Fleet() {
  const depot = useDepot()
  const fleet = useQuery(fleetOptions(depot.id))
  const [shown, show] = useQueryState('show', parseAsStringLiteral(['vehicles', 'duties', 'cards'] as const).withDefault('vehicles'))
  const [words, search] = useQueryState('search', parseAsString.withDefault(''))
  const [open, setOpen] = useQueryState('open', parseAsString)
  const role = useRole()
  const may = role !== null && operators.includes(role)
  const { data, error } = fleet
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Fleet" note={data && (error ? 'The server does not answer: this is what it said last.' : summary(data.vehicles))}>
        <Segmented
          label="Shown"
          value={shown}
          onChange={(to) => void show(to === 'vehicles' ? null : to)}
          segments={[
            { value: 'vehicles', label: 'Vehicles' },
            { value: 'duties', label: 'Duties' },
            ...(may ? [{ value: 'cards' as const, label: 'Cards' }] : []),
          ]}
        />
        <input
          type="search"
          aria-label="Search the fleet"
          placeholder="Search the fleet"
          value={words}
          onChange={({ target }) => void search(target.value || null)}
          className="min-h-(--target) w-40 min-w-0 flex-auto rounded-control border border-control bg-surface px-2.5 placeholder:text-ink-3 md:flex-none"
        />
        {may && data && (data.vehicles.length > 0 || shown === 'cards') && <Acts shown={shown} open={(what) => void setOpen(what)} />}
      </PageBar>
      {!data ? (
        <div className="px-4 md:px-6">
          {error ? (
            <ErrorState title="The fleet cannot be shown" detail={error.message} retry={() => void fleet.refetch()} />
          ) : (
            <SkeletonLines lines={14} label="Loading the fleet" />
          )}
        </div>
      ) : shown === 'vehicles' ? (
        <VehicleTable fleet={data} words={words} may={may} open={(what) => void setOpen(what)} />
      ) : shown === 'cards' && may ? (
        <CardTable words={words} open={(what) => void setOpen(what)} />
      ) : (
        <DutyTable fleet={data} words={words} may={may} open={(what) => void setOpen(what)} />
      )}
      {data && may && <Opened fleet={data} what={open} open={(to) => void setOpen(to)} />}
    </div>
  )
}

function Acts({ shown, open }: { shown: 'vehicles' | 'duties' | 'cards'; open: (what: string) => void }) {
  if (shown === 'cards')
    return (
      <>
        <Button onClick={() => open('import-cards')}>Import cards</Button>
        <Button variant="primary" onClick={() => open('card')}>
          Add card
        </Button>
      </>
    )
  return shown === 'vehicles' ? (
    <Button variant="primary" onClick={() => open('vehicle')}>
      Add vehicle
    </Button>
  ) : (
    <>
      <Button onClick={() => open('import')}>Import duties</Button>
      <Button variant="primary" onClick={() => open('duty')}>
        Add duty
      </Button>
    </>
  )
}

/** `open` in the URL: `vehicle`, `vehicle:<id>`, `duty`, `duty:<id>`, `duty-of:<vehicle>`, `import`, `card`, `card:<id>`, `import-cards`. */
function Opened({ fleet, what, open }: { fleet: FleetView; what: string | null; open: (what: string | null) => void }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [kind, id = ''] = what?.split(/:(.*)/) ?? []
  const duty = useDuty(depot.id, kind === 'duty' ? id : '')
  const card = useCard(depot.id, kind === 'card' ? id : '')
  const close = () => open(null)
  const changed = async () => {
    await Promise.all([getFleet.path, getDuties.path].map((path) => cache.invalidateQueries({ queryKey: [path, depot.id] })))
  }
  const given = { fleet, close, changed }
  if (kind === 'vehicle' && (id === '' || fleet.vehicles.some((each) => each.id === id)))
    return (
      <VehicleDialog key={what} {...given} vehicle={fleet.vehicles.find((each) => each.id === id)} addDuty={() => open(`duty-of:${id}`)} />
    )
  if (kind === 'duty' && id !== '') return duty && <DutyDialog key={what} {...given} duty={duty} />
  if (kind === 'duty' || kind === 'duty-of') return <DutyDialog key={what} {...given} vehicleId={id} />
  if (kind === 'card' && (id === '' || card)) return <CardDialog key={what} {...given} card={card} />
  if (kind === 'import-cards') return <ImportCards {...given} />
  return kind === 'import' ? <ImportDuties {...given} /> : null
}

const useDuty = (depot: string, id: string): DutyRow | undefined => {
  const { data } = useInfiniteQuery({ ...dutiesOptions(depot), enabled: id !== '' })
  return data?.pages.flatMap(({ items }) => items).find((each) => each.id === id)
}

const useCard = (depot: string, id: string): TokenRow | undefined => {
  const [words] = useQueryState('search', parseAsString.withDefault(''))
  const { data } = useInfiniteQuery({ ...tokensOptions(depot, words), enabled: id !== '' })
  return data?.pages.flatMap(({ items }) => items).find((each) => each.id === id)
}

function summary(vehicles: readonly VehicleRow[]): string {
  const needing = vehicles.filter(({ word }) => word === 'At risk' || word === 'Late').length
  const idle = vehicles.filter(({ duty }) => duty === null).length
  return [
    counted(vehicles.length, 'vehicle'),
    ...(needing > 0 ? [`${needing} at risk or late`] : []),
    ...(idle > 0 ? [`${idle} without a duty`] : []),
  ].join(', ')
}
