'use client'
import type { SessionRow } from '#lib/api/session.ts'
import { reviewOf } from '#lib/charging/review-words.ts'
import { energyText } from '#lib/format/energy.ts'
import { moneyExact } from '#lib/format/money.ts'
import { clockText, dayText, spanText } from '#lib/format/time.ts'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { SessionState } from './session-state.tsx'

/** Sessions as rows; the first cell opens one. */
export function SessionTable({ sessions }: { sessions: readonly SessionRow[] }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const href = useHref()
  const columns: Column<SessionRow>[] = [
    {
      name: 'Started',
      header: true,
      cell: ({ startedAt }) => <span className="whitespace-nowrap">{`${dayText(startedAt, zone)} ${clockText(startedAt, zone)}`}</span>,
    },
    { name: 'Lasted', wideOnly: true, numeric: true, cell: ({ startedAt, stoppedAt }) => spanText((stoppedAt ?? now) - startedAt) },
    {
      name: 'Vehicle',
      className: 'whitespace-nowrap',
      cell: ({ vehicleName }) => vehicleName ?? <span className="text-ink-3">not known</span>,
    },
    { name: 'Driver', wideOnly: true, cell: ({ driverName }) => driverName ?? '–' },
    { name: 'Card', wideOnly: true, className: 'min-w-24', cell: ({ idTag }) => <span className="break-all">{idTag}</span> },
    { name: 'Bay', wideOnly: true, className: 'whitespace-nowrap', cell: ({ bay }) => bay },
    { name: 'Charger', wideOnly: true, cell: ({ chargerName }) => chargerName },
    { name: 'Energy', numeric: true, cell: ({ energyWh }) => energyText(energyWh) },
    {
      name: 'Cost',
      numeric: true,
      cell: ({ cost, estimated }) =>
        cost === null ? (
          <span className="text-ink-3">no tariff</span>
        ) : (
          <>
            {estimated && <span className="mr-1 text-ink-3 text-note">est.</span>}
            {moneyExact(cost.minor, cost.currency)}
          </>
        ),
    },
    { name: 'State', className: 'min-w-44 md:pl-3', cell: (session) => <StateCell session={session} /> },
  ]
  return (
    <Table
      caption="Sessions"
      columns={columns}
      rows={sessions}
      rowKey={({ id }) => id}
      href={({ id }) => href(`/sessions/${id}`)}
      className="px-4 md:px-6"
    />
  )
}

function StateCell({ session }: { session: SessionRow }) {
  const { sentences } = reviewOf(session)
  return (
    <div className="py-1">
      <SessionState session={session} />
      {sentences[0] && (
        <p className="text-ink-2 text-note">
          {sentences[0]}
          {sentences.length > 1 && ` And ${sentences.length - 1} more.`}
        </p>
      )}
    </div>
  )
}
