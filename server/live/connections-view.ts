import type { ConnectionRow, Connections } from '#lib/api/connection.ts'
import { connectionVerdict } from '#lib/live/connection-verdict.ts'
import { type Instant, minutes, plus } from '#lib/time/instant.ts'
import { addressOf, cameSecurely } from '#server/http/origin.ts'
import type { Ctx } from '#server/runtime.ts'
import { type ChargerLinkRow, chargerLinkRows, databaseLink, type KeyLinkRow, keyLinkRows } from '#server/store/connection.ts'

type Link = Omit<ConnectionRow, 'mark' | 'word'> & { onThisMachine: boolean; noAuth?: boolean; everConnected?: boolean }

/** A charger that says nothing else still tells its heart. */
const SEEN_LATELY_MS = minutes(15)

/**
 * Who is connected to what in and around a depot (R16), read from what did connect: chargers' sockets, requests of other systems,
 * the very request that asks, and our own processes.
 */
export async function connectionsView(ctx: Ctx, depotId: string, asking: Headers): Promise<Connections> {
  const { clock } = ctx
  const now = clock.real()
  const [chargers, keys, database] = await Promise.all([
    chargerLinkRows(ctx.db, depotId, plus(clock.now(), -SEEN_LATELY_MS)),
    keyLinkRows(ctx.db, depotId),
    databaseLink(ctx.db),
  ])
  const realOf = realMoments(clock)
  const links = [
    ...chargers.map((row) => chargerLink({ ...row, seenAt: row.seenAt && realOf(row.seenAt) })),
    ...keys.map(keyLink),
    browserLink(asking, now),
    ...ownLinks(database, now),
  ]
  return {
    clock:
      realOf === same
        ? null
        : 'The depot’s clock is not the real one here (demo). Connections are real, so their times are of the real clock.',
    connections: links.map(({ onThisMachine, noAuth = false, everConnected = true, ...row }) => ({
      ...row,
      ...connectionVerdict(
        {
          everConnected,
          onThisMachine,
          noAuth,
          protected: row.protection !== null,
          certificateEndsAt: row.certificateEndsAt as Instant | null,
        },
        now,
      ),
    })),
  }
}

const same = (at: Instant): Instant => at
/** Depot time nearly the same as the real one is the real one. */
const APART_MS = minutes(1)

/** Moments of depot time as the real clock showed them. */
function realMoments({ now, real, speed }: Ctx['clock']): (at: Instant) => Instant {
  const [depotNow, realNow] = [now(), real()]
  if (speed === 1 && Math.abs(depotNow - realNow) < APART_MS) return same
  return (at) => plus(realNow, Math.round((at - depotNow) / speed))
}

const AUTH = ['None', 'Password', 'Password', 'Client certificate']

const chargerLink = (row: ChargerLinkRow): Link => ({
  id: `charger:${row.id}`,
  from: 'charger',
  to: 'gateway',
  name: row.name,
  protocol: row.protocol === 'ocpp1.6' ? 'OCPP 1.6J' : row.protocol,
  auth: row.profile === null ? 'Not known yet' : AUTH[row.profile]!,
  // behind a proxy its own TLS version is not told
  protection: row.tlsVersion ?? ((row.profile ?? 0) >= 2 ? 'TLS by a proxy' : null),
  certificateEndsAt: row.certificateEndsAt,
  open: row.online,
  lastMessageAt: row.seenAt,
  fields: row.actions,
  owner: row.vendor,
  log: `/chargers/${encodeURIComponent(row.id)}?view=messages`,
  everConnected: row.profile !== null,
  noAuth: row.profile === 0,
  onThisMachine: isLoopback(row.address),
})

const FIELDS: Record<string, string> = {
  'vehicles:write': 'vehicle states, departures',
  'commands:write': 'commands',
  'chargers:read': 'chargers, messages, transactions',
  'chargers:write': 'chargers, credentials',
  'calls:write': 'calls to chargers',
  'tokens:read': 'cards',
  'tokens:write': 'cards',
  'meters:write': 'meters',
  read: 'reads',
}

const keyLink = (row: KeyLinkRow): Link => ({
  id: `key:${row.id}`,
  from: 'system',
  to: 'web',
  name: row.name,
  protocol: row.secure ? 'HTTPS' : 'HTTP',
  auth: `API key ${row.prefix}…`,
  protection: row.secure ? 'TLS by a proxy' : null,
  certificateEndsAt: null,
  open: false,
  lastMessageAt: row.lastUsedAt,
  fields: [...new Set(row.scopes.map((scope) => FIELDS[scope] ?? scope))],
  owner: row.createdBy,
  log: '/settings?view=journal',
  everConnected: row.lastUsedAt !== null,
  onThisMachine: isLoopback(row.address),
})

const browserLink = (asking: Headers, now: Instant): Link => {
  const secure = cameSecurely(asking)
  return {
    id: 'browser',
    from: 'browser',
    to: 'web',
    name: 'This browser',
    protocol: secure ? 'HTTPS' : 'HTTP',
    auth: 'Sign-in, session cookie',
    protection: secure ? 'TLS by a proxy' : null,
    certificateEndsAt: null,
    open: true,
    lastMessageAt: now,
    fields: ['pages', 'live values'],
    owner: null,
    log: null,
    onThisMachine: isLoopback(addressOf(asking)),
  }
}

const ownLinks = (database: { tls: string | null; local: boolean }, now: Instant): Link[] => [
  {
    id: 'gateway',
    from: 'web',
    to: 'gateway',
    name: 'Web and gateway',
    protocol: 'HTTP over a Unix socket',
    auth: 'Rights of the file',
    protection: null,
    certificateEndsAt: null,
    open: true,
    lastMessageAt: now,
    fields: ['commands', 'live values'],
    owner: 'Yardwatt',
    log: null,
    onThisMachine: true,
  },
  {
    id: 'database',
    from: 'gateway',
    to: 'database',
    name: 'Processes and PostgreSQL',
    protocol: 'PostgreSQL',
    auth: 'Password',
    protection: database.tls,
    certificateEndsAt: null,
    open: true,
    lastMessageAt: now,
    fields: ['all state'],
    owner: 'Yardwatt',
    log: null,
    onThisMachine: database.local,
  },
]

const isLoopback = (address: string | null): boolean => address !== null && /^(127\.|::1$|::ffff:127\.)/.test(address)
