import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { contract } from './contract.ts'
import { mark, moment } from './words.ts'

/** Who stands at an end of a connection. */
export const ends = ['charger', 'system', 'browser', 'gateway', 'web', 'database'] as const

/** One connection as it is now, or was last: made from what connected, never drawn by hand (R16). */
export const connectionRow = z.object({
  id: z.string(),
  from: z.enum(ends),
  to: z.enum(ends),
  name: z.string(),
  protocol: z.string(),
  /** How the one who connects proves who it is. */
  auth: z.string(),
  /** Version of TLS, or how else it is protected; null: open to who listens. */
  protection: z.string().nullable(),
  /** Real time, as every moment of a connection: sockets and certificates know no accelerated one. */
  certificateEndsAt: moment.nullable(),
  open: z.boolean(),
  lastMessageAt: moment.nullable(),
  /** What travels on it, as seen lately. */
  fields: z.array(z.string()),
  owner: z.string().nullable(),
  mark,
  word: z.string(),
  /** Where its messages are listed: a path of this application. */
  log: z.string().nullable(),
})
export type ConnectionRow = z.infer<typeof connectionRow>

export const getConnections = contract({
  method: 'GET',
  path: '/api/depots/:depot/connections',
  roles: operators,
  summary: 'The map of connections: chargers, other systems, browsers, our processes and the database.',
  params: z.object({ depot: z.string() }),
  output: z.object({
    connections: z.array(connectionRow),
    /** Which clock its moments are of, in a sentence, where the depot's is not the real one (demo); null: both are the same. */
    clock: z.string().nullable(),
  }),
})
export type Connections = z.output<typeof getConnections.output>
