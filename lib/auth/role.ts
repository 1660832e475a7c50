/** Who may do what. `manager` runs the depot, `finance` reads sessions and exports, `driver` sees the own vehicle, `admin` also changes users and keys. */
export const roles = ['admin', 'manager', 'finance', 'driver'] as const
export type Role = (typeof roles)[number]

export const operators: readonly Role[] = ['admin', 'manager']
export const readers: readonly Role[] = ['admin', 'manager', 'finance']
export const everyone: readonly Role[] = roles
export const admins: readonly Role[] = ['admin']

/** What an API key may do. */
export const scopes = [
  'vehicles:write',
  'commands:write',
  'read',
  'chargers:read',
  'chargers:write',
  'calls:write',
  'tokens:read',
  'tokens:write',
  'meters:write',
  'plan:read',
] as const
export type Scope = (typeof scopes)[number]

/** The page a person lands on after signing in. */
export const landing: Record<Role, string> = { admin: '/', manager: '/', finance: '/sessions', driver: '/d' }
