'use client'
import { Tooltip } from '@base-ui/react/tooltip'
import Link from 'next/link'
import { type ComponentProps, type ReactNode, useId, useState } from 'react'
import { cx } from './class-names.ts'

export type ButtonLook = {
  /** `primary` (ink) once per screen: the most urgent act. `quiet` has no border. */
  variant?: 'plain' | 'primary' | 'quiet'
  /** As wide as its place. */
  wide?: boolean
  /** `driver`: 48 px high, 16 px text. */
  size?: 'normal' | 'driver'
}

const LOOKS = {
  plain: 'border-control bg-surface text-ink hover:bg-hover hover:border-ink-2',
  primary: 'border-ink bg-ink text-surface hover:bg-ink-2',
  quiet: 'border-transparent bg-transparent text-ink-2 hover:bg-hover hover:text-ink',
} as const

/** The look of a button, for what must be a link. */
export const buttonClass = ({ variant = 'plain', wide, size = 'normal' }: ButtonLook = {}): string =>
  cx(
    'inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-control border transition-[background-color,border-color]',
    size === 'driver' ? 'min-h-12 px-4 text-lead font-semibold' : 'min-h-(--target) px-2.5 text-label',
    LOOKS[variant],
    wide && 'w-full',
  )

type ButtonProps = ButtonLook &
  Omit<ComponentProps<'button'>, 'disabled'> & {
    /** Why it cannot be pressed now; the button stays focusable and says it on hover, focus and press. */
    disabledReason?: string | null | undefined
    /** The act is under way: presses are ignored and `pendingText` (or the label) stands. */
    pending?: boolean
    pendingText?: string
  }

export function Button({ variant, wide, size, disabledReason, pending, pendingText, className, onClick, children, ...rest }: ButtonProps) {
  const look = cx(buttonClass({ variant, wide, size }), className)
  if (disabledReason)
    return (
      <WithReason reason={disabledReason} look={look} {...rest}>
        {children}
      </WithReason>
    )
  return (
    <button type="button" className={look} aria-busy={pending || undefined} onClick={pending ? ignore : onClick} {...rest}>
      {pending ? (pendingText ?? children) : children}
    </button>
  )
}

const ignore = (event: { preventDefault(): void }) => event.preventDefault()

function WithReason({ reason, look, children, type: _, ...rest }: ComponentProps<'button'> & { reason: string; look: string }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger
        delay={100}
        closeOnClick={false}
        render={<button type="button" {...rest} />}
        aria-disabled="true"
        aria-describedby={id}
        className={cx(look, 'cursor-not-allowed border-dashed! border-line-2! bg-transparent! text-ink-3!')}
        onClick={(event) => {
          event.preventDefault()
          setOpen(true)
        }}
      >
        {children}
      </Tooltip.Trigger>
      <span id={id} className="sr-only">
        {reason}
      </span>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="max-w-72 rounded-control bg-ink px-2.5 py-1.5 text-label text-surface shadow-lg">
            {reason}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

/** A link that looks like a button. */
export function ButtonLink({
  variant,
  wide,
  size,
  className,
  ...rest
}: ButtonLook & ComponentProps<typeof Link> & { children: ReactNode }) {
  return <Link className={cx(buttonClass({ variant, wide, size }), className)} {...rest} />
}
