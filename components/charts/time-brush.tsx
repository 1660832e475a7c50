'use client'
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { nearText } from '#lib/format/time.ts'
import { cx } from '../ui/class-names.ts'
import { atX, type Frame, type Gutters, outline, PLAN_GUTTERS, plotWidth, runs, type Step, xOf } from './time-axis.ts'
import { useWidth } from './use-width.ts'

const HEIGHT = 30
const STEP = 900_000
const LEAST = 4 * STEP

type Span = { from: number; until: number }
type Part = 'from' | 'until' | 'whole'

/**
 * The whole time in small with the stretch that the charts above show. Both ends can be dragged and moved by arrow keys (a quarter hour;
 * with Shift an hour; Home and End to the ends); the stretch between them can be dragged.
 */
export function TimeBrush({
  all,
  shown,
  now,
  zone,
  power,
  onChange,
  gutters = PLAN_GUTTERS,
}: {
  all: Span
  shown: Span
  now: number
  zone: string
  /** What the small picture shows, W. */
  power: readonly Step[]
  /** `null`: all of it. */
  onChange: (shown: Span | null) => void
  gutters?: Gutters
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const grip = useRef<{ part: Part; x: number; was: Span } | null>(null)
  if (width === null) return <div ref={ref} style={{ height: HEIGHT }} />
  const frame: Frame = { ...all, width, ...gutters }
  const isAll = shown.from <= all.from && shown.until >= all.until
  const set = (span: Span) => onChange(span.from <= all.from && span.until >= all.until ? null : span)
  const grab = (part: Part) => (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    grip.current = { part, x: event.clientX, was: shown }
  }
  const drag = (event: PointerEvent) => {
    if (!grip.current) return
    const { part, x, was } = grip.current
    const ms = Math.round((atX(frame, event.clientX - x) - atX(frame, 0)) / STEP) * STEP
    set(moved(all, was, part, ms))
  }
  const drop = () => {
    grip.current = null
  }
  const press = (part: 'from' | 'until') => (event: KeyboardEvent) => {
    const by = STEP * (event.shiftKey ? 4 : 1)
    const ms = { ArrowLeft: -by, ArrowDown: -by, ArrowRight: by, ArrowUp: by, Home: all.from - all.until, End: all.until - all.from }[
      event.key
    ]
    if (ms === undefined) return
    event.preventDefault()
    set(moved(all, shown, part, ms))
  }
  const [left, right] = [xOf(frame, shown.from), xOf(frame, shown.until)]
  const highest = Math.max(1000, ...power.map(({ powerW }) => powerW))
  const pointer = { onPointerMove: drag, onPointerUp: drop, onPointerCancel: drop }
  const handle = (part: 'from' | 'until', x: number, name: string) => (
    <div
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={all.from}
      aria-valuemax={all.until}
      aria-valuenow={shown[part]}
      aria-valuetext={nearText(shown[part], now, zone)}
      aria-orientation="horizontal"
      onKeyDown={press(part)}
      onPointerDown={grab(part)}
      {...pointer}
      className="absolute top-0 flex w-6 -translate-x-1/2 cursor-ew-resize touch-none justify-center rounded-mark"
      style={{ left: x, height: HEIGHT }}
    >
      <span aria-hidden="true" className="my-[3px] w-1.5 rounded-mark border border-control bg-surface" />
    </div>
  )
  return (
    <div ref={ref} className="relative select-none" style={{ height: HEIGHT }}>
      <svg width={width} height={HEIGHT} className="block" aria-hidden="true">
        <text x={frame.left - 14} y={19} textAnchor="end">
          Shown
        </text>
        <rect className="fill-sunken" x={frame.left} y={4} width={plotWidth(frame)} height={HEIGHT - 8} rx={3} />
        {runs(power, all.from, all.until).map((run) => (
          <path
            key={run.from}
            className="fill-base opacity-50"
            d={outline(
              run,
              (at) => xOf(frame, at),
              HEIGHT - 4,
              (w) => (w / highest) * (HEIGHT - 10),
            )}
          />
        ))}
        <rect className="fill-none stroke-control" x={left} y={4.5} width={Math.max(2, right - left)} height={HEIGHT - 9} rx={3} />
      </svg>
      {/* the stretch itself: a pointer's way, the two ends say and do the same by keys */}
      <div
        aria-hidden="true"
        onPointerDown={grab('whole')}
        {...pointer}
        className={cx('absolute top-1 touch-none', isAll ? 'cursor-default' : 'cursor-grab active:cursor-grabbing')}
        style={{ left: left + 8, width: Math.max(0, right - left - 16), height: HEIGHT - 8 }}
      />
      {handle('from', left, 'Shown from')}
      {handle('until', right, 'Shown until')}
      {!isAll && (
        <button
          type="button"
          onClick={() => onChange(null)}
          className="absolute top-0.5 min-h-6 rounded-control text-ink-2 text-label underline-offset-[3px] hover:text-ink hover:underline"
          style={{ left: width - gutters.right + 12 }}
        >
          All<span className="sr-only"> hours</span>
        </button>
      )}
    </div>
  )
}

/** The stretch with one end, or the whole of it, moved; inside `all` and never shorter than an hour. */
export function moved(all: Span, span: Span, part: Part, ms: number): Span {
  const within = (at: number, least: number, most: number) => Math.min(most, Math.max(least, at))
  if (part === 'from') return { ...span, from: within(span.from + ms, all.from, span.until - LEAST) }
  if (part === 'until') return { ...span, until: within(span.until + ms, span.from + LEAST, all.until) }
  const by = within(ms, all.from - span.from, all.until - span.until)
  return { from: span.from + by, until: span.until + by }
}
