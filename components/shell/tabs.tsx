'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useState } from 'react'
import type { Role } from '#lib/auth/role.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { isCurrent, tabsFor } from './nav.ts'
import { useTheme } from './theme.ts'
import { leave, ROLE_WORDS } from './user-menu.tsx'

const TAB =
  'grid min-h-14 place-items-center text-label text-ink-2 -outline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:shadow-[inset_0_2px_0_var(--ink)]'

/** The rail of a phone: four pages and More, fixed at the bottom. */
export function Tabs({ role, name, query = '' }: { role: Role; name: string; query?: string }) {
  const path = usePathname()
  const [open, setOpen] = useState(false)
  const { tabs, more } = tabsFor(role)
  return (
    <nav
      aria-label="Main"
      data-shell
      className="fixed inset-x-0 bottom-0 z-20 grid border-line-2 border-t bg-surface md:hidden"
      style={{ gridTemplateColumns: `repeat(${tabs.length + 1}, minmax(0, 1fr))` }}
    >
      {tabs.map((item) => (
        <Link key={item.href} href={`${item.href}${query}`} aria-current={isCurrent(item, path) ? 'page' : undefined} className={TAB}>
          {item.short ?? item.label}
        </Link>
      ))}
      <button
        type="button"
        aria-current={more.some((item) => isCurrent(item, path)) ? 'page' : undefined}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={TAB}
      >
        More
      </button>
      <Dialog open={open} onOpenChange={setOpen} title="More" description={`${name}, ${ROLE_WORDS[role].toLowerCase()}`}>
        <More items={more} path={path} query={query} close={() => setOpen(false)} />
      </Dialog>
    </nav>
  )
}

function More({
  items,
  path,
  query,
  close,
}: {
  items: ReturnType<typeof tabsFor>['more']
  path: string
  query: string
  close: () => void
}) {
  const [theme, choose] = useTheme()
  return (
    <>
      {items.length > 0 && (
        <ul>
          {items.map((item) => (
            <li key={item.href} className="border-line border-b">
              <Link
                href={`${item.href}${query}`}
                onClick={close}
                aria-current={isCurrent(item, path) ? 'page' : undefined}
                className="flex min-h-11 items-center text-lead aria-[current]:font-semibold"
              >
                {item.label}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <p className="text-ink-2 text-label">Theme</p>
      <Segmented
        label="Theme"
        value={theme}
        onChange={choose}
        segments={[
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <Button wide onClick={leave}>
        Sign out
      </Button>
    </>
  )
}
