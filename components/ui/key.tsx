import { Fragment } from 'react'
import { cx } from './class-names.ts'

export type Swatch = 'base' | 'ev' | 'planned' | 'held' | 'free' | 'cap' | 'peak' | 'price-1' | 'price-2' | 'price-3'
/** A direct label of what is drawn above: `Building 10.4`, with a rest in plain (`on 12th, 18:30`). */
export type KeyItem = { swatch?: Swatch; label: string; value?: string; rest?: string }

const SWATCH: Record<Swatch, string> = {
  base: 'size-2.5 bg-base',
  ev: 'size-2.5 bg-ev',
  planned: 'size-2.5 bg-ev-plan inset-ring inset-ring-ev',
  held: 'size-2.5 hatch-ev inset-ring inset-ring-ev',
  free: 'size-2.5 bg-sunken inset-ring inset-ring-control',
  cap: 'h-0.5 w-3.5 bg-ink',
  peak: 'w-[18px] border-t-2 border-dashed border-ink-2',
  'price-1': 'size-2.5 bg-price-1 inset-ring inset-ring-control',
  'price-2': 'size-2.5 bg-price-2 inset-ring inset-ring-control',
  'price-3': 'size-2.5 bg-price-3 inset-ring inset-ring-control',
}

/** The words under a drawing. */
export function Key({ items, className }: { items: readonly KeyItem[]; className?: string }) {
  return (
    <p className={cx('flex flex-wrap gap-x-4 gap-y-1 text-ink-2 text-label', className)}>
      {items.map((item) => (
        <Fragment key={item.label}>
          <span className="inline-flex items-center gap-1.5">
            {item.swatch && <i aria-hidden="true" className={cx('flex-none', SWATCH[item.swatch])} />}
            {item.label} {item.value && <b className="font-semibold text-ink">{item.value}</b>} {item.rest}
          </span>
        </Fragment>
      ))}
    </p>
  )
}
