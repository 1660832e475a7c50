'use client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { getReservations, type ReservationRow, type ReservationState } from '#lib/api/reservation.ts'
import { momentText } from '#lib/format/time.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import type { StatusKind } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { CancelReservation, ReservePort } from '../ui/reserve-port.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import type { ChargerView } from './charger-detail.tsx'

const options = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getReservations.path, depot, charger],
    queryFn: ({ signal }) => call(getReservations, { params: { depot }, input: { charger }, signal }),
    refetchInterval: 30_000,
  })

const STATES: Record<ReservationState, { kind: StatusKind; word: string }> = {
  asked: { kind: 'paused', word: 'Asked' },
  accepted: { kind: 'standby', word: 'Kept' },
  refused: { kind: 'off', word: 'Refused' },
  unknown: { kind: 'caution', word: 'Not known' },
  used: { kind: 'normal', word: 'Used' },
  cancelled: { kind: 'off', word: 'Cancelled' },
  expired: { kind: 'off', word: 'Ran out' },
}

/** For whom its ports are kept, and what became of the reservations of the last day. */
export function Reservations({ charger }: { charger: ChargerView }) {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(options(depot.id, charger.id))
  const why = charger.whyNot.reset ?? (charger.quirks.reserves === false ? 'This charger does not know reservations.' : null)
  return (
    <Question title="Is it kept for somebody?" className="border-line border-b px-4 py-4 md:px-6">
      <div className="my-2 flex flex-wrap items-center gap-3">
        <ReservePort
          depot={depot.id}
          charger={charger.id}
          ports={charger.ports}
          any={takesAny(charger)}
          label="Reserve a port"
          disabledReason={why}
        />
        {data?.reservations.length === 0 && <span className="text-ink-2 text-label">No reservation in the last day.</span>}
      </div>
      {data ? (
        data.reservations.length > 0 && <Rows rows={data.reservations} depot={depot.id} zone={depot.zone} />
      ) : error ? (
        <ErrorState title="The reservations cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={2} label="Loading the reservations" />
      )}
    </Question>
  )
}

const takesAny = ({ configuration, ports }: ChargerView): boolean =>
  ports.length > 1 && configuration.some(({ key, value }) => key === 'ReserveConnectorZeroSupported' && value?.toLowerCase() === 'true')

function Rows({ rows, depot, zone }: { rows: readonly ReservationRow[]; depot: string; zone: string }) {
  return (
    <Table<ReservationRow>
      caption="Reservations"
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        { name: 'State', cell: ({ state }) => <Status kind={STATES[state].kind} word={STATES[state].word} /> },
        { name: 'What', header: true, className: 'min-w-52 font-normal', cell: ({ words }) => words },
        { name: 'Until', wideOnly: true, className: 'whitespace-nowrap', cell: ({ expiresAt }) => momentText(expiresAt, zone) },
        { name: 'Card', wideOnly: true, cell: ({ idTag }) => <span className="break-all">{idTag}</span> },
        {
          name: 'Cancel',
          hiddenName: true,
          numeric: true,
          cell: ({ id, open, vehicle, idTag, bay }) =>
            open && <CancelReservation depot={depot} id={id} whom={vehicle ?? idTag} bay={bay} label="Cancel" />,
        },
      ]}
    />
  )
}
