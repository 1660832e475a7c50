'use client'
import type { FleetView, VehicleRow } from '#lib/api/fleet.ts'
import { energyText, limitText } from '#lib/format/energy.ts'
import { decimal, percent, withUnit } from '#lib/format/number.ts'
import { ageText, nearText } from '#lib/format/time.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { SocBar } from '../ui/soc-bar.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { Margin, ReadyBy } from './margin.tsx'

type Given = { fleet: FleetView; words: string; may: boolean; open: (what: string) => void }

/** Vehicles as rows, those that need a person first. */
export function VehicleTable({ fleet, words, may, open }: Given) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const rows = fleet.vehicles.filter((vehicle) => fits(vehicle, words))
  return (
    <div className="px-4 pt-3 md:px-6">
      <Table<VehicleRow>
        caption="Vehicles"
        rows={rows}
        rowKey={({ id }) => id}
        empty={
          fleet.vehicles.length === 0 ? (
            <First fleet={fleet} may={may} open={open} />
          ) : (
            <EmptyState title="No vehicle fits">Take another word.</EmptyState>
          )
        }
        columns={[
          {
            name: 'Vehicle',
            header: true,
            className: 'whitespace-nowrap',
            cell: ({ id, name }) =>
              may ? (
                <button
                  type="button"
                  className="min-h-6 font-semibold underline-offset-[3px] hover:underline"
                  onClick={() => open(`vehicle:${id}`)}
                >
                  {name}
                </button>
              ) : (
                name
              ),
          },
          {
            name: 'Leaves ready?',
            className: 'min-w-32',
            cell: ({ mark, word, note, feasibility }) => (
              <div className="py-1">
                <Status kind={mark} word={word} />
                {!note && feasibility && feasibility.verdict !== 'ready' && (
                  <p className="text-ink-2 text-note">{feasibility.byPlan ?? feasibility.alone ?? 'It has no bay.'}</p>
                )}
                {note && <p className="text-ink-2 text-note">{note}</p>}
              </div>
            ),
          },
          { name: 'Charge', className: 'min-w-28', cell: (vehicle) => <Charge vehicle={vehicle} now={now} /> },
          {
            name: 'Departs',
            className: 'whitespace-nowrap',
            cell: ({ duty, dueAt }) => (
              <>
                {duty ? nearText(duty.departsAt, now, zone) : <span className="text-ink-3">–</span>}
                {dueAt !== null && <p className="text-ink-2 text-note">on the road until {nearText(dueAt, now, zone)}</p>}
              </>
            ),
          },
          {
            name: 'Needs',
            wideOnly: true,
            className: 'whitespace-nowrap',
            cell: ({ duty, neededPct }) =>
              duty && neededPct !== null ? (
                <>
                  {percent(neededPct)}
                  <p className="text-ink-2 text-note">
                    {withUnit(decimal(duty.distanceM / 1000, 0), 'km')}, {energyText(duty.energyWh)}
                  </p>
                </>
              ) : (
                <span className="text-ink-3">–</span>
              ),
          },
          {
            name: 'Ready',
            wideOnly: true,
            className: 'whitespace-nowrap',
            cell: ({ feasibility }) => <ReadyBy feasibility={feasibility} now={now} zone={zone} />,
          },
          { name: 'Margin', className: 'whitespace-nowrap', cell: ({ feasibility }) => <Margin feasibility={feasibility} /> },
          {
            name: 'Bay',
            cell: ({ bay, plugged }) => (bay === null ? '–' : `${bay}${plugged ? '' : ' (home)'}`),
            className: 'whitespace-nowrap',
          },
          { name: 'Driver', wideOnly: true, cell: ({ driver }) => driver ?? '–' },
          {
            name: 'Cards',
            wideOnly: true,
            cell: ({ tags }) =>
              tags.map(({ idTag, blocked }) => (blocked ? `${idTag} (blocked)` : idTag)).join(', ') || (
                <span className="text-ink-3">none</span>
              ),
          },
          {
            name: 'Battery',
            wideOnly: true,
            numeric: true,
            cell: ({ batteryWh, maxW }) => `${withUnit(decimal(batteryWh / 1000, 0), 'kWh')}, ${limitText(maxW)}`,
          },
        ]}
      />
    </div>
  )
}

function Charge({ vehicle: { socPct, socAt, socStale, targetSocPct }, now }: { vehicle: VehicleRow; now: number }) {
  return (
    <div className="py-1">
      <SocBar soc={socPct} target={targetSocPct} stale={socStale} />
      <p className="mt-1 whitespace-nowrap text-note">
        {socPct === null ? '?' : decimal(socPct, 0)} → {percent(targetSocPct)}
        <span className="text-ink-3">{socWords(socAt, socStale, now)}</span>
      </p>
    </div>
  )
}

/** A recent charge that is stale all the same is our own estimate. */
const socWords = (socAt: number | null, stale: boolean, now: number): string =>
  socAt === null ? ', never told' : !stale ? '' : now - socAt > 3_600_000 ? `, ${ageText(socAt, now)}` : ', estimated'

/** The way to the first charge: a charger, a vehicle, a duty. */
function First({ fleet, may, open }: { fleet: FleetView; may: boolean; open: (what: string) => void }) {
  const href = useHref()
  if (fleet.bays.length === 0)
    return (
      <EmptyState title="First a charger, then a vehicle" action={may && <ButtonLink href={href('/chargers')}>Add a charger</ButtonLink>}>
        A vehicle is charged at a bay, and a charger brings the bays. You may also add the vehicle now and choose its bay later.
        {may && (
          <p className="mt-2">
            <Button onClick={() => open('vehicle')}>Add vehicle</Button>
          </p>
        )}
      </EmptyState>
    )
  return (
    <EmptyState
      title="No vehicle yet"
      action={
        may && (
          <Button variant="primary" onClick={() => open('vehicle')}>
            Add vehicle
          </Button>
        )
      }
    >
      With its battery, bay and card it can charge; with a duty it is charged in time for it, when power is cheapest.
    </EmptyState>
  )
}

const fits = ({ name, bay, driver, tags, word }: VehicleRow, words: string): boolean => {
  const text = [name, bay && `bay ${bay}`, driver, word, ...tags.map(({ idTag }) => idTag)].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((each) => text.includes(each))
}
