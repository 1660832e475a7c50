import { cx } from './class-names.ts'

/** State of charge (0…100, null = unknown) and the target tick. Stale or estimated charge is hatched, unknown is empty. */
export function SocBar({
  soc,
  target,
  stale,
  size = 'normal',
  className,
}: {
  soc: number | null
  target: number | null
  stale?: boolean
  size?: 'normal' | 'driver'
  className?: string
}) {
  const charge = soc === null ? 'charge unknown' : `${Math.round(soc)} percent${stale ? ', not recent' : ''}`
  return (
    <div
      role="img"
      aria-label={target === null ? charge : `${charge}, target ${Math.round(target)}`}
      className={cx('relative rounded-bar bg-sunken inset-ring inset-ring-line-2', size === 'driver' ? 'h-4' : 'h-2', className)}
    >
      {soc !== null && (
        <i
          className={cx('block h-full rounded-l-bar', stale ? 'hatch-stale' : 'bg-ev')}
          style={{ width: `${Math.min(100, Math.max(0, soc))}%` }}
        />
      )}
      {target !== null && (
        <b
          className={cx('absolute -ml-px w-0.5 bg-ink', size === 'driver' ? '-inset-y-[5px]' : '-inset-y-[3px]')}
          style={{ left: `${Math.min(100, Math.max(0, target))}%` }}
        />
      )}
    </div>
  )
}
