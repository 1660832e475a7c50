'use client'
import type { SupplyView } from '#lib/api/board.ts'
import { chargingText, supplySentence } from '#lib/energy/supply-words.ts'
import { kilowattsText } from '#lib/format/energy.ts'
import { clockText, dayText } from '#lib/format/time.ts'
import { Key, type KeyItem } from './key.tsx'
import { Meter } from './meter.tsx'

/** The service connection as one bar with its words below. `rest` are further words of the page. */
export function SupplyMeter({
  supply,
  zone,
  free,
  rest = [],
  className,
}: {
  supply: SupplyView
  zone: string
  /** Also names what is free. */
  free?: boolean
  rest?: readonly KeyItem[]
  className?: string
}) {
  return (
    <div className={className}>
      <Meter
        label={supplySentence(supply)}
        limitWatts={supply.capW}
        peakWatts={supply.peakW}
        parts={[
          { kind: 'base', watts: supply.baseW },
          { kind: 'ev', watts: supply.vehiclesW },
          { kind: 'held', watts: supply.heldW },
        ]}
      />
      <Key className="mt-2" items={[...supplyKey(supply, zone, free === true), ...rest]} />
    </div>
  )
}

function supplyKey(supply: SupplyView, zone: string, free: boolean): KeyItem[] {
  const items: KeyItem[] = [
    { swatch: 'base', label: supply.baseIsForecast ? 'Building, forecast' : 'Building', value: kilowattsText(supply.baseW) },
    { swatch: 'ev', label: chargingText(supply), value: kilowattsText(supply.vehiclesW) },
  ]
  if (supply.heldW > 0)
    items.push({ swatch: 'held', label: `Held for ${supply.heldFor ?? 'ports that do not answer'}`, value: kilowattsText(supply.heldW) })
  if (free) items.push({ swatch: 'free', label: 'Free', value: kilowattsText(Math.max(0, supply.freeW)) })
  if (supply.peakW !== null)
    items.push({
      swatch: 'peak',
      label: 'Peak this month',
      value: kilowattsText(supply.peakW),
      ...(free && supply.peakAt !== null && { rest: `on ${dayText(supply.peakAt, zone)}, ${clockText(supply.peakAt, zone)}` }),
    })
  return items
}
