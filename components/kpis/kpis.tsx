'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { parseAsStringLiteral, useQueryStates } from 'nuqs'
import { kpiIds } from '#lib/api/kpi.ts'
import { momentText } from '#lib/format/time.ts'
import { useDepot } from '../ui/depot.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { COUNTS, kpisOptions, WINDOWS } from './kpi-query.ts'
import { KpiRecords } from './kpi-records.tsx'
import { Tile } from './kpi-tile.tsx'

const IN_URL = {
  kpi: parseAsStringLiteral(kpiIds).withDefault('availability'),
  window: parseAsStringLiteral(WINDOWS.map(({ value }) => value)).withDefault('30d'),
  counts: parseAsStringLiteral(COUNTS),
}

/** The three golden rules, each with the records that it is counted from. */
export function Kpis() {
  const depot = useDepot()
  const [{ kpi, window, counts }, set] = useQueryStates(IN_URL, { history: 'push' })
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...kpisOptions(depot.id, window), placeholderData: keepPreviousData })
  const chosen = data?.tiles.find(({ id }) => id === kpi)
  return (
    <div className="flex min-h-full flex-col">
      <PageBar
        title="KPIs"
        note={
          data &&
          (error
            ? 'The server does not answer: this is what it said last.'
            : `${momentText(data.from, depot.zone)} – ${momentText(data.until, depot.zone)}`)
        }
      >
        <Segmented label="Window" segments={WINDOWS} value={window} onChange={(to) => void set({ window: to, counts: null })} />
      </PageBar>
      {data ? (
        <>
          <section
            aria-label="Key figures"
            aria-busy={isPlaceholderData}
            className={`grid border-line border-b md:grid-cols-3 ${isPlaceholderData ? 'opacity-60' : ''}`}
          >
            {data.tiles.map((tile, index) => (
              <Tile
                key={tile.id}
                tile={tile}
                first={index === 0}
                chosen={tile.id === kpi}
                choose={() => void set({ kpi: tile.id, counts: null })}
              />
            ))}
          </section>
          {chosen && (
            <KpiRecords tile={chosen} window={window} counts={counts} count={(to) => void set({ counts: to }, { history: 'replace' })} />
          )}
        </>
      ) : error ? (
        <div className="px-4 md:px-6">
          <ErrorState title="The key figures cannot be shown" detail={error.message} retry={() => void refetch()} />
        </div>
      ) : (
        <div role="status" aria-label="Loading the key figures" className="grid gap-4 px-4 py-4 md:grid-cols-3 md:px-6">
          <Skeleton className="h-44" />
          <Skeleton className="h-44" />
          <Skeleton className="h-44" />
        </div>
      )}
    </div>
  )
}
