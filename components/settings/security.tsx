'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { acknowledgeSecurity, getSecurity, type Security } from '#lib/api/security.ts'
import { ageText, dayText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Facts } from '../ui/facts.tsx'
import { Mark } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { sayProblem } from '../ui/toast.tsx'
import { useHref } from '../ui/use-href.ts'
import { Authority } from './authority.tsx'

export const securityOptions = (depot: string) =>
  queryOptions({
    queryKey: [getSecurity.path, depot],
    queryFn: ({ signal }) => call(getSecurity, { params: { depot }, signal }),
    refetchInterval: 15_000,
  })

/** How chargers prove who they are, by what we prove it to them, and what went wrong. */
export function SecurityView() {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(securityOptions(depot.id))
  if (!data)
    return error ? (
      <ErrorState title="The security of this installation cannot be shown" detail={error.message} retry={() => void refetch()} />
    ) : (
      <SkeletonLines lines={10} label="Loading the security of this installation" />
    )
  return (
    <div className="flex flex-col gap-6">
      <Alerts data={data} />
      <Doors data={data} />
      <Authority data={data} />
      <Failures data={data} />
    </div>
  )
}

function Alerts({ data }: { data: Security }) {
  const depot = useDepot()
  const href = useHref()
  const now = useDepotNow()
  const cache = useQueryClient()
  const seen = useMutation({
    mutationFn: (key: string) => call(acknowledgeSecurity, { params: { depot: depot.id }, input: { key } }),
    onError: (failed) => sayProblem('Not acknowledged', failed.message),
    onSettled: () => void cache.invalidateQueries({ queryKey: securityOptions(depot.id).queryKey }),
  })
  return (
    <Question title="What should somebody look at?">
      <Table<Security['alerts'][number]>
        caption="Security alerts"
        rows={data.alerts}
        rowKey={({ key }) => key}
        empty={
          <EmptyState title="Nothing">
            Refused, doubled and flooding connections, events of chargers and certificates that end stand here.
          </EmptyState>
        }
        columns={[
          {
            name: 'What',
            header: true,
            className: 'min-w-56 py-1.5',
            cell: (alert) => (
              <span className="inline-flex items-baseline gap-2">
                <Status kind={alert.mark} word="" />
                {alert.href ? (
                  <Link href={href(alert.href)} className="underline-offset-[3px] hover:underline">
                    {alert.what}
                  </Link>
                ) : (
                  alert.what
                )}
              </span>
            ),
          },
          { name: 'Why', className: 'min-w-56', cell: ({ why }) => why },
          { name: 'Since', wideOnly: true, className: 'whitespace-nowrap', cell: ({ since }) => ageText(since, now) },
          {
            name: 'Seen',
            hiddenName: true,
            numeric: true,
            cell: ({ key }) =>
              key.startsWith('security.') && (
                <Button pending={seen.isPending} onClick={() => seen.mutate(key)}>
                  I have seen it
                </Button>
              ),
          },
        ]}
      />
    </Question>
  )
}

function Doors({ data }: { data: Security }) {
  const { listeners, noAuth, proxies, certificateHeader } = data
  return (
    <Question title="How do chargers come in?">
      <Facts
        className="mt-1 max-w-2xl"
        facts={[
          ...listeners.map(
            ({ scheme, port, mark, word }) =>
              [port === null ? scheme : `${scheme}, port ${port}`, <Marked key={scheme} kind={mark} word={word} />] as const,
          ),
          ['Without a password', <Marked key="0" kind={noAuth.mark} word={noAuth.word} />],
          ['Proxies that are believed', proxies.length === 0 ? 'none' : proxies.join(', ')],
          ['Their header with the client certificate', certificateHeader ?? 'none'],
        ]}
      />
    </Question>
  )
}

/** A status whose words may need two lines on a phone. */
const Marked = ({ kind, word }: { kind: Security['noAuth']['mark']; word: string }) => (
  <span className="inline-flex items-baseline gap-1.5">
    <Mark kind={kind} /> {word}
  </span>
)

function Failures({ data }: { data: Security }) {
  const zone = useDepotZone()
  const now = useDepotNow()
  return (
    <Question title="What was refused in the last day?">
      <Table<Security['failures'][number]>
        caption="Failures of the last day"
        rows={data.failures}
        rowKey={({ at, words, identity }) => `${at} ${words} ${identity}`}
        empty={<EmptyState title="Nothing">Nobody was refused, and no connection took the place of another.</EmptyState>}
        columns={[
          { name: 'What', header: true, cell: ({ words }) => words },
          { name: 'As', cell: ({ identity }) => identity ?? '–' },
          { name: 'From', cell: ({ address }) => address ?? '–' },
          { name: 'Times', numeric: true, cell: ({ times }) => times },
          { name: 'Last', className: 'whitespace-nowrap', cell: ({ at }) => <span title={dayText(at, zone)}>{ageText(at, now)}</span> },
        ]}
      />
    </Question>
  )
}
