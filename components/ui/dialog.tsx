'use client'
import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

/** A question or form over the page. Closes with Esc and on the ground behind it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  className,
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  /** Buttons, the act last. */
  footer?: ReactNode
  className?: string
  children?: ReactNode
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[#0d1112]/40 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={cx(
            'fixed inset-x-4 top-[12vh] z-50 mx-auto flex max-h-[80vh] max-w-md flex-col gap-3 overflow-y-auto rounded-control border border-line-2 bg-surface p-4 text-ink shadow-2xl md:p-6',
            className,
          )}
        >
          <Base.Title className="text-figure">{title}</Base.Title>
          {description && <Base.Description className="text-ink-2">{description}</Base.Description>}
          {children}
          {footer && (
            // what it says may be longer than the glass: what can be done about it stays in sight
            <div className="sticky -bottom-4 -mb-4 flex flex-wrap justify-end gap-2 bg-surface pt-2 pb-4 md:-bottom-6 md:-mb-6 md:pb-6">
              {footer}
            </div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
