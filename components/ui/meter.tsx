import { cx } from './class-names.ts'

/** What a part of the connection's power goes to; `held` is counted for a charger that cannot be heard. */
export type MeterPart = { kind: 'base' | 'ev' | 'held'; watts: number }

const FILL = { base: 'bg-base', ev: 'bg-ev', held: 'hatch-ev' } as const

/** Power in use against a limit, as one bar. `peakWatts` is this month's peak; `label` is the sentence that says it all. */
export function Meter({
  parts,
  limitWatts,
  peakWatts,
  label,
  className,
}: {
  parts: readonly MeterPart[]
  limitWatts: number
  peakWatts?: number | null
  label: string
  className?: string
}) {
  const used = parts.reduce((sum, part) => sum + part.watts, 0)
  // above the limit the bar is full and the scale grows, so that what is drawn stays in proportion
  const scale = Math.max(limitWatts, used, 1)
  const share = (watts: number) => `${Math.min(100, Math.max(0, (watts / scale) * 100))}%`
  return (
    <div role="img" aria-label={label} className={cx('relative flex h-3 rounded-bar bg-sunken inset-ring inset-ring-line-2', className)}>
      {parts
        .filter((part) => part.watts > 0)
        .map((part, index) => (
          <i
            key={part.kind}
            className={cx('h-full', FILL[part.kind], index === 0 ? 'rounded-l-bar' : 'ml-px')}
            style={{ width: share(part.watts) }}
          />
        ))}
      {used > limitWatts && <b className="absolute -inset-y-1 w-0.5 bg-critical" style={{ left: share(limitWatts) }} />}
      {peakWatts != null && <b className="absolute -inset-y-1 border-ink border-l-2 border-dashed" style={{ left: share(peakWatts) }} />}
    </div>
  )
}

/** A small used-of-limit bar for rows of a table; `binding` is the one that holds the plan. */
export function LimitBar({ used, limit, binding, label }: { used: number; limit: number; binding?: boolean; label: string }) {
  return (
    <span role="img" aria-label={label} className="block h-1.5 overflow-hidden rounded-bar bg-sunken inset-ring inset-ring-line-2">
      <i
        className={cx('block h-full', binding ? 'bg-ink' : 'bg-base')}
        style={{ width: `${limit > 0 ? Math.min(100, (used / limit) * 100) : 0}%` }}
      />
    </span>
  )
}
