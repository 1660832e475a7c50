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
  return (
    <Table<ChargerRow>
      caption="Chargers"
      rows={chargers}
      rowKey={({ id }) => id}
      href={({ id }) => href(`/chargers/${id}`)}
      empty={empty}
      columns={[
        { name: 'Charger', header: true, cell: ({ name }) => <span className="whitespace-nowrap">{name}</span> },
        { name: 'State', cell: ({ mark, word }) => <Status kind={mark} word={word} /> },
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
          className: 'min-w-40 [overflow-wrap:anywhere] md:min-w-64',
          cell: ({ id, problem, commissioned, online, registration }) => (
            <>
              {problem ??
                (registration === 'pending' ? (
                  'Approve or reject it above.'
                ) : commissioned || !online ? (
                  ''
                ) : (
                  <span className="text-ink-2">is being set up</span>
                ))}
              <DriftBadge off={drift.get(id) ?? 0} href={href(`/chargers/${id}`, { view: 'configuration' })} />
            </>
          ),
        },
      ]}
    />
  )
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
