'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { ChargerAct, getCharger } from '#lib/api/charger.ts'
import { ButtonLink } from '../ui/button.tsx'
import { CallFailed } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Mark } from '../ui/mark.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { useHref } from '../ui/use-href.ts'
import { AskedOf } from './asked-of.tsx'
import { ChargerActs } from './charger-acts.tsx'
import { ChargerFacts } from './charger-facts.tsx'
import { ChargerFiles } from './charger-files.tsx'
import { chargerOptions, chargersOptions, type Outcome, useAsk } from './charger-query.ts'
import { ChargerSecurityTab } from './charger-security.tsx'
import { Compatibility } from './compatibility.tsx'
import { Configuration } from './configuration.tsx'
import { Console } from './console.tsx'
import { Limits } from './limits.tsx'
import { MessageLog } from './message-log.tsx'
import { Ports } from './ports.tsx'
import { Reservations } from './reservations.tsx'
import { Setup } from './setup.tsx'

export type ChargerView = z.output<typeof getCharger.output>
/** Sends an act, named in words for the answer's sentence. Never throws: the answer stands under the buttons. */
export type Ask = (act: ChargerAct, asked: string) => Promise<unknown>
const VIEWS = ['state', 'setup', 'configuration', 'console', 'files', 'security', 'compatibility', 'messages'] as const

/** One charger: how it stands, what it was told, what it said; and what can be asked of it. */
export function ChargerDetail({ id }: { id: string }) {
  const depot = useDepot()
  const href = useHref()
  const { data: charger, error, refetch } = useQuery(chargerOptions(depot.id, id))
  const [view, setView] = useQueryState('view', parseAsStringLiteral(VIEWS).withDefault('state'))
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const ask = useAsk(depot.id, id, setOutcome)
  const send: Ask = (act, asked) => ask.mutateAsync({ act, asked }).catch(() => undefined)
  if (!charger)
    return (
      <>
        <PageBar title="Charger">
          <ButtonLink href={href('/chargers')}>All chargers</ButtonLink>
        </PageBar>
        <div className="px-4 md:px-6">
          {error ? (
            <>
              <ErrorState title="This charger cannot be shown" detail={error.message} retry={() => void refetch()} />
              {error instanceof CallFailed && error.code === 'not-found' && <ByIdentity identity={id} />}
            </>
          ) : (
            <>
              <Skeleton className="mt-4 h-9" />
              <SkeletonLines lines={10} label="Loading the charger" />
            </>
          )}
        </div>
      </>
    )
  return (
    <div className="flex min-h-full flex-col">
      <PageBar
        title={charger.name}
        note={
          <span className="inline-flex flex-wrap items-center gap-x-3">
            <Status kind={charger.mark} word={charger.word} />
            {[charger.vendor, charger.model].filter(Boolean).join(' ')}
            {error && ' · The server does not answer: this is what it said last.'}
          </span>
        }
      >
        <Segmented
          label="View"
          value={view}
          onChange={(to) => void setView(to === 'state' ? null : to)}
          segments={[
            { value: 'state', label: 'State' },
            { value: 'setup', label: 'Setup' },
            { value: 'configuration', label: 'Configuration' },
            { value: 'console', label: 'Console' },
            { value: 'files', label: 'Files' },
            { value: 'security', label: 'Security' },
            { value: 'compatibility', label: 'Compatibility' },
            { value: 'messages', label: 'Messages' },
          ]}
        />
        <ButtonLink href={href('/chargers')}>All chargers</ButtonLink>
      </PageBar>
      {charger.problem && (
        <p className="flex items-baseline gap-2 border-line border-b bg-serious-tint px-4 py-2.5 md:px-6">
          <Mark kind="serious" />
          <span>{charger.problem}</span>
        </p>
      )}
      <ChargerActs charger={charger} pending={ask.isPending} ask={send} />
      <AskedOf outcome={outcome} pending={ask.isPending ? ask.variables.asked : null} />
      {view === 'setup' ? (
        <Setup charger={id} />
      ) : view === 'compatibility' ? (
        <Compatibility charger={id} />
      ) : view === 'messages' ? (
        <MessageLog charger={id} />
      ) : view === 'console' ? (
        <Console charger={id} />
      ) : view === 'files' ? (
        <ChargerFiles charger={id} name={charger.name} />
      ) : view === 'security' ? (
        <ChargerSecurityTab charger={id} />
      ) : view === 'configuration' ? (
        <Configuration charger={charger} pending={ask.isPending} ask={send} />
      ) : (
        <div className="xl:grid xl:flex-1 xl:grid-cols-[minmax(0,1fr)_340px]">
          <div className="min-w-0">
            <Ports charger={charger} pending={ask.isPending} ask={send} />
            <Reservations charger={charger} />
            <Limits limits={charger.limits} />
          </div>
          <ChargerFacts charger={charger} />
        </div>
      )}
    </div>
  )
}

/** Who came with the identity in the charger's own address is led to its page. */
function ByIdentity({ identity }: { identity: string }) {
  const depot = useDepot()
  const href = useHref()
  const router = useRouter()
  const { data } = useQuery(chargersOptions(depot.id))
  const meant = data?.chargers.find((each) => each.identity === identity)
  const to = meant && href(`/chargers/${encodeURIComponent(meant.id)}`)
  useEffect(() => {
    if (to) router.replace(to)
  }, [router, to])
  return null
}
