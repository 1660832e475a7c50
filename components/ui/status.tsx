import { cx } from './class-names.ts'
import { Mark, type StatusKind } from './mark.tsx'

/** The colour of a status' word, for a sentence that carries the same alarm as its mark. */
export const STATUS_TEXT: Record<StatusKind, string> = {
  critical: 'text-critical-text',
  serious: 'text-serious-text',
  caution: 'text-caution-text',
  normal: 'text-normal-text',
  standby: 'text-standby-text',
  paused: 'text-off-text',
  off: 'text-off-text',
}

/** Shape, colour and word: always the three. `size="phone"` for the driver. */
export function Status({
  kind,
  word,
  size = 'label',
  className,
}: {
  kind: StatusKind
  word: string
  size?: 'label' | 'phone'
  className?: string
}) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 whitespace-nowrap',
        size === 'phone' ? 'text-phone font-semibold' : 'text-label',
        STATUS_TEXT[kind],
        className,
      )}
    >
      <Mark kind={kind} />
      {word}
    </span>
  )
}
