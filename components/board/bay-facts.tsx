import { Fragment, type ReactNode } from 'react'
import type { PortView } from '#lib/api/board.ts'
import { type LimitStage, limitStory } from '#lib/charging/limit-story.ts'
import { kilowattsText } from '#lib/format/energy.ts'
import { clockText } from '#lib/format/time.ts'
import { cx } from '../ui/class-names.ts'
import { useDepotNow } from '../ui/depot-clock.tsx'

/** What each stage is called beside the limit; nobody needs to read it once it is seen. */
export const STAGE_WORD: Record<LimitStage, string> = {
  none: 'none',
  wanted: 'wanted, not sent',
  sent: 'sent, no answer yet',
  accepted: 'accepted, not seen',
  seen: 'seen in reading',
}

/** kW now against what is allowed, how far the limit has come, ready and departure: the same four lines in every bay. */
export function BayFacts({ port, zone }: { port: PortView; zone: string }) {
  const { vehicle } = port
  const now = useDepotNow(60_000)
  const clock = (at: number | null | undefined, none: string) => (at == null ? none : clockText(at, zone))
  const away = vehicle !== null && !vehicle.plugged
  const lines: [name: string, value: ReactNode][] =
    away && vehicle.dueAt !== null ? [['Due', clock(vehicle.dueAt, '–')]] : [['kW', powerOfLimit(port)]]
  lines.push(['Limit', <LimitWords key="limit" port={port} />])
  lines.push(['Ready', vehicle ? readyText(vehicle.readyAt, now, zone) : '–'])
  lines.push(['Leaves', clock(vehicle?.departsAt, '–')])
  return (
    <dl className="grid flex-none grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-note leading-[18px]">
      {lines.map(([name, value]) => (
        <Fragment key={name}>
          <dt className="text-ink-3">{name}</dt>
          <dd className="whitespace-nowrap text-right font-medium">{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** `02:15`; `now` when it has what it needs. */
export const readyText = (readyAt: number | null, now: number, zone: string): string =>
  readyAt === null ? 'not ready' : readyAt <= now ? 'now' : clockText(readyAt, zone)

/** `11.4 / 11.5`, both with one decimal so that they can be compared; unknown power is `?`, never 0. */
export function powerOfLimit({ powerW, limit }: PortView): string {
  const { holdsW } = limitStory(limit)
  return `${powerW === null ? '?' : kilowattsText(powerW)} / ${holdsW === null ? '–' : kilowattsText(holdsW)}`
}

/** `seen`, or what is still under way: `→ 6.2 sent`. */
export function LimitWords({ port }: { port: PortView }) {
  const { stage, nextW } = limitStory(port.limit)
  const settled = stage === 'seen' || stage === 'none'
  return (
    <span className={cx(settled ? 'font-normal text-ink-3' : 'text-caution-text')} title={`Limit ${STAGE_WORD[stage]}`}>
      {nextW !== null && `→ ${kilowattsText(nextW)} `}
      {stage}
    </span>
  )
}
