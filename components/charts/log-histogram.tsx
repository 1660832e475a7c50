'use client'
import { latencyText } from '#lib/format/time.ts'
import { round } from './time-axis.ts'
import { useWidth } from './use-width.ts'

const PER_DECADE = 6

export type Bin = { fromMs: number; untilMs: number; count: number }

/**
 * Counts by equal ratios (six bins for each factor of ten), from the decade of the least value to that of the greatest,
 * wide enough to show `upTo` (the target) too.
 */
export function logBins(valuesMs: readonly number[], upTo = 1): Bin[] {
  const logs = valuesMs.map((v) => Math.log10(Math.max(1, v)))
  if (logs.length === 0) return []
  const low = Math.floor(Math.min(...logs))
  const high = Math.max(low + 1, Math.ceil(Math.max(...logs, Math.log10(upTo)) + 1e-9))
  const bins: Bin[] = Array.from({ length: (high - low) * PER_DECADE }, (_, index) => ({
    fromMs: 10 ** (low + index / PER_DECADE),
    untilMs: 10 ** (low + (index + 1) / PER_DECADE),
    count: 0,
  }))
  for (const log of logs) {
    const bin = bins[Math.min(bins.length - 1, Math.floor((log - low) * PER_DECADE + 1e-9))]
    if (bin) bin.count += 1
  }
  return bins
}

/** How long things took, on a logarithmic scale: `marks` (p50, p95) in ink, the target dashed. */
export function LogHistogram({
  valuesMs,
  marks = [],
  targetMs,
  name,
  height = 140,
}: {
  valuesMs: readonly number[]
  marks?: readonly { label: string; ms: number }[]
  targetMs?: number | null
  /** `Command to effect`: what is measured. */
  name: string
  height?: number
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const bins = logBins(valuesMs, targetMs ?? 1)
  const sentence = [
    `${name}: ${valuesMs.length} values`,
    ...marks.map((m) => `${m.label} ${latencyText(m.ms)}`),
    targetMs != null && `target ${latencyText(targetMs)}`,
  ]
    .filter(Boolean)
    .join(', ')
  return (
    <div ref={ref} role="img" aria-label={sentence} style={{ height }}>
      {width !== null && bins.length > 0 && <Drawing bins={bins} marks={marks} targetMs={targetMs ?? null} width={width} height={height} />}
    </div>
  )
}

function Drawing({
  bins,
  marks,
  targetMs,
  width,
  height,
}: {
  bins: readonly Bin[]
  marks: readonly { label: string; ms: number }[]
  targetMs: number | null
  width: number
  height: number
}) {
  const left = 30
  const top = 34
  const bottom = height - 20
  const low = Math.log10(bins[0]!.fromMs)
  const high = Math.log10(bins.at(-1)!.untilMs)
  const most = Math.max(1, ...bins.map((b) => b.count))
  const x = (ms: number) => round(left + ((Math.log10(Math.max(1, ms)) - low) / (high - low)) * (width - left - 12))
  const y = (n: number) => round(bottom - (n / most) * (bottom - top))
  const inside = (ms: number) => Math.log10(ms) >= low && Math.log10(ms) <= high
  const decades = Array.from({ length: Math.round(high - low) + 1 }, (_, index) => 10 ** (low + index))
  return (
    <svg width={width} height={height} className="block" aria-hidden="true">
      <path className="stroke-grid" d={`M${left} ${y(most)}H${width - 12}M${left} ${bottom}H${width - 12}`} />
      <text x={left - 8} y={y(most) + 4} textAnchor="end">
        {most}
      </text>
      <text x={left - 8} y={bottom + 4} textAnchor="end">
        0
      </text>
      {bins
        .filter((bin) => bin.count > 0)
        .map((bin) => (
          <rect
            key={bin.fromMs}
            className="fill-base"
            x={x(bin.fromMs)}
            y={y(bin.count)}
            width={Math.max(1, round(x(bin.untilMs) - x(bin.fromMs) - 1))}
            height={round(bottom - y(bin.count))}
          />
        ))}
      {decades.map((ms) => (
        <g key={ms}>
          <path className="stroke-control" d={`M${x(ms)} ${bottom}v4`} />
          <text x={Math.min(x(ms), width - 18)} y={height - 4} textAnchor="middle">
            {latencyText(ms).replace('.0', '')}
          </text>
        </g>
      ))}
      {targetMs !== null && inside(targetMs) && (
        <g>
          <path className="stroke-ink-2" strokeWidth={1.25} strokeDasharray="5 4" d={`M${x(targetMs)} 16V${bottom}`} />
          <text x={x(targetMs) - 4} y={12} textAnchor={x(targetMs) > 90 ? 'end' : 'start'}>
            Target {latencyText(targetMs).replace('.0', '')}
          </text>
        </g>
      )}
      {marks
        .filter((mark) => inside(mark.ms))
        .map((mark) => (
          <g key={mark.label}>
            <path className="stroke-ink" strokeWidth={1.5} d={`M${x(mark.ms)} 30V${bottom}`} />
            <text className="fill-ink! font-semibold" x={x(mark.ms)} y={27} textAnchor="middle">
              {mark.label}
            </text>
          </g>
        ))}
    </svg>
  )
}
