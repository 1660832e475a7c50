'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import type { ChargerRow } from '#lib/api/charger.ts'
import { counted } from '#lib/format/number.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { useHref } from '../ui/use-href.ts'
import { AddCharger } from './add-charger.tsx'
import { chargersOptions } from './charger-query.ts'
import { ChargerTable } from './charger-table.tsx'
import { ImportChargers } from './import-chargers.tsx'
import { Knocking } from './knocking.tsx'
import { NewChargers } from './new-chargers.tsx'
import { RetiredChargers } from './retired-chargers.tsx'
import { SearchField } from './search-field.tsx'
import { ToApprove } from './to-approve.tsx'

const SHOWN = ['all', 'action', 'offline', 'pending', 'retired'] as const

/** Every charger with its state, and the strangers that knock. */
export function Chargers() {
  const depot = useDepot()
  const href = useHref()
  const { data, error, refetch } = useQuery(chargersOptions(depot.id))
  const [shown, show] = useQueryState('show', parseAsStringLiteral(SHOWN).withDefault('all'))
  const [words, setWords] = useQueryState('search', parseAsString.withDefault(''))
  const [group, setGroup] = useQueryState('group', parseAsString.withDefault(''))
  const [adding, setAdding] = useQueryState('add', parseAsString)
  const [importing, setImporting] = useState(false)
  const all = data?.chargers ?? []
  const groups = [...new Set(all.flatMap((charger) => charger.group ?? []))].sort()
  const rows = all.filter((charger) => FITS[shown](charger) && (group === '' || charger.group === group) && holds(charger, words))
  const pending = all.filter(FITS.pending)
  const retired = (data?.retired ?? []).filter(({ name, identity }) => `${name} ${identity}`.toLowerCase().includes(words.toLowerCase()))
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Chargers" note={data && (error ? 'The server does not answer: this is what it said last.' : summary(all))}>
        <Segmented
          label="Which chargers"
          value={shown}
          onChange={(to) => void show(to === 'all' ? null : to)}
          segments={[
            { value: 'all', label: data ? `All ${all.length}` : 'All' },
            { value: 'action', label: data ? `Needs action ${all.filter(FITS.action).length}` : 'Needs action', mark: 'critical' },
            { value: 'offline', label: data ? `Offline ${all.filter(FITS.offline).length}` : 'Offline' },
            ...(pending.length > 0 || shown === 'pending'
              ? [{ value: 'pending' as const, label: `To approve ${pending.length}`, mark: 'caution' as const }]
              : []),
            ...((data?.retired.length ?? 0) > 0 || shown === 'retired'
              ? [{ value: 'retired' as const, label: `Retired ${data?.retired.length ?? 0}` }]
              : []),
          ]}
        />
        {groups.length > 0 && (
          <select
            aria-label="Group"
            value={group}
            onChange={({ target }) => void setGroup(target.value || null)}
            className="min-h-(--target) rounded-control border border-control bg-surface px-2.5 text-label"
          >
            <option value="">All groups</option>
            {groups.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
        <SearchField label="Search chargers" words={words} search={(to) => void setWords(to || null)} />
        <ButtonLink href={href('/chargers/models')}>Models</ButtonLink>
        <ButtonLink href={href('/chargers/firmware')}>Firmware</ButtonLink>
        <Button onClick={() => setImporting(true)}>Import</Button>
        <Button onClick={() => void setAdding('')}>Add charger</Button>
      </PageBar>
      {data ? (
        <>
          <Knocking knocks={data.knocking} adopt={(identity) => void setAdding(identity)} />
          <ToApprove chargers={shown === 'pending' ? rows : pending} />
          <div className="px-4 pt-3 md:px-6">
            {shown === 'retired' ? (
              <RetiredChargers chargers={retired} />
            ) : shown === 'pending' ? (
              rows.length === 0 && (
                <EmptyState title="No charger waits for approval">
                  One that is added so that “it waits for approval” is listed here until somebody decides.
                </EmptyState>
              )
            ) : (
              <ChargerTable
                chargers={rows}
                empty={
                  all.length === 0 ? (
                    <EmptyState title="No charger yet" action={<Button onClick={() => void setAdding('')}>Add the first charger</Button>}>
                      A charger is added here with a name and a key; then it is told our address and connects by itself.
                    </EmptyState>
                  ) : (
                    <EmptyState title="No charger fits">Take another word, or show all of them.</EmptyState>
                  )
                }
              />
            )}
          </div>
          <NewChargers value={data.newChargers} />
          {importing && <ImportChargers close={() => setImporting(false)} />}
          <AddCharger
            key={adding}
            open={adding !== null}
            close={() => void setAdding(null)}
            identity={adding ?? ''}
            nodes={data.nodes}
            taken={all.length}
          />
        </>
      ) : (
        <div className="px-4 md:px-6">
          {error ? (
            <ErrorState title="The chargers cannot be shown" detail={error.message} retry={() => void refetch()} />
          ) : (
            <SkeletonLines lines={14} label="Loading the chargers" />
          )}
        </div>
      )}
    </div>
  )
}

const ACT: ReadonlySet<string> = new Set(['critical', 'serious', 'caution'])
const FITS: Record<(typeof SHOWN)[number], (charger: ChargerRow) => boolean> = {
  all: () => true,
  action: ({ mark, problem }) => ACT.has(mark) || problem !== null,
  offline: ({ online }) => !online,
  pending: ({ registration }) => registration === 'pending',
  retired: () => true,
}

const holds = ({ name, identity, vendor, model, serial, firmware, circuit, group, ports }: ChargerRow, words: string): boolean => {
  const text = [name, group, identity, vendor, model, serial, firmware, circuit, ...ports.map(({ bay }) => `bay ${bay}`)]
    .join(' ')
    .toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function summary(all: readonly ChargerRow[]): string {
  const online = all.filter((charger) => charger.online).length
  const ports = all.reduce((sum, charger) => sum + charger.ports.length, 0)
  return `${online} of ${counted(all.length, 'charger')} online, ${counted(ports, 'port')}`
}
