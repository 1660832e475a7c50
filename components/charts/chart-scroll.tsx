import type { ReactNode } from 'react'

/** On narrow screens charts of one axis scroll sideways together, in a box of their own that the keyboard can reach. */
export function ChartScroll({ label, minWidth = 760, children }: { label: string; minWidth?: number; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section aria-label={label} tabIndex={0} className="relative overflow-x-auto -outline-offset-2">
      <div style={{ minWidth }}>{children}</div>
    </section>
  )
}
