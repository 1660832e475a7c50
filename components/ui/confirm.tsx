'use client'
import { type ReactNode, useState } from 'react'
import { Button, type ButtonLook } from './button.tsx'
import { Dialog } from './dialog.tsx'

/**
 * A button that asks first: `title` is the question, `consequence` what will happen, `verb` the act's own word (never "OK").
 * `onConfirm` may be slow: the dialog waits, closes when it resolves, and says the error when it throws.
 */
export function Confirm({
  label,
  title,
  consequence,
  verb,
  onConfirm,
  disabledReason,
  children,
  ...look
}: ButtonLook & {
  label: string
  title: string
  consequence: ReactNode
  verb: string
  onConfirm: () => Promise<void> | void
  disabledReason?: string | null
  /** More to fill in before the act. */
  children?: ReactNode
}) {
  const [open, setOpen] = useState(false)
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<string>()
  const act = async () => {
    setPending(true)
    setError(undefined)
    try {
      await onConfirm()
      setOpen(false)
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause))
    } finally {
      setPending(false)
    }
  }
  return (
    <>
      <Button {...look} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={title}
        description={consequence}
        footer={
          <>
            {/* what is under way goes on when this is closed */}
            <Button onClick={() => setOpen(false)}>{pending ? 'Close' : 'Cancel'}</Button>
            <Button variant="primary" pending={pending} onClick={act}>
              {verb}
            </Button>
          </>
        }
      >
        {children}
        {error && (
          <p role="alert" className="text-critical-text text-label">
            {error}
          </p>
        )}
      </Dialog>
    </>
  )
}
