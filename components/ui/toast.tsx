'use client'
import { Toaster as Sonner, toast } from 'sonner'
import { Mark } from './mark.tsx'

/** Where toasts appear: once, in the root layout. Above the tabs on a phone. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      offset={16}
      style={{ fontFamily: 'var(--sans)' }}
      icons={{ error: <Mark kind="serious" className="mt-1" /> }}
      mobileOffset={{ bottom: 72, left: 16, right: 16 }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-2 rounded-control border border-line-2 bg-surface px-3 py-2.5 text-body text-ink shadow-xl md:w-[356px]',
          title: 'font-semibold',
          description: 'text-ink-2',
          error: 'border-serious!',
          actionButton: 'ml-auto min-h-6 whitespace-nowrap rounded-control border border-control px-2 text-label',
        },
      }}
    />
  )
}

/** Says that something was done; `undo` offers the way back. */
export const say = (what: string, more?: { detail?: string; undo?: () => void }): void => {
  toast(what, { description: more?.detail, ...(more?.undo && { action: { label: 'Undo', onClick: more.undo } }) })
}

/** Says what did not work and, in `detail`, what the person should do. Stays longer. */
export const sayProblem = (what: string, detail?: string): void => {
  toast.error(what, { description: detail, duration: 10_000 })
}
