import { clockText } from '#lib/format/time.ts'
import { cx } from '../ui/class-names.ts'
import { outline, runs, type Step } from './time-axis.ts'

/** The hours ahead of one bay, tiny: planned power and the departure. The words beside it say the same. */
export function NextHours({
  now,
  until,
  zone,
  planned,
  unconfirmed,
  departsAt,
  maxW,
}: {
  /** Left and right end, UTC ms; give all bays the same. */
  now: number
  until: number
  zone: string
  planned: readonly Step[]
  unconfirmed?: boolean
  departsAt: number | null
  maxW: number
}) {
  const end = Math.max(until, now + 1)
  const x = (at: number) => Math.round(Math.min(1, Math.max(0, (at - now) / (end - now))) * 1400) / 10
  const leaves = departsAt !== null && departsAt > now && departsAt <= end ? departsAt : null
  const height = (w: number) => Math.max(1, Math.min(28, (w / Math.max(1, maxW)) * 28))
  return (
    <div aria-hidden="true">
      <svg viewBox="0 0 140 34" preserveAspectRatio="none" aria-hidden="true" className="h-[34px] w-full overflow-visible">
        <path className="stroke-line-2 [vector-effect:non-scaling-stroke]" d={`M0 33.5H${x(leaves ?? end)}`} />
        {runs(planned, now, leaves ?? end).map((run) => (
          <path
            key={run.from}
            className={cx('stroke-ev [vector-effect:non-scaling-stroke]', unconfirmed ? 'fill-none' : 'fill-ev-plan')}
            strokeDasharray={unconfirmed ? '3 2' : undefined}
            d={outline(run, x, 33, height)}
          />
        ))}
        {leaves !== null && <path className="stroke-ink [vector-effect:non-scaling-stroke]" strokeWidth={1.5} d={`M${x(leaves)} 0V34`} />}
      </svg>
      <p className="flex justify-between pt-0.5 text-ink-3 text-label">
        <span>now</span>
        <span>{clockText(end, zone)}</span>
      </p>
    </div>
  )
}
