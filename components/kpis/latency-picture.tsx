'use client'
import { useQuery } from '@tanstack/react-query'
import { counted } from '#lib/format/number.ts'
import { percentile } from '#lib/kpi/interval.ts'
import { LATENCY_TARGET_S, TIMEOUT_S } from '#lib/kpi/latency.ts'
import { LogHistogram } from '../charts/log-histogram.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { latenciesOptions, type Window } from './kpi-query.ts'

/** How long commands took, on a logarithmic scale. Those without an end are said in words: they have no place on the axis. */
export function LatencyPicture({ window }: { window: Window }) {
  const depot = useDepot()
  const { data } = useQuery(latenciesOptions(depot.id, window))
  if (!data) return <Skeleton className="mt-2 h-[140px]" />
  const { values, endless } = data
  if (values.length === 0) return null
  const whole = [...values, ...new Array<number>(endless).fill(Number.POSITIVE_INFINITY)]
  const marks = (
    [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const
  )
    .map(([label, share]) => ({ label, ms: percentile(whole, share) }))
    .filter(({ ms }) => Number.isFinite(ms))
  return (
    <>
      <LogHistogram name="Command to effect" valuesMs={values} marks={apart(marks)} targetMs={LATENCY_TARGET_S * 1000} />
      {endless > 0 && (
        <p className="text-ink-2 text-label">
          and {counted(endless, 'command')} without an effect: they count as longer than {TIMEOUT_S} s
        </p>
      )}
    </>
  )
}

/** Marks that would stand on one another become one. */
function apart(marks: { label: string; ms: number }[]): { label: string; ms: number }[] {
  const [low, high] = marks
  return low && high && high.ms / low.ms < 1.15 ? [{ label: `${low.label}, ${high.label}`, ms: high.ms }] : marks
}
