'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  actOnChargerSecurity,
  type CertificateRow,
  type ChargerSecurity,
  type ChargerSecurityAct,
  getChargerSecurity,
} from '#lib/api/security.ts'
import { ageText, dateText, momentText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Facts } from '../ui/facts.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { say, sayProblem } from '../ui/toast.tsx'
import { InstallRoot } from './install-root.tsx'
import { SerialForm } from './serial-form.tsx'

export const chargerSecurityOptions = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getChargerSecurity.path, depot, charger],
    queryFn: ({ signal }) => call(getChargerSecurity, { params: { depot, charger }, signal }),
    refetchInterval: 15_000,
  })

export type Secure = (act: ChargerSecurityAct) => Promise<void>

/** How a charger proves who it is, which certificates it holds, and what it reported. */
export function ChargerSecurityTab({ charger }: { charger: string }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(chargerSecurityOptions(depot.id, charger))
  const act = useMutation({
    mutationFn: (asked: ChargerSecurityAct) => call(actOnChargerSecurity, { params: { depot: depot.id, charger }, input: asked }),
    onSuccess: ({ outcome, detail }) => say(WORDS[outcome] ?? outcome, { detail }),
    onError: (failed) => sayProblem('Not done', failed.message),
    onSettled: () => void cache.invalidateQueries({ queryKey: chargerSecurityOptions(depot.id, charger).queryKey }),
  })
  const secure: Secure = async (asked) => {
    await act.mutateAsync(asked).catch(() => undefined)
  }
  if (!data)
    return (
      <div className="px-4 py-4 md:px-6">
        {error ? (
          <ErrorState title="Its security cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={8} label="Loading the charger’s security" />
        )}
      </div>
    )
  return (
    <div className="flex flex-col gap-6 px-4 py-4 md:px-6">
      <Proof data={data} pending={act.isPending} secure={secure} />
      <Certificates data={data} pending={act.isPending} secure={secure} />
      <Events data={data} />
    </div>
  )
}

const WORDS: Record<string, string> = {
  accepted: 'Done',
  scheduled: 'Asked of the charger',
  refused: 'Refused',
  timeout: 'No answer',
  offline: 'The charger is offline',
}

type Part = { data: ChargerSecurity; pending: boolean; secure: Secure }

