import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { getPeople } from '#lib/api/people.ts'
import type { Role } from '#lib/auth/role.ts'
import { call } from '../ui/call.ts'

export type PeopleView = z.output<typeof getPeople.output>
export const peopleOptions = queryOptions({ queryKey: [getPeople.path], queryFn: ({ signal }) => call(getPeople, { signal }) })

export const ROLES: Record<Role, string> = {
  admin: 'Administrator',
  manager: 'Manager',
  finance: 'Finance',
  driver: 'Driver',
}
