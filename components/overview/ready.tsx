'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { OverviewView } from '#lib/api/overview.ts'
import { departureWaves, willBeReady } from '#lib/fleet/departure-wave.ts'
import { clockText, spanText } from '#lib/format/time.ts'
import { boardOptions } from '../ui/board-query.ts'
import { cx } from '../ui/class-names.ts'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Mark } from '../ui/mark.tsx'
import { Headline, Question } from '../ui/question.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useHref } from '../ui/use-href.ts'
import { RiskList } from './risk-list.tsx'

/** Will all leave on time? */
export function Ready({ view }: { view: OverviewView }) {
  const href = useHref()
  const { departures, risks, depot } = view
  const commands = risks.some(({ act, portId }) => act && portId)
  const { data: board } = useQuery({ ...boardOptions(depot.id), enabled: commands })
  return (
    <Question
      title="Will all leave on time?"
      more={{ href: href('/plan'), label: 'All departures' }}
      className="border-line border-b p-4 md:px-6 md:py-5"
    >
      {departures.length === 0 ? (
        <EmptyState title="No departures ahead">
          Vans appear here with their next duty. Send duties by the API, or plug in a van: it is charged to its target all the same.
        </EmptyState>
      ) : (
        <>
          <Answer view={view} />
          <Waves view={view} />
          <RiskList risks={risks} depot={depot} ports={board?.ports ?? []} />
        </>
      )}
    </Question>
  )
}

function Answer({ view: { departures, depot } }: { view: OverviewView }) {
  const now = useDepotNow(30_000)
  const fine = willBeReady(departures)
  const risky = departures.length - fine
  const times = departures.map(({ departsAt }) => departsAt)
  const first = Math.min(...times)
  const last = Math.max(...times)
  return (
    <Headline figure={String(fine)} unit={`of ${departures.length}`} size="hero" className="mb-3">
      {risky === 0 ? (
        <b>will be ready. None is at risk.</b>
      ) : (
        <>
          <b>will be ready; {risky} at risk.</b> {risky === 1 ? 'It needs a hand' : 'Each needs a hand'}: see below what to do.
        </>
      )}
      <br />
      First departure {clockText(first, depot.zone)}
      {first > now ? `, in ${spanText(first - now)}` : ''}.{last > first && ` Last ${clockText(last, depot.zone)}.`}
    </Headline>
  )
}

function Waves({ view: { departures, depot } }: { view: OverviewView }) {
  const href = useHref()
  const waves = departureWaves(departures, depot.zone)
  return (
    <ol
      aria-label="Departures: van and forecast"
      className="-mx-1.5 mb-4 grid border-line border-y md:mx-0 md:rounded-mark md:border"
      style={{ gridTemplateColumns: `repeat(${waves.length}, minmax(0, 1fr))` }}
    >
      {waves.map((wave, index) => (
        <li
          key={wave.at}
          className={cx('min-w-0 py-1.5 text-center md:py-[7px] md:pl-2.5 md:text-left', index > 0 && 'border-line md:border-l')}
        >
          <time
            className={cx(
              '-mx-1.5 block whitespace-nowrap text-ink-3 text-label tracking-[-.02em] md:mx-0 md:mb-[3px] md:tracking-normal',
              // a phone has room for every other time
              index % 2 === 1 && waves.length > 6 && 'invisible md:visible',
            )}
          >
            {wave.label}
          </time>
          <div className="md:flex md:flex-wrap md:gap-x-2">
            {wave.vans.map((van) => (
              <Link
                key={van.id}
                href={href('/plan', { van: van.id })}
                aria-label={`${van.name}, ${MARK_WORD[van.mark] ?? 'on track'}`}
                className="flex flex-col items-center gap-x-1.5 pt-1 text-label hover:underline md:w-12 md:flex-row md:min-h-6 md:pt-0"
              >
                <Mark kind={van.mark} size={10} />
                {van.short}
              </Link>
            ))}
            {wave.more > 0 && <span className="text-ink-3 text-label">+{wave.more}</span>}
          </div>
        </li>
      ))}
    </ol>
  )
}

const MARK_WORD: Partial<Record<string, string>> = {
  critical: 'not ready without help',
  serious: 'will be late',
  caution: 'at risk',
}