function Proof({ data, pending, secure }: Part) {
  const zone = useDepotZone()
  const now = useDepotNow()
  const { link, risingTo, risingSince, raise } = data
  return (
    <Question title="How does it prove who it is?">
      <div className="mt-1 grid gap-x-10 gap-y-3 xl:grid-cols-2">
        <Facts
          className="max-w-xl"
          facts={[
            ['Connection', <Status key="s" kind={link.mark} word={link.word} />],
            ['Proof', link.auth ?? 'Never connected'],
            ['TLS', link.tls ?? '–'],
            ['Security profile', `${link.profile ?? '–'} (at least ${link.least})`],
            ['Its certificate ends', link.certificateEndsAt === null ? '–' : dateText(link.certificateEndsAt, zone)],
            ['Last message', link.lastMessageAt === null ? 'never' : ageText(link.lastMessageAt, now)],
          ]}
        />
        <div className="flex flex-col items-start gap-2">
          {risingTo !== null && (
            <p className="flex flex-wrap items-center gap-2 text-ink-2">
              <Status kind="standby" word={`Told to rise to profile ${risingTo}`} />
              {risingSince !== null && <span>{ageText(risingSince, now)}; it counts when it has come back so.</span>}
              <Button variant="quiet" pending={pending} onClick={() => void secure({ kind: 'forgetRaise' })}>
                Take it back
              </Button>
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            {raise.map(({ profile, label, whyNot }) => (
              <Confirm
                key={profile}
                label={`Raise to profile ${profile}`}
                disabledReason={whyNot}
                title={`Raise to “${label}”?`}
                consequence="Once it has come so, anything less is refused, and a profile never goes down again."
                verb="Raise it"
                onConfirm={() => secure({ kind: 'raiseProfile', profile: profile as 1 | 2 | 3 })}
              />
            ))}
            {data.whyNotWithoutPassword === null && (
              <Confirm
                label="Let in without a password"
                title="Let it in without a password?"
                consequence="For a laboratory: anybody in its network can pretend to be it."
                verb="Let it in"
                onConfirm={() => secure({ kind: 'allowNoPassword' })}
              />
            )}
            {raise.length === 0 && <p className="text-ink-2">It is at the highest profile.</p>}
          </div>
          <SerialForm told={data.serial} registered={data.registeredSerial} pending={pending} secure={secure} />
        </div>
      </div>
    </Question>
  )
}

const KINDS: Record<CertificateRow['kind'], string> = {
  charger: 'Its own',
  centralSystemRoot: 'Root for our certificate',
  manufacturerRoot: 'Root for firmware',
}

function Certificates({ data, pending, secure }: Part) {
  const zone = useDepotZone()
  const [installing, setInstalling] = useState(false)
  return (
    <Question title="Which certificates are there?">
      <div className="my-2 flex flex-wrap gap-2">
        <Button disabledReason={data.whyNotAsk} onClick={() => setInstalling(true)}>
          Install a root
        </Button>
        <Button disabledReason={data.whyNotAsk} pending={pending} onClick={() => void secure({ kind: 'renewCertificate' })}>
          Renew its certificate
        </Button>
        <Button disabledReason={data.whyNotAsk} pending={pending} onClick={() => void secure({ kind: 'readCertificates' })}>
          Ask what it holds
        </Button>
      </div>
      <Table<CertificateRow>
        caption="Certificates"
        rows={data.certificates}
        rowKey={({ id }) => id}
        empty={<EmptyState title="None known">Ask the charger what it holds, or install our root.</EmptyState>}
        columns={[
          { name: 'What', header: true, cell: ({ kind }) => KINDS[kind] },
          { name: 'State', cell: ({ mark, word }) => <Status kind={mark} word={word} /> },
          { name: 'For', className: 'min-w-40', cell: ({ subject, detail }) => [subject, detail].filter(Boolean).join('. ') || '–' },
          {
            name: 'Number',
            wideOnly: true,
            cell: ({ serial }) => <code className="font-mono text-note">{serial?.slice(0, 16) ?? '–'}</code>,
          },
          { name: 'Ends', className: 'whitespace-nowrap', cell: ({ endsAt }) => (endsAt === null ? '–' : dateText(endsAt, zone)) },
          {
            name: 'Remove',
            hiddenName: true,
            numeric: true,
            cell: (row) =>
              row.kind === 'charger' ? (
                <Confirm
                  label="Revoke"
                  disabledReason={row.whyNotRevoke}
                  title="Revoke this certificate?"
                  consequence="The charger’s connection is closed, and it cannot come back with it. This cannot be undone."
                  verb="Revoke it"
                  onConfirm={() => secure({ kind: 'revokeCertificate', certificateId: row.id })}
                />
              ) : (
                <Confirm
                  label="Delete"
                  disabledReason={row.whyNotDelete}
                  title="Delete this root from the charger?"
                  consequence="If our certificate comes from it, the charger cannot come back over TLS."
                  verb="Delete it"
                  onConfirm={() => secure({ kind: 'deleteCertificate', certificateId: row.id })}
                />
              ),
          },
        ]}
      />
      {installing && <InstallRoot close={() => setInstalling(false)} secure={secure} />}
    </Question>
  )
}

function Events({ data }: Pick<Part, 'data'>) {
  const zone = useDepotZone()
  return (
    <Question title="What did it report?">
      <Table<ChargerSecurity['events'][number]>
        caption="Security events"
        rows={data.events}
        rowKey={({ id }) => id}
        empty={<EmptyState title="No security events">What the charger notices about its own safety stands here.</EmptyState>}
        columns={[
          { name: 'When', className: 'whitespace-nowrap', cell: ({ at }) => momentText(at, zone) },
          { name: 'What', header: true, cell: ({ words }) => words },
          { name: 'Critical', cell: ({ critical }) => (critical ? <Status kind="serious" word="Critical" /> : '–') },
          {
            name: 'Details',
            wideOnly: true,
            className: 'max-w-96 break-words',
            cell: ({ type, info }) => [type, info].filter(Boolean).join(': '),
          },
          { name: 'Seen', cell: ({ seenBy }) => (seenBy === null ? 'not yet' : seenBy === 'system' ? '–' : 'yes') },
        ]}
      />
    </Question>
  )
}
