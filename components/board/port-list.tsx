'use client'
import type { PortView } from '#lib/api/board.ts'
import type { PortFilter } from '#lib/charging/port-filter.ts'
import { chargeToTarget } from '#lib/format/number.ts'
import { clockText } from '#lib/format/time.ts'
import type { Depot } from '../ui/depot.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { PortAct } from '../ui/port-act.tsx'
import { Status } from '../ui/status.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { LimitWords, powerOfLimit, readyText } from './bay-facts.tsx'
import { NoBays } from './no-bays.tsx'

/** The same bays as a table. */
export function PortList({ ports, depot, filter }: { ports: readonly PortView[]; depot: Depot; filter: PortFilter }) {
  const now = useDepotNow(60_000)
  const clock = (at: number | null | undefined) => (at == null ? '–' : clockText(at, depot.zone))
  const columns: Column<PortView>[] = [
    { name: 'Bay', header: true, cell: (port) => port.bay },
    { name: 'State', cell: (port) => <Status kind={port.mark} word={port.word} className="align-middle" /> },
    { name: 'Van', className: 'whitespace-nowrap', cell: ({ vehicle }) => vehicle?.name ?? '–' },
    { name: 'Charge', numeric: true, cell: ({ vehicle }) => (vehicle ? chargeToTarget(vehicle.socPct, vehicle.targetPct) : '–') },
    { name: 'kW of limit', numeric: true, cell: (port) => (port.vehicle && !port.vehicle.plugged ? '–' : powerOfLimit(port)) },
    { name: 'Limit', className: 'whitespace-nowrap', wideOnly: true, cell: (port) => <LimitWords port={port} /> },
    { name: 'Ready', numeric: true, cell: ({ vehicle }) => (vehicle ? readyText(vehicle.readyAt, now, depot.zone) : '–') },
    { name: 'Leaves', numeric: true, cell: ({ vehicle }) => clock(vehicle?.departsAt) },
    { name: 'Why', wideOnly: true, className: 'min-w-64 text-ink-2', cell: (port) => port.why },
    {
      name: 'Next step',
      hiddenName: true,
      className: 'whitespace-nowrap',
      cell: (port) => port.act && <PortAct depot={depot.id} port={port} act={port.act} variant={port.needsAction ? 'plain' : 'quiet'} />,
    },
  ]
  return (
    <div className="px-4 py-3 md:px-6">
      <Table caption="Bays" columns={columns} rows={ports} rowKey={(port) => port.id} empty={<NoBays filter={filter} />} />
    </div>
  )
}
