import { MarkShape, type StatusKind } from '../ui/mark.tsx'
import type { PlanRow } from './plan-gantt.tsx'
import { type Frame, outline, runs, xOf } from './time-axis.ts'

export const BARS_TOP = 26
export const ROW_HEIGHT = 28
const BAR_HEIGHT = 20

/** The flag's colour: ink, unless a person must act. */
const FLAG: Partial<Record<StatusKind, { line: string; cloth: string; text: string }>> = {
  critical: { line: 'stroke-critical', cloth: 'fill-critical', text: 'fill-critical-text!' },
  serious: { line: 'stroke-serious', cloth: 'fill-serious', text: 'fill-serious-text!' },
  caution: { line: 'stroke-caution-edge', cloth: 'fill-caution stroke-caution-edge', text: 'fill-caution-text!' },
}
const CALM = { line: 'stroke-ink', cloth: 'fill-ink', text: 'fill-ink-2!' }

/** One vehicle's line of the plan, drawn in an svg at `top`. */
export function GanttRow({ row, top, frame, hatch, chosen }: { row: PlanRow; top: number; frame: Frame; hatch: string; chosen: boolean }) {
  const floor = top + 23
  const x = (at: number) => xOf(frame, at)
  const height = (powerW: number) => Math.min(BAR_HEIGHT, Math.max(1, (powerW / Math.max(1, row.maxW)) * BAR_HEIGHT))
  const end = Math.min(row.departsAt ?? frame.until, frame.until)
  const plannedFrom = row.planned[0]?.from ?? frame.until
  const charged = runs(row.charged, frame.from, Math.min(plannedFrom, frame.until))
  const planned = runs(row.planned, frame.from, end)
  const before = runs(row.before ?? [], frame.from, frame.until)
  const flag = FLAG[row.kind] ?? CALM
  const label = row.label === undefined ? row.note : row.label
  const flagged = row.departsAt !== null && row.departsAt >= frame.from && row.departsAt <= frame.until
  return (
    <g>
      <path className="stroke-grid" d={`M0 ${top + ROW_HEIGHT}H${frame.width - frame.right}`} />
      <svg x={8} y={top + 8} width={12} height={12} viewBox="0 0 12 12" className="overflow-visible" aria-hidden="true">
        <MarkShape kind={row.kind} />
      </svg>
      <text className={chosen ? 'fill-ink! font-bold' : 'fill-ink! font-medium'} x={28} y={top + 18}>
        {row.name}
      </text>
      <text x={frame.left - 14} y={top + 18} textAnchor="end">
        {row.detail}
      </text>
      {row.pluggedFrom !== null && row.pluggedFrom < end && (
        <path className="stroke-base" d={`M${x(row.pluggedFrom)} ${floor + 0.5}H${x(end)}`} />
      )}
      {charged.map((run) => (
        <path key={run.from} className="fill-ev" d={outline(run, x, floor, height)} />
      ))}
      {planned.map((run) => (
        <path
          key={run.from}
          className="stroke-ev"
          fill={row.unconfirmed ? hatch : 'var(--ev-plan)'}
          strokeDasharray={row.unconfirmed ? '3 2' : undefined}
          d={outline(run, x, floor, height)}
        />
      ))}
      {before.map((run) => (
        <path key={`was ${run.from}`} className="fill-none stroke-ink-2" strokeDasharray="2 2" d={outline(run, x, floor, height)} />
      ))}
      {flagged && row.departsAt !== null && (
        <g>
          <path className={flag.line} strokeWidth={1.5} d={`M${x(row.departsAt)} ${top + 3}V${top + 27}`} />
          <path
            className={flag.cloth}
            strokeWidth={row.kind === 'caution' ? 1.25 : 0}
            d={`M${x(row.departsAt)} ${top + 3}h9l-2.5 4 2.5 4h-9z`}
          />
        </g>
      )}
      {label && (
        <Note text={label} className={flag.text} y={top + 18} frame={frame} after={planned.at(-1)?.until} departsAt={row.departsAt} />
      )}
    </g>
  )
}

/** Beside the last bar where there is room before the flag; else behind the flag; at the right edge before it. */
function Note({
  text,
  className,
  y,
  frame,
  after,
  departsAt,
}: {
  text: string
  className: string
  y: number
  frame: Frame
  after: number | undefined
  departsAt: number | null
}) {
  const width = text.length * 6.6
  const edge = frame.width - frame.right
  const flag = departsAt === null ? edge : xOf(frame, departsAt)
  const bar = after === undefined ? Number.POSITIVE_INFINITY : xOf(frame, after) + 6
  const place =
    bar + width < flag - 4 ? { x: bar } : flag + 17 + width < frame.width ? { x: flag + 17 } : { x: flag - 6, textAnchor: 'end' as const }
  return (
    // a halo: where there is no room beside the bars it is read over them
    <text
      className={`stroke-surface font-semibold ${className}`}
      strokeWidth={4}
      paintOrder="stroke"
      strokeLinejoin="round"
      y={y}
      {...place}
    >
      {text}
    </text>
  )
}
