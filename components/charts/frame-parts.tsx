import { clockText } from '#lib/format/time.ts'
import { type Frame, round, type Tick, xOf } from './time-axis.ts'

// Parts that the charts of one time axis share. All are drawn inside an svg.

/** A stretch in which the grid operator has asked for less. */
export type GridEvent = { from: number; until: number; label: string }

/** Vertical hairlines at the hours; stronger where a day begins. */
export function HourLines({ frame, ticks, top, bottom }: { frame: Frame; ticks: readonly Tick[]; top: number; bottom: number }) {
  const lines = (of: readonly Tick[]) => of.map((tick) => `M${xOf(frame, tick.at)} ${top}V${bottom}`).join('')
  return (
    <>
      <path className="fill-none stroke-grid" d={lines(ticks.filter(({ day }) => !day))} />
      <path className="fill-none stroke-line-2" d={lines(ticks.filter(({ day }) => day))} />
    </>
  )
}

/** Labels of the hours; those that would collide with `avoid` (the chip of the now-line) are left out, as are those at cut edges. */
export function HourLabels({ frame, ticks, y, avoid }: { frame: Frame; ticks: readonly Tick[]; y: number; avoid?: number | undefined }) {
  return (
    <>
      {ticks
        .map((tick) => ({ ...tick, x: xOf(frame, tick.at) }))
        .filter(({ x }) => (avoid === undefined || Math.abs(x - avoid) > 40) && x >= 16 && x <= frame.width - 16)
        .map(({ at, label, day, x }) => (
          <text key={at} x={x} y={y} textAnchor="middle" className={day ? 'fill-ink! font-medium' : undefined}>
            {label}
          </text>
        ))}
    </>
  )
}

/** The now-line; with `chipY` it carries the time in a chip. */
export function NowLine({
  frame,
  now,
  zone,
  top,
  bottom,
  chipY,
}: {
  frame: Frame
  now: number
  zone: string
  top: number
  bottom: number
  chipY?: number
}) {
  if (now < frame.from || now > frame.until) return null
  const x = xOf(frame, now)
  const middle = Math.min(frame.width - 21, Math.max(21, x))
  return (
    <g>
      <path className="stroke-ink" strokeWidth={1.5} d={`M${x} ${top}V${bottom}`} />
      {chipY !== undefined && (
        <>
          <rect className="fill-ink" x={round(middle - 21)} y={chipY} width={42} height={18} rx={3} />
          <text className="fill-surface! font-semibold" x={middle} y={chipY + 13} textAnchor="middle">
            {clockText(now, zone)}
          </text>
        </>
      )}
    </g>
  )
}

/** The hatches that charts fill with: `event` for grid events, `maybe` for what is not sure. `id` makes them the chart's own. */
export function Hatches({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}event`} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path className="stroke-event" d="M0 0V6" strokeWidth={1.5} opacity={0.38} />
      </pattern>
      <pattern id={`${id}maybe`} width={4} height={4} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path className="stroke-ev" d="M0 0V4" strokeWidth={1.5} />
      </pattern>
    </defs>
  )
}

export function EventBands({
  frame,
  events,
  id,
  top,
  bottom,
}: {
  frame: Frame
  events: readonly GridEvent[]
  id: string
  top: number
  bottom: number
}) {
  return (
    <>
      {events
        .filter((event) => event.until > frame.from && event.from < frame.until)
        .map((event) => (
          <rect
            key={event.from}
            x={xOf(frame, event.from)}
            y={top}
            width={round(xOf(frame, event.until) - xOf(frame, event.from))}
            height={bottom - top}
            fill={`url(#${id}event)`}
          />
        ))}
    </>
  )
}
