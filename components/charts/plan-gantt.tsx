'use client'
import { type KeyboardEvent, useId, useRef } from 'react'
import { nearText } from '#lib/format/time.ts'
import { cx } from '../ui/class-names.ts'
import type { StatusKind } from '../ui/mark.tsx'
import { EventBands, type GridEvent, Hatches, HourLabels, HourLines, NowLine } from './frame-parts.tsx'
import { BARS_TOP, GanttRow, ROW_HEIGHT } from './gantt-row.tsx'
import { type Gutters, hourTicks, PLAN_GUTTERS, type Step, xOf } from './time-axis.ts'
import { useWidth } from './use-width.ts'

export type PlanRow = {
  id: string
  /** `Van 14` */
  name: string
  /** `31 → 88 %` */
  detail: string
  kind: StatusKind
  word: string
  pluggedFrom: number | null
  departsAt: number | null
  readyAt: number | null
  /** What was drawn and what is to come, W; a run above zero is a bar. */
  charged: readonly Step[]
  planned: readonly Step[]
  /** Hatched: only if somebody acts, or not confirmed. */
  unconfirmed?: boolean
  /** The full height of a bar, W. */
  maxW: number
  /** The plan in force behind a preview: an outline. */
  before?: readonly Step[]
  /** `23 min late`, `if moved by 22:45`: in the row's status colour. */
  note?: string | null
  /** The note as short as a chart can carry it; without it the note. */
  label?: string | null
}

/**
 * A row per vehicle: bar height is kW, the thin line is plugged, the flag is departure.
 * Each row is a button (arrow keys move between them); `onSelect` gets its id.
 */
export function PlanGantt({
  from,
  until,
  now,
  zone,
  rows,
  selected,
  onSelect,
  events = [],
  gutters = PLAN_GUTTERS,
}: {
  from: number
  until: number
  now: number
  zone: string
  rows: readonly PlanRow[]
  selected?: string | null
  onSelect?: (id: string) => void
  events?: readonly GridEvent[]
  gutters?: Gutters
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const buttons = useRef<HTMLFieldSetElement>(null)
  const id = useId()
  const height = rows.length * ROW_HEIGHT
  const frame = { from, until, width: width ?? 0, ...gutters }
  const ticks = width === null ? [] : hourTicks(frame, zone)
  const chosen = rows.findIndex((row) => row.id === selected)
  const move = (event: KeyboardEvent, index: number) => {
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (next === undefined || !rows[next]) return
    event.preventDefault()
    buttons.current?.querySelectorAll('button')[next]?.focus()
    onSelect?.(rows[next].id)
  }
  return (
    <div ref={ref} className="relative">
      {/* stays in sight when many vehicles scroll below it */}
      <div className="sticky top-0 z-10 bg-surface" style={{ height: BARS_TOP }}>
        {width !== null && (
          <svg width={width} height={BARS_TOP} className="block" aria-hidden="true">
            <HourLabels frame={frame} ticks={ticks} y={14} avoid={now >= from && now <= until ? xOf(frame, now) : undefined} />
            <NowLine frame={frame} now={now} zone={zone} top={20} bottom={BARS_TOP} chipY={1} />
          </svg>
        )}
      </div>
      <div className="relative" style={{ height }}>
        {width !== null && (
          <svg width={width} height={height} className="block" aria-hidden="true">
            <Hatches id={id} />
            {chosen >= 0 && (
              <g>
                <rect className="fill-sunken" x={0} y={rowTop(chosen)} width={width - gutters.right} height={ROW_HEIGHT} rx={3} />
                <rect className="fill-ink" x={0} y={rowTop(chosen)} width={2} height={ROW_HEIGHT} />
              </g>
            )}
            <EventBands frame={frame} events={events} id={id} top={0} bottom={height} />
            <HourLines frame={frame} ticks={ticks} top={0} bottom={height} />
            {rows.map((row, index) => (
              <GanttRow key={row.id} row={row} top={rowTop(index)} frame={frame} hatch={`url(#${id}maybe)`} chosen={index === chosen} />
            ))}
            <NowLine frame={frame} now={now} zone={zone} top={0} bottom={height} />
          </svg>
        )}
        <fieldset ref={buttons} aria-label="Plan by vehicle">
          {rows.map((row, index) => (
            <button
              key={row.id}
              type="button"
              aria-pressed={index === chosen}
              aria-label={rowSentence(row, now, zone)}
              tabIndex={index === Math.max(0, chosen) ? 0 : -1}
              onClick={() => onSelect?.(row.id)}
              onKeyDown={(event) => move(event, index)}
              className={cx('absolute left-0 scroll-mt-8 -outline-offset-2', onSelect ? 'hover:bg-ink/4' : 'cursor-default!')}
              style={{ top: rowTop(index), height: ROW_HEIGHT, right: gutters.right }}
            />
          ))}
        </fieldset>
      </div>
    </div>
  )
}

const rowTop = (index: number): number => index * ROW_HEIGHT

/** `Van 14, 31 → 88 %, Paused by plan. Charges 01:45–04:15. Ready 04:15, leaves 06:30.` */
export function rowSentence(row: PlanRow, now: number, zone: string): string {
  const near = (at: number) => nearText(at, now, zone)
  const starts = row.planned.find((step) => step.powerW > 0)
  const parts = [
    starts ? `${row.unconfirmed ? 'Would charge' : 'Charges'} from ${near(starts.from)}` : 'No charging planned',
    row.readyAt !== null && `ready ${near(row.readyAt)}`,
    row.departsAt !== null && `leaves ${near(row.departsAt)}`,
    row.note,
  ].filter(Boolean)
  return `${row.name}, ${row.detail}, ${row.word}. ${parts.join(', ')}.`
}
