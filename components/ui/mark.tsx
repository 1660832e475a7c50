import type { Mark as MarkWord } from '#lib/api/words.ts'
import { cx } from './class-names.ts'

/** The classes of status, worst first. Each has a shape, a colour and is always written beside a word. */
export type StatusKind = MarkWord

/** The shape alone, as part of a drawing of 12 × 12 (charts place it inside their own svg). */
export function MarkShape({ kind }: { kind: StatusKind }) {
  switch (kind) {
    case 'critical':
      return <path className="fill-critical" d="M.4 1.2h11.2L6 11.4z" />
    case 'serious':
      return <path className="fill-serious" d="M6 0l6 6-6 6-6-6z" />
    case 'caution':
      return <path className="fill-caution stroke-caution-edge" strokeWidth={1.5} d="M1.5 1.5h9v9h-9z" />
    case 'normal':
      return <circle className="fill-normal" cx={6} cy={6} r={5.4} />
    case 'standby':
      return <circle className="fill-none stroke-standby" strokeWidth={2.25} cx={6} cy={6} r={4.4} />
    case 'paused':
      return <path className="fill-off" d="M2.2 1h2.6v10H2.2zM7.2 1h2.6v10H7.2z" />
    case 'off':
      return <circle className="fill-off" cx={6} cy={6} r={3} />
  }
}

/** A status shape for the eye only; the word beside it is what is read. */
export function Mark({ kind, size = 12, className }: { kind: StatusKind; size?: 10 | 12 | 20; className?: string }) {
  return (
    <svg
      className={cx('inline-block flex-none overflow-visible align-[-1px]', className)}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      aria-hidden="true"
    >
      <MarkShape kind={kind} />
    </svg>
  )
}
