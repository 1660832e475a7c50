'use client'
import type { SupplyView } from '#lib/api/board.ts'
import { suppliedW } from '#lib/energy/supply-words.ts'
import { kilowattsText, limitText } from '#lib/format/energy.ts'
import { centText } from '#lib/format/money.ts'
import { clockText } from '#lib/format/time.ts'
import { cx } from '../ui/class-names.ts'
import type { Depot } from '../ui/depot.tsx'
import type { KeyItem } from '../ui/key.tsx'
import { SupplyMeter } from '../ui/supply-meter.tsx'

/** The connection's power in one line above the bays. */
export function SupplyBar({ supply, depot }: { supply: SupplyView; depot: Depot }) {
  const over = suppliedW(supply) > supply.capW
  return (
    <section
      aria-label="Connection power"
      className="grid items-center gap-x-6 gap-y-2 border-line border-b px-4 py-3 md:grid-cols-[auto_minmax(0,1fr)_auto] md:px-6"
    >
      <Figure value={kilowattsText(suppliedW(supply))} unit={`of ${limitText(supply.capW)}`} />
      <SupplyMeter supply={supply} zone={depot.zone} rest={nextChange(supply, depot)} />
      <Figure
        value={kilowattsText(Math.abs(over ? supply.capW - suppliedW(supply) : supply.freeW))}
        unit={over ? 'kW over the cap' : 'kW free'}
        className={over ? 'text-critical-text' : 'hidden md:block'}
      />
    </section>
  )
}

function Figure({ value, unit, className }: { value: string; unit: string; className?: string }) {
  return (
    <p className={cx('whitespace-nowrap text-display', className)}>
      {value}
      <span className="ml-[3px] font-medium text-body text-ink-2 tracking-normal">{unit}</span>
    </p>
  )
}

function nextChange({ price }: SupplyView, { zone, currency }: Depot): KeyItem[] {
  if (!price || price.nextAt === null || price.nextMicroPerKwh === null) return []
  const way = price.nextMicroPerKwh < price.microPerKwh ? 'falls' : 'rises'
  return [
    {
      label: 'Next change',
      value: clockText(price.nextAt, zone),
      rest: `price ${way} to ${centText(price.nextMicroPerKwh, currency)}`,
    },
  ]
}
