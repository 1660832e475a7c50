'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Fragment } from 'react'
import type { Role } from '#lib/auth/role.ts'
import { isCurrent, navFor } from './nav.ts'

/** The pages, to the left on a wide screen. `counts` puts a number beside one, such as bays that need action; `query` keeps the chosen depot. */
export function Rail({ role, query = '', counts = {} }: { role: Role; query?: string; counts?: Record<string, number> }) {
  const path = usePathname()
  const items = navFor(role)
  return (
    <nav aria-label="Main" data-shell className="hidden flex-col gap-px overflow-y-auto border-line border-r bg-surface px-2 py-3 md:flex">
      {items.map((item, index) => {
        const current = isCurrent(item, path)
        return (
          <Fragment key={item.href}>
            {index > 0 && items[index - 1]?.group !== item.group && <hr className="m-2 border-line" />}
            <Link
              href={`${item.href}${query}`}
              aria-current={current ? 'page' : undefined}
              className="flex min-h-[30px] flex-none items-center justify-between rounded-mark px-2 font-medium text-body text-ink-2 transition-[background-color] hover:bg-hover hover:text-ink aria-[current]:bg-sunken aria-[current]:font-semibold aria-[current]:text-ink"
            >
              {item.label}
              {counts[item.href] ? <span className="text-ink-3 text-label">{counts[item.href]}</span> : null}
            </Link>
          </Fragment>
        )
      })}
    </nav>
  )
}
