'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import type { z } from 'zod'
import type { getSession } from '#lib/api/session.ts'
import { reviewOf, stopReasonWords } from '#lib/charging/review-words.ts'
import { energyText } from '#lib/format/energy.ts'
import { moneyExact } from '#lib/format/money.ts'
import { decimal } from '#lib/format/number.ts'
import { momentText, spanText } from '#lib/format/time.ts'
import { ButtonLink } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { FactStrip, Facts } from '../ui/facts.tsx'
import { Mark } from '../ui/mark.tsx'
import { useRole } from '../ui/me-query.ts'
import { PageBar } from '../ui/page-bar.tsx'
import { Question } from '../ui/question.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { useHref } from '../ui/use-href.ts'
import { CostLines } from './cost-lines.tsx'
import { ReadingTable, SessionCurve } from './session-curve.tsx'
import { sessionOptions } from './session-query.ts'
import { SessionState } from './session-state.tsx'

type Session = z.output<typeof getSession.output>

/** One session: what it took, when, at what price, and what is odd about it. */
export function SessionDetail({ id }: { id: number }) {
  const depot = useDepot()
  const href = useHref()
  const { data: session, error, refetch } = useQuery(sessionOptions(depot.id, id))
  if (!session)
    return (
      <>
        <PageBar title={`Session ${id}`} />
        <div className="px-4 md:px-6">
          {error ? (
            <ErrorState title="This session cannot be shown" detail={error.message} retry={() => void refetch()} />
          ) : (
            <>
              <Skeleton className="mt-4 h-64" />
              <SkeletonLines label="Loading the session" />
            </>
          )}
        </div>
      </>
    )
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title={`Session ${session.id}`} note={<SessionState session={session} />}>
        <ButtonLink href={href('/sessions')}>All sessions</ButtonLink>
      </PageBar>
      <Summary session={session} />
      <div className="xl:grid xl:flex-1 xl:grid-cols-[minmax(0,1fr)_340px]">
        <div className="min-w-0">
          <Review session={session} />
          <Curve session={session} />
          <CostLines lines={session.lines} total={session.cost} running={session.stoppedAt === null} />
        </div>
        <Particulars session={session} />
      </div>
    </div>
  )
}

function Summary({ session }: { session: Session }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const socs = session.readings.flatMap(({ socPct }) => (socPct === null ? [] : [socPct]))
  return (
    <FactStrip
      facts={[
        { name: 'Vehicle', value: session.vehicleName ?? 'not known', remark: `at bay ${session.bay}` },
        { name: 'Started', value: momentText(session.startedAt, zone) },
        {
          name: session.stoppedAt === null ? 'Runs for' : 'Lasted',
          value: spanText((session.stoppedAt ?? now) - session.startedAt),
          remark: session.stoppedAt === null ? '' : `until ${momentText(session.stoppedAt, zone)}`,
        },
        {
          name: 'Energy',
          value: energyText(session.energyWh),
          remark: socs.length > 1 ? `${decimal(socs[0]!, 0)} → ${decimal(socs.at(-1)!, 0)} %` : '',
        },
        {
          name: session.stoppedAt === null ? 'Cost so far' : 'Cost',
          value: session.cost === null ? 'no tariff' : moneyExact(session.cost.minor, session.cost.currency),
          remark: session.cost !== null && session.estimated ? 'in part an estimate' : '',
        },
      ]}
    />
  )
}

function Review({ session }: { session: Session }) {
  const { sentences, notes } = reviewOf(session)
  if (sentences.length + notes.length === 0) return null
  return (
    <Question
      title={sentences.length > 0 ? 'What should be looked at?' : 'What is to be known?'}
      className="border-line border-b px-4 py-4 md:px-6"
    >
      <ul className="mt-1">
        {sentences.map((sentence) => (
          <li key={sentence} className="flex items-baseline gap-2 py-1">
            <Mark kind="caution" />
            {sentence}
          </li>
        ))}
        {notes.map((note) => (
          <li key={note} className="py-1 text-ink-2">
            {note}
          </li>
        ))}
      </ul>
    </Question>
  )
}

function Curve({ session }: { session: Session }) {
  const now = useDepotNow(30_000)
  const zone = useDepotZone()
  const [view, setView] = useState<'chart' | 'table'>('chart')
  return (
    <Question title="How did it charge?" className="border-line border-b px-4 py-4 md:px-6">
      <div className="-mt-5 flex justify-end">
        <Segmented
          label="Curve as"
          value={view}
          onChange={setView}
          segments={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </div>
      {session.readings.length < 2 ? (
        <p className="py-2 text-ink-2">The charger has sent no readings of this session{session.stoppedAt === null ? ' yet' : ''}.</p>
      ) : view === 'chart' ? (
        <SessionCurve from={session.startedAt} until={session.stoppedAt ?? now} zone={zone} readings={session.readings} />
      ) : (
        <ReadingTable readings={session.readings} zone={zone} />
      )}
    </Question>
  )
}

function Particulars({ session }: { session: Session }) {
  const role = useRole()
  const href = useHref()
  const operator = role === 'admin' || role === 'manager'
  const charger = operator ? (
    <Link className="underline underline-offset-[3px]" href={href(`/chargers/${session.chargerId}`)}>
      {session.chargerName}
    </Link>
  ) : (
    session.chargerName
  )
  const meter = (wh: number | null) => (wh === null ? 'not told yet' : energyExact(wh))
  return (
    <section aria-label="Particulars" className="border-line p-4 md:px-6 xl:border-l">
      <Facts
        facts={[
          ['Charger', charger],
          ['Bay', session.bay],
          ['Driver', session.driverName ?? 'not known'],
          ['Card or tag', session.idTag],
          ['Cost centre', session.costCentre ?? 'none'],
          ['Meter at start', meter(session.meterStartWh)],
          ['Meter at end', meter(session.meterStopWh)],
          ['Ended', stopReasonWords(session.stopReason) ?? 'runs'],
          ['Readings', session.readings.length],
        ]}
      />
    </section>
  )
}

/** As the register shows it, to the Wh. */
const energyExact = (wh: number): string => `${decimal(wh / 1000, 3)} kWh`
