'use client'
import Link from 'next/link'
import { useRef } from 'react'
import type { PortView } from '#lib/api/board.ts'
import { splitUntil } from '#lib/charging/state-word.ts'
import { chargeToTarget } from '#lib/format/number.ts'
import { NextHours } from '../charts/next-hours.tsx'
import { cx } from '../ui/class-names.ts'
import type { Depot } from '../ui/depot.tsx'
import { PortAct } from '../ui/port-act.tsx'
import { SocBar } from '../ui/soc-bar.tsx'
import { Status } from '../ui/status.tsx'
import { useHref } from '../ui/use-href.ts'
import { BayFacts } from './bay-facts.tsx'

/** A coloured edge and head mean that a person must act; a healthy bay stays neutral. */
const EDGE: Partial<Record<PortView['mark'], { card: string; head: string }>> = {
  critical: { card: 'border-critical', head: 'bg-critical-tint' },
  serious: { card: 'border-serious', head: 'bg-serious-tint' },
  caution: { card: 'border-caution-edge', head: 'bg-caution-tint' },
  standby: { card: 'border-standby', head: 'bg-standby-tint' },
}
const CALM = { card: 'border-line-2', head: '' }

export function BayCard({
  port,
  depot,
  now,
  until,
  urgent,
}: {
  port: PortView
  depot: Depot
  now: number
  until: number
  urgent: boolean
}) {
  const { vehicle } = port
  const away = !vehicle?.plugged
  const edge = (port.needsAction && EDGE[port.mark]) || CALM
  const state = splitUntil(port.word)
  return (
    <li
      aria-label={`Bay ${port.bay}: ${port.word}`}
      className={cx(
        'relative flex min-w-0 flex-col overflow-hidden rounded-control border',
        edge.card,
        away && !port.needsAction ? 'border-control! border-dashed' : 'bg-surface',
      )}
    >
      <Flash of={`${port.mark}/${port.word}/${vehicle?.id}/${port.limit.acceptedW}`} />
      <header className={cx('flex min-h-[34px] flex-none items-center justify-between gap-2 border-line border-b px-2.5', edge.head)}>
        <b className="font-semibold text-ink-3 text-phone">{port.bay}</b>
        <Status kind={port.mark} word={state.word} className="min-w-0 whitespace-normal! text-right" />
      </header>
      <div className="flex min-h-0 flex-1 flex-col px-2.5 pt-2 pb-2.5">
        <Van port={port} />
        <SocBar
          soc={vehicle?.socPct ?? null}
          target={vehicle?.targetPct ?? null}
          stale={vehicle?.socStale ?? false}
          className="my-[7px] mb-2 flex-none"
        />
        <BayFacts port={port} zone={depot.zone} />
        <p className="mt-1.5 line-clamp-5 min-h-14 flex-none border-line border-t pt-1.5 text-ink-2 text-note" title={port.why}>
          {state.until && `Until ${state.until}. `}
          {port.why}
        </p>
        <div className="mt-2 flex-none">
          <NextHours
            now={now}
            until={until}
            zone={depot.zone}
            planned={port.planned}
            unconfirmed={port.needsAction}
            departsAt={vehicle?.departsAt ?? null}
            maxW={port.maxW}
          />
        </div>
        {port.act && (
          <div className="mt-auto flex-none pt-2">
            <PortAct depot={depot.id} port={port} act={port.act} wide variant={urgent ? 'primary' : port.needsAction ? 'plain' : 'quiet'} />
          </div>
        )}
      </div>
    </li>
  )
}

function Van({ port: { vehicle } }: { port: PortView }) {
  const href = useHref()
  if (!vehicle) return <p className="whitespace-nowrap text-ink-3 text-phone">No van</p>
  return (
    <p className="flex items-baseline justify-between gap-2 whitespace-nowrap font-semibold text-phone">
      <Link
        href={href('/plan', { van: vehicle.id })}
        className={cx(
          '-my-0.5 inline-block min-h-6 truncate leading-6 underline-offset-[3px] hover:underline',
          !vehicle.plugged && 'text-ink-2',
        )}
      >
        {vehicle.name}
      </Link>
      <span className="text-ink-2 text-label">{chargeToTarget(vehicle.socPct, vehicle.targetPct)}</span>
    </p>
  )
}

/** The hairline flashes once when `of` becomes something else; a new element starts the animation anew. */
function Flash({ of }: { of: string }) {
  const first = useRef(of)
  if (of === first.current) return null
  first.current = ''
  return <span key={of} aria-hidden="true" className="flash-once pointer-events-none absolute inset-0 rounded-control" />
}
