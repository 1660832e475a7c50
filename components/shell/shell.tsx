'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Role } from '#lib/auth/role.ts'
import { counted } from '#lib/format/number.ts'
import { DepotClockProvider, type DepotTime } from '../ui/depot-clock.tsx'
import { BrandMark } from './brand.tsx'
import { DepotSwitch } from './depot-switch.tsx'
import { DepotTimeLabel } from './depot-time.tsx'
import { navFor } from './nav.ts'
import { Palette, type Place } from './palette.tsx'
import { Rail } from './rail.tsx'
import { Tabs } from './tabs.tsx'
import { UserMenu } from './user-menu.tsx'

export type ShellProps = {
  user: { name: string; role: Role }
  depots: readonly { id: string; name: string }[]
  depotId: string
  /** Called with the id of another depot; without it the page is opened with `?depot=`. */
  onDepot?: (id: string) => void
  clock: DepotTime & { demo?: boolean }
  /** The live dot. */
  live?: ReactNode
  /** Open alerts and where they are listed. */
  alerts?: { count: number; href: string } | null
  /** Numbers beside pages of the rail, by address. */
  counts?: Record<string, number>
  /** Vehicles and chargers that ⌘K knows beside the pages. */
  places?: readonly Place[]
  children: ReactNode
}

/** Top bar, rail (five tabs on a phone) and the page. */
export function Shell({ user, depots, depotId, onDepot, clock, live, alerts, counts, places = [], children }: ShellProps) {
  // pages keep the chosen depot when there are several
  const query = depots.length > 1 ? `?depot=${encodeURIComponent(depotId)}` : ''
  const pages = navFor(user.role).map((item) => ({ href: `${item.href}${query}`, label: item.label, group: 'Page' }))
  return (
    <DepotClockProvider depotNow={clock.depotNow} speed={clock.speed} zone={clock.zone}>
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-ink px-3 py-2 text-surface focus:not-sr-only focus:fixed! focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <div className="min-h-screen pb-(--tabs) md:grid md:h-screen md:grid-cols-[var(--rail)_minmax(0,1fr)] md:grid-rows-[var(--top)_minmax(0,1fr)] md:pb-0">
        <header
          data-shell
          className="sticky top-0 z-20 flex h-(--top) items-center gap-3 border-line border-b bg-surface px-4 md:col-span-2 md:gap-4 md:pr-6"
        >
          <Link
            href="/"
            aria-label="Yardwatt"
            className="flex min-h-(--target) flex-none items-center gap-2 font-semibold text-phone tracking-[-.01em] md:w-[calc(var(--rail)-32px)]"
          >
            <BrandMark />
            <span className="hidden font-semibold md:inline">Yardwatt</span>
          </Link>
          <DepotSwitch depots={depots} depotId={depotId} {...(onDepot && { onDepot })} />
          <DepotTimeLabel {...(clock.demo !== undefined && { demo: clock.demo })} />
          <span className="flex-1" />
          {live}
          <Palette places={[...pages, ...places]} />
          {alerts && (
            <Link
              href={alerts.href}
              className="hidden min-h-(--target) items-center gap-1.5 whitespace-nowrap rounded-mark text-label hover:underline md:inline-flex"
            >
              <svg viewBox="0 0 16 16" width={16} height={16} className="fill-none stroke-ink-2" strokeWidth={1.5} aria-hidden="true">
                <path d="M3.5 11.5h9l-1-1.6V7a3.5 3.5 0 0 0-7 0v2.9zM6.7 13.5a1.4 1.4 0 0 0 2.6 0" />
              </svg>
              {alerts.count === 0 ? 'No alerts' : counted(alerts.count, 'alert')}
            </Link>
          )}
          <UserMenu name={user.name} role={user.role} />
        </header>
        <Rail role={user.role} query={query} {...(counts && { counts })} />
        <main id="main" tabIndex={-1} className="relative min-w-0 bg-surface outline-none md:min-h-0 md:overflow-auto">
          {children}
        </main>
      </div>
      <Tabs role={user.role} name={user.name} query={query} />
    </DepotClockProvider>
  )
}
