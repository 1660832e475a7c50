'use client'
import type { KpiTile } from '#lib/api/kpi.ts'
import { capital } from '#lib/format/capital.ts'
import { momentText, nearText } from '#lib/format/time.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { cx } from '../ui/class-names.ts'
import { useDepotNow, useDepotSpeed, useDepotZone } from '../ui/depot-clock.tsx'
import { Status } from '../ui/status.tsx'

/** A key figure: value, target, status word, count, interval, freshness, trend. Pressed: its records below. */
export function Tile({ tile, first, chosen, choose }: { tile: KpiTile; first: boolean; chosen: boolean; choose: () => void }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const speed = useDepotSpeed()
  // commands are timed by the real clock, which a demo's depot does not show
  const real = tile.id === 'latency' && speed !== 1
  const known = tile.trend.filter(({ value }) => value !== null)
  return (
    <section
      aria-label={tile.name}
      className={cx(
        'relative flex min-w-0 flex-col px-4 py-4 md:px-6',
        !first && 'border-line border-t md:border-t-0 md:border-l',
        chosen && 'bg-sunken shadow-[inset_0_2px_0_var(--ink)]',
      )}
    >
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4">
        <h2 className="text-ink-2 text-strong">
          <button
            type="button"
            aria-pressed={chosen}
            onClick={choose}
            className="min-h-6 text-left underline-offset-[3px] before:absolute before:inset-0 hover:underline"
          >
            {tile.name}
          </button>
        </h2>
        <Status kind={tile.mark} word={tile.statusWord} className="justify-self-end" />
        <div>
          <p className="proportional mt-1 whitespace-nowrap text-display">
            {tile.text}
            {tile.unit && tile.text !== '–' && <span className="ml-1 font-medium text-body text-ink-2 tracking-normal">{tile.unit}</span>}
          </p>
          <p className="text-ink-2 text-label">Target {tile.target}</p>
        </div>
        <div className="self-end">
          {known.length > 1 && <Sparkline values={tile.trend.map(({ value }) => value)} label={`By day, ${known.length} days`} />}
        </div>
      </div>
      <ul className="mt-3 text-ink-2 text-note">
        {tile.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        {tile.provisional && <li className="text-serious-text">{capital(tile.provisional)}</li>}
        <li>
          {tile.freshAt === null
            ? 'counted just now'
            : `newest record ${real ? `${momentText(tile.freshAt, zone)}, real time` : nearText(tile.freshAt, now, zone)}`}
        </li>
      </ul>
      {/* above the button that covers the tile */}
      <details className="relative z-10 mt-2 w-fit max-w-full">
        <summary className="min-h-6 text-ink-2 text-label">How is this computed?</summary>
        <p className="max-w-prose py-1 text-ink-2">{tile.formula}</p>
      </details>
    </section>
  )
}
