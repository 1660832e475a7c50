import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { getKpiRecords, getKpis, type KpiTile, kpiRecord } from '#lib/api/kpi.ts'
import { call } from '../ui/call.ts'

export type KpiRecord = z.output<typeof kpiRecord>
export type Counts = KpiRecord['counts']
export type Window = z.output<typeof getKpis.output>['window']

export const WINDOWS: readonly { value: Window; label: string }[] = [
  { value: '24h', label: '24 h' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: 'month', label: 'This month' },
]
export const COUNTS = kpiRecord.shape.counts.options

export const kpisOptions = (depot: string, window: Window) =>
  queryOptions({
    queryKey: [getKpis.path, depot, window],
    queryFn: ({ signal }) => call(getKpis, { params: { depot }, input: { window }, signal }),
    refetchInterval: 60_000,
  })

/** Records of one class, or all of them (`null`). */
export const recordsOptions = (depot: string, kpi: KpiTile['id'], window: Window, counts: Counts | null) =>
  infiniteQueryOptions({
    queryKey: [getKpiRecords.path, depot, kpi, window, counts],
    queryFn: ({ signal, pageParam }) =>
      call(getKpiRecords, { params: { depot, kpi }, input: { window, counts: counts ?? undefined, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })

const MOST_PAGES = 20

/** How long commands took, ms, newest first: what the histogram is drawn from, at most 2,000 of them. */
export const latenciesOptions = (depot: string, window: Window) =>
  queryOptions({
    queryKey: [getKpiRecords.path, depot, 'latency', window, 'values'],
    queryFn: async ({ signal }) => {
      const values: number[] = []
      let endless = 0
      let cursor: string | undefined
      for (let page = 0; page < MOST_PAGES; page++) {
        const { items, next } = await call(getKpiRecords, { params: { depot, kpi: 'latency' }, input: { window, cursor }, signal })
        const counted = items.filter(({ counts }) => counts === 'success' || counts === 'failure')
        for (const { value } of counted) value === null ? endless++ : values.push(value * 1000)
        if (next === null) break
        cursor = next
      }
      return { values, endless }
    },
  })
