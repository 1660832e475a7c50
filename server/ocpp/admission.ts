import type { IncomingMessage } from 'node:http'
import { isIP, isIPv4 } from 'node:net'
import type { RecordCtx } from '../charging/recording.ts'
import { findChargerByIdentity, type KnownCharger } from '../store/charger.ts'
import { appendJournal } from '../store/journal.ts'
import { forgetKnocking, noteKnocking } from '../store/knocking.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import type { Failures } from './failures.ts'
import { isChargerKey } from './key.ts'
import type { Handshake } from './rpc.ts'

/** The web process puts the client's address here when it pipes `/ocpp`; believed from this machine only. */
export const CLIENT_ADDRESS_HEADER = 'x-forwarded-for'
export const PROTOCOL = 'ocpp1.6'

/** What an identity may look like; others could not be registered either. */
const IDENTITY = /^[A-Za-z0-9_.:-]{1,48}$/
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** The charger's own address: the socket's, or what our web process says it is. */
export function clientAddress(request: IncomingMessage): string {
  const direct = request.socket.remoteAddress ?? 'unknown'
  const header = request.headers[CLIENT_ADDRESS_HEADER]
  // the last one was written by the nearest proxy; the ones before it by anybody
  const told = typeof header === 'string' ? header.split(',').at(-1)!.trim() : ''
  const address = LOOPBACK.has(direct) && isIP(told) !== 0 ? told : direct
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : address
  return isIPv4(mapped) ? mapped : address
}

/** The identity in `/ocpp/:charger`, or undefined for any other path, a malformed one and an empty name (faults 1 and 3). */
export function identityIn(url: string | undefined): string | undefined {
  try {
    const { pathname } = new URL(url ?? '', 'http://gateway')
    const [, room, name, ...more] = pathname.split('/')
    const identity = decodeURIComponent(name ?? '')
    return room === 'ocpp' && more.length === 0 && IDENTITY.test(identity) ? identity : undefined
  } catch {
    return undefined
  }
}

export type Admission = { kind: 'admitted'; charger: KnownCharger } | { kind: 'refused'; status: number; reason: string }

const refused = (status: number, reason: string): Admission => ({ kind: 'refused', status, reason })

/**
 * Who may come in (docs/ocpp.md, "Security"): a registered charger with its own key, in a protocol that we speak. A stranger and a wrong key
 * get the same answer, before any message is handled; both are listed for the operator, and too many of them raise an alert.
 */
export async function admit(ctx: RecordCtx, failures: Failures, allowNoAuth: boolean, handshake: Handshake): Promise<Admission> {
  const address = clientAddress(handshake.request)
  const { identity } = handshake
  if (!IDENTITY.test(identity)) return refused(404, 'Not found')
  if (!failures.mayLook(address)) return refused(429, 'Too many attempts')
  try {
    const charger = await findChargerByIdentity(ctx.db.prisma, identity)
    const known = charger !== undefined && !charger.retired
    const open = allowNoAuth && known && handshake.request.headers.authorization === undefined
    if (known && (open || isChargerKey(handshake.password, charger.keyHash))) {
      failures.succeeded(identity, address)
      if (!handshake.protocols.has(PROTOCOL)) {
        await noteKnocking(
          ctx.db.prisma,
          identity,
          address,
          `Speaks none of our protocols (${[...handshake.protocols].join(', ').slice(0, 60) || 'none named'}); we speak ${PROTOCOL}.`,
          ctx.clock.now(),
        )
        return refused(400, `This server speaks ${PROTOCOL}.`)
      }
      await forgetKnocking(ctx.db.prisma, identity)
      return { kind: 'admitted', charger }
    }
    return await turnAway(ctx, failures, identity, address, known, handshake)
  } catch (error) {
    if (!isDatabaseAway(error)) ctx.log.error({ err: error, identity }, 'a charger could not be let in')
    return refused(503, 'Come back later')
  }
}

async function turnAway(
  ctx: RecordCtx,
  failures: Failures,
  identity: string,
  address: string,
  known: boolean,
  { password, request }: Handshake,
): Promise<Admission> {
  const { limited, alert } = failures.failed(address, identity)
  const now = ctx.clock.now()
  const nothing = request.headers.authorization === undefined || password?.length === 0
  // beyond the limit only the alert is written: a flood must not become a flood of rows
  if (!limited) {
    const reason = known ? (nothing ? 'Registered, but sent no password.' : 'Registered, but its key is wrong.') : 'Not registered here.'
    await noteKnocking(ctx.db.prisma, identity, address, reason, now)
  }
  if (alert) {
    ctx.log.warn({ identity, address }, 'too many failed sign-ins of chargers')
    const line = { actor: 'system', kind: 'security.tooManyFailures', subject: `charger:${identity}`, data: { identity, address } }
    await appendJournal(ctx.db.prisma, now, ctx.clock.real(), [line])
  }
  return limited ? refused(429, 'Too many attempts') : refused(401, 'Unauthorized')
}
