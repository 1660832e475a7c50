'use client'
import { clockText, dayText, zoneText } from '#lib/format/time.ts'
import { useDepotNow, useDepotSpeed, useDepotZone } from '../ui/depot-clock.tsx'

/** The depot's clock with its zone, named here once for every time on the page. A demo clock says how fast it runs. */
export function DepotTimeLabel({ demo }: { demo?: boolean }) {
  const now = useDepotNow()
  const speed = useDepotSpeed()
  const zone = useDepotZone()
  return (
    <span className="whitespace-nowrap text-ink-2" suppressHydrationWarning>
      <span className="hidden md:inline">{dayText(now, zone)}, </span>
      <b className="font-semibold text-ink">{clockText(now, zone)}</b>
      <span className="hidden md:inline"> {zoneText(now, zone)}</span>
      {(speed !== 1 || demo) && (
        <span className="hidden text-ink-3 md:inline">
          {speed === 1 ? ' · demo clock' : ` · demo clock, ${Math.round(speed * 10) / 10}×`}
        </span>
      )}
    </span>
  )
}
