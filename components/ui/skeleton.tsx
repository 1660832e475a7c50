import { cx } from './class-names.ts'

/** Holds the place of what is being loaded for the first time, in its size, so that nothing jumps. Never over old data. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cx('rounded-bar bg-sunken', className)} />
}

/** The place of a list or table: `lines` rows of row height. */
export function SkeletonLines({ lines = 4, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <div key={line} className="flex h-10 items-center gap-4 border-line border-b last:border-b-0">
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-3 flex-1" />
          <Skeleton className="h-3 w-12" />
        </div>
      ))}
    </div>
  )
}
