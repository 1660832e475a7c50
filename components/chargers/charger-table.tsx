'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { ChargerRow } from '#lib/api/charger.ts'
import { kilowattsText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'
import { Age } from '../ui/depot-clock.tsx'
import { Mark } from '../ui/mark.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { useDrift } from './wanted-settings.tsx'

/** Chargers as rows; the first cell opens one. */
export function ChargerTable({ chargers, empty }: { chargers: readonly ChargerRow[]; empty: ReactNode }) {
  const href = useHref()
  const drift = useDrift()
  const todo = (charger: ChargerRow) => (
    <>
      {todoOf(charger)}
      <DriftBadge off={drift.get(charger.id) ?? 0} href={href(`/chargers/${charger.id}`, { view: 'configuration' })} />
    </>
  )
  return (
    <Table<ChargerRow>
      caption="Chargers"
      rows={chargers}
      rowKey={({ id }) => id}
      href={({ id }) => href(`/chargers/${id}`)}
      empty={empty}
      columns={[
        {
          name: 'Charger',
          header: true,
          className: 'min-w-28 max-md:[overflow-wrap:anywhere] md:whitespace-nowrap',
          cell: ({ name }) => name,
        },
        {
          name: 'State',
          className: 'max-md:[overflow-wrap:anywhere]',
          cell: (charger) => (
            <>
              <Status kind={charger.mark} word={charger.word} />
              <div className="md:hidden">{todo(charger)}</div>
            </>
          ),
        },
        { name: 'Ports', cell: ({ ports }) => <Ports ports={ports} /> },
        {
          name: 'Model',
          wideOnly: true,
          className: 'min-w-32',
          cell: ({ vendor, model }) => [vendor, model].filter(Boolean).join(' ') || <span className="text-ink-3">not told yet</span>,
        },
        { name: 'Firmware', wideOnly: true, cell: ({ firmware }) => firmware ?? '–' },
        {
          name: 'Circuit',
          wideOnly: true,
          className: 'min-w-28',
          cell: ({ circuit, group }) => (group ? `${circuit} · ${group}` : circuit),
        },
        {
          name: 'Heard from',
          wideOnly: true,
          className: 'whitespace-nowrap',
          cell: ({ seenAt }) => (seenAt === null ? 'never' : <Age at={seenAt} />),
        },
        {
          name: 'To do',
          wideOnly: true,
          className: 'min-w-64 [overflow-wrap:anywhere]',
          cell: todo,
        },
      ]}
    />
  )
}

function todoOf({ problem, commissioned, online, registration }: ChargerRow): ReactNode {
  if (problem !== null) return problem
  if (registration === 'pending') return 'Approve or reject it above.'
  return commissioned || !online ? null : <span className="text-ink-2">is being set up</span>
}

/** Each port by shape and bay; its word is told to screen readers and on hover. */
function Ports({ ports }: { ports: ChargerRow['ports'] }) {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
      {ports.map(({ id, bay, mark, word, powerW }) => (
        <li key={id} title={word} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <Mark kind={mark} size={10} />
          <span>
            {bay}
            <span className="sr-only">, {word}</span>
          </span>
          {powerW !== null && powerW > 0 && <span className="text-ink-2">{kilowattsText(powerW)} kW</span>}
        </li>
      ))}
    </ul>
  )
}

/** How many of its settings are not as wanted. */
function DriftBadge({ off, href }: { off: number; href: string }) {
  if (off === 0) return null
  return (
    <Link href={href} className="flex min-h-6 items-center gap-1.5 underline-offset-[3px] hover:underline">
      <Status kind="caution" word={`${counted(off, 'setting')} not as wanted`} />
    </Link>
  )
}
