'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { parseAsString, useQueryState } from 'nuqs'
import { type ConnectionRow, getConnections } from '#lib/api/connection.ts'
import { momentText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Headline, Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { ConnectionMap, lineOf } from './connection-map.tsx'

/** Who is connected to what, how each proves who it is and who else could listen (R16). */
export function Connections() {
  const depot = useDepot()
  const href = useHref()
  const [line, setLine] = useQueryState('line', parseAsString)
  const { data, error, refetch } = useQuery({
    queryKey: [getConnections.path, depot.id],
    queryFn: ({ signal }) => call(getConnections, { params: { depot: depot.id }, signal }),
    refetchInterval: 10_000,
  })
  const all = data?.connections ?? []
  const shown = line === null ? all : all.filter((each) => lineOf(each) === line)
  const red = all.filter(({ mark }) => mark === 'critical')
  const soon = all.filter(({ mark }) => mark === 'serious')
  return (
    <Question title="Who is connected, and could anybody listen?">
      {data ? (
        <>
          <Headline figure={String(red.length)}>
            {red.length === 0 ? (
              <>No connection is open to listeners{soon.length > 0 && `; ${soon.length} with a certificate that ends soon`}.</>
            ) : (
              <>
                of {all.length} connections <b>without TLS or without proof of who it is</b>: {names(red)}.
              </>
            )}
          </Headline>
          {data.clock !== null && <p className="mt-1 max-w-prose text-ink-2">{data.clock}</p>}
          <ConnectionMap connections={all} chosen={line} choose={(next) => void setLine(next)} />
          {line !== null && (
            <p className="my-2">
              <Button onClick={() => void setLine(null)}>Show all connections</Button>
            </p>
          )}
          <Table
            caption="Connections"
            rows={shown}
            rowKey={({ id }) => id}
            empty={<EmptyState title="Nothing of this kind yet">It appears here with its first connection.</EmptyState>}
            columns={[
              { name: 'Who', header: true, className: 'whitespace-nowrap', cell: ({ name }) => name },
              { name: 'Protection', cell: ({ mark, word }) => <Status kind={mark} word={word} /> },
              { name: 'Protocol', className: 'whitespace-nowrap', cell: ({ protocol }) => protocol },
              { name: 'Proof', className: 'whitespace-nowrap', cell: ({ auth }) => auth },
              { name: 'TLS', className: 'whitespace-nowrap', cell: ({ protection }) => protection ?? 'none' },
              {
                name: 'Certificate ends',
                wideOnly: true,
                cell: ({ certificateEndsAt }) => certificateEndsAt && momentText(certificateEndsAt, depot.zone),
              },
              {
                name: 'Last message',
                className: 'whitespace-nowrap',
                cell: ({ lastMessageAt }) => (lastMessageAt ? momentText(lastMessageAt, depot.zone) : 'never'),
              },
              { name: 'What travels', wideOnly: true, className: 'min-w-40', cell: ({ fields }) => fields.join(', ') || 'nothing lately' },
              { name: 'Owner', wideOnly: true, cell: ({ owner }) => owner },
              { name: 'Log', hiddenName: true, cell: (row) => row.log && <LogLink row={row} to={logAddress(href, row.log)} /> },
            ]}
          />
        </>
      ) : error ? (
        <ErrorState title="The connections cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={10} label="Loading the connections" />
      )}
    </Question>
  )
}

const LogLink = ({ row, to }: { row: ConnectionRow; to: string }) => (
  <Link
    href={to}
    className="inline-flex min-h-6 items-center whitespace-nowrap underline underline-offset-[3px]"
    aria-label={`Log of ${row.name}`}
  >
    Log
  </Link>
)

const logAddress = (href: ReturnType<typeof useHref>, log: string): string => {
  const [path = '', query = ''] = log.split('?')
  return href(path, Object.fromEntries(new URLSearchParams(query)))
}

const MOST_NAMES = 3
const names = (rows: ConnectionRow[]): string => {
  const first = rows.slice(0, MOST_NAMES).map(({ name }) => name)
  return rows.length > MOST_NAMES ? `${first.join(', ')} and ${rows.length - MOST_NAMES} more` : first.join(', ')
}
