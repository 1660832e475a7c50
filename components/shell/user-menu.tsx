'use client'
import { signOut } from 'next-auth/react'
import type { Role } from '#lib/auth/role.ts'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import { type Theme, useTheme } from './theme.ts'

export const ROLE_WORDS: Record<Role, string> = { admin: 'Administrator', manager: 'Manager', finance: 'Finance', driver: 'Driver' }
const THEMES: readonly [Theme, string][] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export const leave = (): void => void signOut({ callbackUrl: '/sign-in' })

/** Who is signed in, the theme of this device, the way out. */
export function UserMenu({ name, role }: { name: string; role: Role }) {
  const [theme, choose] = useTheme()
  const items: MenuItem[] = [
    { kind: 'title', label: `${name}, ${ROLE_WORDS[role].toLowerCase()}` },
    { kind: 'rule', id: 'who' },
    { kind: 'title', label: 'Theme' },
    ...THEMES.map(([value, label]) => ({ kind: 'choice' as const, label, chosen: theme === value, onSelect: () => choose(value) })),
    { kind: 'rule', id: 'out' },
    { kind: 'act', label: 'Sign out', onSelect: leave },
  ]
  return (
    <Menu
      align="end"
      items={items}
      trigger={
        <button
          type="button"
          aria-label={`${ROLE_WORDS[role]}: account and theme`}
          className="hidden min-h-(--target) items-center rounded-mark text-ink-2 text-label hover:text-ink md:inline-flex"
        />
      }
    >
      {ROLE_WORDS[role]}
    </Menu>
  )
}
