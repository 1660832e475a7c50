'use client'
import { useId, useState } from 'react'
import { kilowattsText, limitNumber, limitText, powerText } from '#lib/format/energy.ts'
import { nearText } from '#lib/format/time.ts'
import { EventBands, type GridEvent, Hatches, HourLabels, HourLines, NowLine } from './frame-parts.tsx'
import { PowerAreas } from './power-areas.tsx'
import { PowerWords } from './power-words.tsx'
import { atX, type Frame, type Gutters, hourTicks, niceTicks, type Step, valueAt, xOf } from './time-axis.ts'
import { useWidth } from './use-width.ts'
import { WithoutPlan } from './without-plan.tsx'

export type SitePowerProps = {
  /** The time shown, UTC ms. */
  from: number
  until: number
  now: number
  zone: string
  /** Limit of the service connection in W, may change by slot. */
  cap: readonly Step[]
  /** The building and, on top of it, the vehicles, in W. */
  base: readonly Step[]
  vehicles: readonly Step[]
  /** Before it power was measured (solid), from then on it is planned (light). */
  measuredUntil: number
  /** Building and vehicles if nobody planned, W. */
  unmanaged?: readonly Step[]
  /** This month's highest 15-minute mean, W. */
  peakW?: number | null
  peakLabel?: string
  capLabel?: string
  events?: readonly GridEvent[]
  height?: number
  gutters?: Gutters
  /** Hour labels below; off under a plan that has them above. */
  hours?: boolean
  /** Vertical hour lines through the chart, as the plan above it has. */
  grid?: boolean
  /** Chip on the now-line. */
  nowChip?: boolean
}

/** Building below, vehicles on it, under the cap: 15-minute means as steps. */
export function SitePower(props: SitePowerProps) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const { height = 188, gutters = { left: 30, right: 46 } } = props
  return (
    <div ref={ref} role="img" aria-label={sitePowerSentence(props)} className="relative" style={{ height }}>
      {width !== null && <Drawing {...props} frame={{ from: props.from, until: props.until, width, ...gutters }} height={height} />}
    </div>
  )
}

/** What the picture says, in one sentence. */
export function sitePowerSentence({ from, until, now, zone, cap, base, vehicles, peakW, events = [] }: SitePowerProps): string {
  const moments = [...new Set([...base, ...vehicles].map((s) => s.from))].filter((at) => at >= Math.max(now, from) && at < until)
  const highest = Math.max(0, ...moments.map((at) => (valueAt(base, at) ?? 0) + (valueAt(vehicles, at) ?? 0)))
  const over = moments.filter(
    (at) => (valueAt(base, at) ?? 0) + (valueAt(vehicles, at) ?? 0) > (valueAt(cap, at) ?? Number.POSITIVE_INFINITY),
  )
  const limit = valueAt(cap, now) ?? cap[0]?.powerW
  const near = (at: number) => nearText(at, now, zone)
  return [
    `Power from ${near(from)} to ${near(until)}: at most ${powerText(highest)} to come`,
    limit !== undefined && (over.length === 0 ? `under the cap of ${limitText(limit)}` : `above the cap from ${near(over[0]!)}`),
    peakW != null && `month's peak ${powerText(peakW)}`,
    ...events.map((e) => `${e.label} from ${near(e.from)} to ${near(e.until)}`),
  ]
    .filter(Boolean)
    .join('; ')
}

