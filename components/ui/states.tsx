'use client'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Mark } from './mark.tsx'

/** Nothing here yet: what would be here, and the next step. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-1 py-6">
      <p className="text-strong">{title}</p>
      {children && <div className="max-w-prose text-ink-2">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}

/** What could not be shown, why (the problem's own words), and a way to try again. */
export function ErrorState({ title, detail, retry }: { title: string; detail?: string | null; retry?: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-1 py-6">
      <p className="flex items-center gap-2 text-strong">
        <Mark kind="serious" />
        {title}
      </p>
      {detail && <p className="max-w-prose text-ink-2">{detail}</p>}
      {retry && (
        <Button className="mt-2" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  )
}
