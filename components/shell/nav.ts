import type { Role } from '#lib/auth/role.ts'

export type NavItem = { href: string; label: string; short?: string; roles: readonly Role[]; group: number }

const OPERATORS: readonly Role[] = ['admin', 'manager']
const READERS: readonly Role[] = ['admin', 'manager', 'finance']

/** Every page of the rail, in its order; a hairline stands between groups. A page enters here when it exists. */
export const NAV: readonly NavItem[] = [
  { href: '/', label: 'Overview', roles: OPERATORS, group: 1 },
  { href: '/board', label: 'Depot board', short: 'Board', roles: OPERATORS, group: 1 },
  { href: '/plan', label: 'Plan', roles: OPERATORS, group: 1 },
  { href: '/sessions', label: 'Sessions', roles: READERS, group: 2 },
  { href: '/fleet', label: 'Fleet', roles: READERS, group: 2 },
  { href: '/chargers', label: 'Chargers', roles: OPERATORS, group: 2 },
  { href: '/site', label: 'Site', roles: OPERATORS, group: 2 },
  { href: '/tariff', label: 'Tariff', roles: READERS, group: 2 },
  { href: '/kpis', label: 'KPIs', roles: READERS, group: 3 },
  { href: '/d', label: 'My van', roles: ['driver'], group: 3 },
  { href: '/settings', label: 'Settings', roles: ['admin'], group: 4 },
]

export const navFor = (role: Role): NavItem[] => NAV.filter((item) => item.roles.includes(role))

/** The page shown, or a page below it (`/chargers/C7` is in Chargers). */
export const isCurrent = (item: NavItem, path: string): boolean =>
  item.href === '/' ? path === '/' : path === item.href || path.startsWith(`${item.href}/`)

/** The page of the rail that an address belongs to; null for one that is not in it. */
export const pageAt = (path: string): NavItem | null => NAV.find((item) => isCurrent(item, path)) ?? null

/** The phone's tabs: the first four pages, and `More` for the others, sign-out and theme. */
export const tabsFor = (role: Role): { tabs: NavItem[]; more: NavItem[] } => {
  const all = navFor(role)
  return { tabs: all.slice(0, 4), more: all.slice(4) }
}