function Drawing({
  frame,
  height,
  now,
  zone,
  cap,
  base,
  vehicles,
  measuredUntil,
  unmanaged = [],
  peakW,
  peakLabel,
  capLabel = 'Cap',
  events = [],
  hours = true,
  grid = false,
  nowChip = false,
}: SitePowerProps & { frame: Frame; height: number }) {
  const id = useId()
  const [hover, setHover] = useState<number>()
  const top = nowChip ? 36 : 18
  const bottom = height - (hours ? 20 : 6)
  const right = frame.width - frame.right
  const highest = Math.max(
    1000,
    peakW ?? 0,
    ...cap.map((s) => s.powerW),
    ...base.map((s) => s.powerW + (valueAt(vehicles, s.from) ?? 0)),
    ...vehicles.map((s) => s.powerW + (valueAt(base, s.from) ?? 0)),
  )
  const ceiling = highest * 1.04
  const y = (w: number) => Math.round((bottom - (w / ceiling) * (bottom - top)) * 10) / 10
  const ticks = hourTicks(frame, zone)
  const capNow = valueAt(cap, now) ?? cap[0]?.powerW
  const capEnd = cap.at(-1)?.powerW
  const capY = capNow === undefined ? 0 : y(capNow)
  const capRightY = capEnd === undefined ? 0 : y(capEnd)
  const peakY = peakW == null ? undefined : y(peakW)
  const peakIsNear = peakLabel !== undefined && peakY !== undefined && Math.abs(peakY - capY) <= 18
  // two words beside one line's end must not overlap: the peak's steps down
  const peakTextY = peakY === undefined ? undefined : Math.abs(peakY - capRightY) < 14 ? capRightY + 16 : peakY + 4
  // a low building's edge would run through its word, which then stands above it; beside the peak's, were they to meet
  const buildingY = y(valueAt(base, frame.from) ?? base[0]?.powerW ?? 0)
  const buildingTextY = Math.abs(buildingY - (bottom - 10)) < 8 ? buildingY - 4 : bottom - 6
  const meetsPeak = peakLabel !== undefined && peakY !== undefined && Math.abs(peakY - 5 - buildingTextY) < 13
  const lines = niceTicks(ceiling, grid ? 4.2 : 3).filter((w) => Math.abs(y(w) - capRightY) > 10)
  return (
    <>
      <PowerAreas
        frame={frame}
        height={height}
        top={top}
        bottom={bottom}
        ceiling={ceiling}
        cap={cap}
        base={base}
        vehicles={vehicles}
        measuredUntil={measuredUntil}
        under={
          <>
            <Hatches id={id} />
            <EventBands frame={frame} events={events} id={id} top={grid ? 0 : capY} bottom={bottom} />
            {grid && <HourLines frame={frame} ticks={ticks} top={0} bottom={bottom} />}
            {lines.map((w, index) => (
              <g key={w}>
                <path className="stroke-grid" d={`M${frame.left} ${y(w)}H${right}`} />
                <text x={frame.left - (grid ? 14 : 8)} y={y(w) + (w === 0 ? 0 : 4)} textAnchor="end">
                  {limitNumber(w)}
                  {grid && index === lines.length - 1 ? ' kW' : ''}
                </text>
              </g>
            ))}
          </>
        }
        over={
          <>
            <WithoutPlan frame={frame} steps={unmanaged} cap={cap} y={y} top={2} />
            {peakY !== undefined && (
              <>
                <path className="fill-none stroke-ink-2" strokeWidth={1.25} strokeDasharray="5 4" d={`M${frame.left} ${peakY}H${right}`} />
                <text x={right + 6} y={peakTextY}>
                  {kilowattsText(peakW ?? 0)}
                </text>
                {peakLabel && !peakIsNear && (
                  <text x={frame.left + 8} y={peakY - 5}>
                    {peakLabel}
                  </text>
                )}
              </>
            )}
            {capEnd !== undefined && (
              <>
                <text className="fill-ink! font-semibold" x={right + 6} y={capRightY + 4}>
                  {limitNumber(capEnd)}
                </text>
                <text className="fill-ink! font-semibold" x={frame.left + 8} y={capY - 5}>
                  {capLabel}
                  {peakIsNear && `, ${peakLabel.toLowerCase()} dashed`}
                </text>
              </>
            )}
            {events
              .filter((event) => event.from < frame.until && event.until > frame.from)
              .map((event) => (
                <EventLabel key={event.from} frame={frame} event={event} capY={capY} beside={grid} />
              ))}
            {grid && (
              <text className="fill-ink!" x={frame.left + 8 + (meetsPeak ? 116 : 0)} y={buildingTextY}>
                Building
              </text>
            )}
            {hours && (
              <>
                <path className="stroke-control" d={ticks.map((t) => `M${xOf(frame, t.at)} ${bottom}v4`).join('')} />
                <HourLabels frame={frame} ticks={ticks} y={height - 4} />
              </>
            )}
            {/* a chart that begins now needs no line for it */}
            {now - frame.from >= 900_000 && (
              <NowLine frame={frame} now={now} zone={zone} top={nowChip ? 19 : 0} bottom={bottom} {...(nowChip && { chipY: 1 })} />
            )}
            {hover !== undefined && <path className="stroke-ink-3" strokeDasharray="2 2" d={`M${xOf(frame, hover)} ${top}V${bottom}`} />}
          </>
        }
      />
      {/* the pointer's own layer: words for the quarter hour under it; the table says the same to keyboards */}
      <div
        aria-hidden="true"
        className="absolute inset-y-0"
        style={{ left: frame.left, right: frame.right }}
        onPointerMove={(event) => setHover(atX(frame, event.nativeEvent.offsetX + frame.left))}
        onPointerLeave={() => setHover(undefined)}
      />
      {hover !== undefined && (
        <PowerWords
          at={hover}
          frame={frame}
          now={now}
          zone={zone}
          cap={cap}
          base={base}
          vehicles={vehicles}
          unmanaged={unmanaged}
          measuredUntil={measuredUntil}
        />
      )}
    </>
  )
}

/** Over the notch in the cap; under a plan, whose hours are above, in it, and left of one that is too narrow. */
function EventLabel({ frame, event, capY, beside }: { frame: Frame; event: GridEvent; capY: number; beside: boolean }) {
  const half = event.label.length * 3.4
  const middle = (xOf(frame, event.from) + xOf(frame, event.until)) / 2
  const isWide = xOf(frame, Math.min(event.until, frame.until)) - xOf(frame, Math.max(event.from, frame.from)) > half * 2 + 8
  const place =
    beside && isWide
      ? { x: middle, y: capY + 16, textAnchor: 'middle' as const }
      : beside
        ? { x: xOf(frame, event.from) - 8, y: capY + 14, textAnchor: 'end' as const }
        : { x: Math.min(frame.width - half, Math.max(frame.left + 40 + half, middle)), y: capY - 5, textAnchor: 'middle' as const }
  return (
    <text className={beside ? 'fill-event-text! font-semibold' : 'fill-event-text!'} {...place}>
      {event.label}
    </text>
  )
}
