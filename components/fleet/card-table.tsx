'use client'
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { getTokens, type TokenKind, type TokenRow } from '#lib/api/token.ts'
import { dayText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import type { StatusKind } from '../ui/mark.tsx'
import { More } from '../ui/more.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'

export const tokensOptions = (depot: string, search: string) =>
  infiniteQueryOptions({
    queryKey: [getTokens.path, depot, search],
    queryFn: ({ signal, pageParam }) =>
      call(getTokens, { params: { depot }, input: { search: search || undefined, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 60_000,
  })

export const KINDS: Record<TokenKind, string> = { rfid: 'Card', app: 'App', vehicle: 'Vehicle' }
const STATES: Record<TokenRow['status'], { kind: StatusKind; word: string }> = {
  accepted: { kind: 'normal', word: 'May charge' },
  blocked: { kind: 'off', word: 'Blocked' },
  expired: { kind: 'caution', word: 'Expired' },
}

/** Cards and what else identifies at a charger, by number. */
export function CardTable({ words, open }: { words: string; open: (what: string) => void }) {
  const depot = useDepot()
  const query = useInfiniteQuery(tokensOptions(depot.id, words))
  const { data, error, refetch } = query
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  if (!data)
    return (
      <div className="px-4 md:px-6">
        {error ? (
          <ErrorState title="The cards cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={12} label="Loading the cards" />
        )}
      </div>
    )
  return (
    <div className="px-4 pt-3 md:px-6">
      <Table<TokenRow>
        caption="Cards"
        rows={rows}
        rowKey={({ id }) => id}
        empty={
          words ? (
            <EmptyState title="No card fits">Try a part of the number, the group, the vehicle or the driver.</EmptyState>
          ) : (
            <EmptyState title="No card yet" action={<Button onClick={() => open('card')}>Add the first card</Button>}>
              A card, an app or a vehicle identifies at a charger with its number. Chargers keep a list of them, for when they have no
              connection.
            </EmptyState>
          )
        }
        columns={[
          {
            name: 'Number',
            header: true,
            cell: ({ id, idTag }) => (
              <button
                type="button"
                className="min-h-6 break-all text-left underline-offset-[3px] hover:underline"
                onClick={() => open(`card:${id}`)}
              >
                {idTag}
              </button>
            ),
          },
          { name: 'State', cell: ({ status }) => <Status kind={STATES[status].kind} word={STATES[status].word} /> },
          { name: 'Vehicle', cell: ({ vehicle }) => vehicle?.name ?? '–' },
          { name: 'Driver', wideOnly: true, cell: ({ driver }) => driver ?? '–' },
          { name: 'Group', cell: ({ group, parentIdTag }) => group ?? parentIdTag ?? '–' },
          { name: 'Type', wideOnly: true, cell: ({ kind }) => KINDS[kind] },
          { name: 'Cost centre', wideOnly: true, cell: ({ costCentre }) => costCentre ?? '–' },
          {
            name: 'Expires',
            wideOnly: true,
            className: 'whitespace-nowrap',
            cell: ({ expiresAt }) => (expiresAt === null ? 'never' : dayText(expiresAt - 1, depot.zone)),
          },
          {
            name: 'Last used',
            wideOnly: true,
            className: 'whitespace-nowrap',
            cell: ({ usedAt }) => (usedAt === null ? 'never' : dayText(usedAt, depot.zone)),
          },
        ]}
      />
      {rows.length > 0 && <More query={query} shown={rows.length} of={data.pages[0]?.total} noun="card" />}
    </div>
  )
}
