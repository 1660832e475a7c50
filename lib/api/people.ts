import { z } from 'zod'
import { admins, roles } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { depotRef, done, moment } from './words.ts'

// Who may sign in. Roles and depots are read anew at each request, so that a change counts at once.

export const personRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  /** Depots that may be seen; an administrator sees all. */
  depotIds: z.array(z.string()),
  /** Who they are at the chargers; drivers only. */
  driverId: z.string().nullable(),
  createdAt: moment,
  disabledAt: moment.nullable(),
  /** Whoever asks: nobody locks themselves out. */
  self: z.boolean(),
})
export type PersonRow = z.infer<typeof personRow>

const person = z.object({ person: z.string() })

export const getPeople = contract({
  method: 'GET',
  path: '/api/people',
  roles: admins,
  summary: 'Who may sign in, with their role and depots.',
  output: z.object({
    people: z.array(personRow),
    depots: z.array(depotRef),
    drivers: z.array(z.object({ id: z.string(), name: z.string(), depotId: z.string() })),
  }),
})

const rights = {
  name: z.string().trim().min(1, 'Give a name.').max(80, 'At most 80 characters.'),
  role: z.enum(roles),
  depotIds: z.array(z.string()).max(500),
  driverId: z.string().nullable().default(null),
}

export const addPerson = contract({
  method: 'POST',
  path: '/api/people',
  roles: admins,
  summary: 'Lets a person sign in; the password is made here and shown once.',
  input: z.object({ ...rights, email: z.email('Not an e-mail address.').max(254) }),
  output: z.object({ id: z.string(), password: z.string() }),
})

export const changePerson = contract({
  method: 'PUT',
  path: '/api/people/:person',
  roles: admins,
  summary: 'Changes name, role and depots of a person, or keeps them from signing in.',
  params: person,
  input: z.object({ ...rights, disabled: z.boolean() }),
  output: done,
})

export const newPassword = contract({
  method: 'POST',
  path: '/api/people/:person/password',
  roles: admins,
  summary: 'A new password for a person, shown once; their sessions end.',
  params: person,
  output: z.object({ password: z.string() }),
})
