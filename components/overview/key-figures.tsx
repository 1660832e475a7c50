'use client'
import Link from 'next/link'
import { Fragment } from 'react'
import type { KpiTile } from '#lib/api/kpi.ts'
import { clockText } from '#lib/format/time.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { cx } from '../ui/class-names.ts'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Status } from '../ui/status.tsx'
import { useHref } from '../ui/use-href.ts'

/** The three golden rules; each leads to its records. */
export function KeyFigures({ tiles }: { tiles: readonly KpiTile[] }) {
  return (
    <section aria-label="Key figures, last 30 days" className="grid min-w-0 md:grid-cols-3 xl:col-span-2">
      {tiles.map((tile, index) => (
        <Tile key={tile.id} tile={tile} className={index > 0 ? 'border-line border-t md:border-t-0 md:border-l' : ''} />
      ))}
    </section>
  )
}

/** As many as two lines hold; the rest stands with the figure's own page. */
const NOTES = 2

function Tile({ tile, className }: { tile: KpiTile; className: string }) {
  const zone = useDepotZone()
  const href = useHref()
  const values = tile.trend.map(({ value }) => value)
  return (
    <Link
      href={href('/kpis', { kpi: tile.id })}
      className={cx(
        'grid min-w-0 grid-cols-[minmax(0,1fr)_148px] content-start gap-x-4 p-4 -outline-offset-2 transition-[background-color] hover:bg-hover md:px-6',
        className,
      )}
    >
      <h2 className="col-span-2 flex justify-between gap-3 text-ink-2 text-strong">
        <span className="truncate">{tile.name}</span>
        <Status kind={tile.mark} word={tile.statusWord} />
      </h2>
      <div>
        <p className="mt-1 whitespace-nowrap text-display">
          {tile.text}
          {tile.value !== null && <span className="ml-[3px] font-medium text-body text-ink-2 tracking-normal">{tile.unit}</span>}
        </p>
        <p className="text-ink-2 text-label">Target {tile.target}</p>
      </div>
      <div className="self-end">
        {values.filter((value) => value !== null).length > 1 && <Sparkline values={values} label={trendWords(tile)} />}
      </div>
      <p className="col-span-2 mt-2.5 min-h-9 text-ink-2 text-label leading-[18px]">
        {[...tile.notes.slice(0, NOTES), ...(tile.provisional ? [tile.provisional] : [])].map((note) => (
          <Fragment key={note}>
            <span className={cx('whitespace-nowrap', note === tile.provisional && 'text-serious-text')}>{note} ·</span>{' '}
          </Fragment>
        ))}
        {tile.freshAt !== null ? clockText(tile.freshAt, zone) : tile.value === null ? 'not counted yet' : 'being counted'}
      </p>
    </Link>
  )
}

const trendWords = (tile: KpiTile): string => {
  const known = tile.trend.filter(({ value }) => value !== null)
  return `${known.length} days, the last ${tile.text} ${tile.unit}`
}
