import type { ReactNode } from 'react'

/** The head of a page: its name, a note beside it, and what can be done on it. */
export function PageBar({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-4 py-3 md:px-6">
      <h1 className="proportional text-figure">{title}</h1>
      {note && <span className="text-ink-2">{note}</span>}
      {children && (
        <div className="flex min-w-0 basis-full flex-wrap items-center gap-x-3 gap-y-2 md:ml-auto md:basis-auto">{children}</div>
      )}
    </header>
  )
}
