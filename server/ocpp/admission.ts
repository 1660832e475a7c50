import type { RecordCtx } from '../charging/recording.ts'
import type { AtTheDoor, DoorBook } from '../store/admission.ts'
import { type KnownCharger, takeNextKey } from '../store/charger.ts'
import { appendJournal } from '../store/journal.ts'
import { forgetKnocking, noteKnocking } from '../store/knocking.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import { type ClientTrust, fingerprintOf, whyNotThisCharger } from './client-certificate.ts'
import type { Doors } from './doors.ts'
import type { Failures } from './failures.ts'
import { isChargerKey } from './key.ts'
import type { Approach, Proxies } from './proxies.ts'
import type { Handshake } from './rpc.ts'

export const PROTOCOL = 'ocpp1.6'

/** What an identity may look like; others could not be registered either. */
const IDENTITY = /^[A-Za-z0-9_.:-]{1,48}$/

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

/** OCPP security profile: 0 nothing, 1 password, 2 password over TLS, 3 client certificate. */
export type Profile = 0 | 1 | 2 | 3
/** How the charger that was let in is connected. */
export type Link = { profile: Profile; tlsVersion: string | null; certificateEndsAt: number | null; fingerprint?: string }
export type Admission =
  | { kind: 'admitted'; charger: KnownCharger; link: Link; address: string }
  | { kind: 'refused'; status: number; reason: string }

const refused = (status: number, reason: string): Admission => ({ kind: 'refused', status, reason })

/** What the door needs to judge. */
export type DoorKeeping = {
  book: DoorBook
  failures: Failures
  doors: Doors
  proxies: Proxies
  trust: ClientTrust
  allowNoAuth: boolean
  /** A socket of this identity is open. */
  isLive(identity: string): boolean
}

/**
 * Who may come in (docs/ocpp.md, "Security"): a registered charger that proves itself at its security profile or a higher one, in a protocol
 * that we speak. A stranger and a wrong key get the same answer, before any message is handled; both are listed for the operator, and too
 * many of them raise an alert.
 */
export async function admit(ctx: RecordCtx, keeping: DoorKeeping, handshake: Handshake): Promise<Admission> {
  const approach = keeping.proxies.approach(handshake.request)
  const { address, certificate } = approach
  const { identity } = handshake
  if (!IDENTITY.test(identity)) return refused(404, 'Not found')
  if (!keeping.failures.mayLook(address)) return refused(429, 'Too many attempts')
  try {
    const door = await keeping.book.find(identity, certificate && fingerprintOf(certificate))
    if (!door || door.charger.retired) return await turnAway(ctx, keeping, identity, address, 'Not registered here.')
    const proof = prove(ctx, keeping, handshake, approach, door)
    if ('why' in proof) return await turnAway(ctx, keeping, identity, address, proof.why, door.charger)
    const { charger } = door
    if (proof.profile < charger.securityProfile) {
      const why = `Came with security profile ${proof.profile}, and must use ${charger.securityProfile} at least.`
      return await turnAway(ctx, keeping, identity, address, why, charger, { tooLow: proof.profile, least: charger.securityProfile })
    }
    return await letIn(ctx, keeping, handshake, address, door, proof)
  } catch (error) {
    if (!isDatabaseAway(error)) ctx.log.error({ err: error, identity }, 'a charger could not be let in')
    return refused(503, 'Come back later')
  }
}

type Proof = Link & { byNextKey: boolean }

/** The highest profile that the charger proves, or why it proves none. */
function prove(
  ctx: RecordCtx,
  { trust, allowNoAuth }: DoorKeeping,
  { password, request }: Handshake,
  { tls, certificate, chained }: Approach,
  door: AtTheDoor,
): Proof | { why: string } {
  const { charger } = door
  const tlsVersion = tls?.version ?? null
  const doubt = certificate && whyNotThisCharger(certificate, { chained, door, trust, now: ctx.clock.real() })
  if (certificate && doubt === undefined)
    return {
      profile: 3,
      tlsVersion,
      certificateEndsAt: Date.parse(certificate.validTo),
      fingerprint: fingerprintOf(certificate),
      byNextKey: false,
    }
  const byKey = isChargerKey(password, charger.keyHash)
  const byNextKey = !byKey && isChargerKey(password, charger.nextKeyHash)
  if (byKey || byNextKey) return { profile: tls ? 2 : 1, tlsVersion, certificateEndsAt: null, byNextKey }
  const nothing = request.headers.authorization === undefined
  if (allowNoAuth && nothing && !certificate) return { profile: 0, tlsVersion, certificateEndsAt: null, byNextKey: false }
  if (nothing || password?.length === 0) return { why: `Registered, but ${doubt === undefined ? 'sent no password.' : lower(doubt)}` }
  return { why: 'Registered, but its key is wrong.' }
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

async function letIn(
  ctx: RecordCtx,
  { failures, doors }: DoorKeeping,
  { identity, protocols }: Handshake,
  address: string,
  { charger, knocking }: AtTheDoor,
  { byNextKey, ...link }: Proof,
): Promise<Admission> {
  failures.succeeded(identity, address)
  const { prisma } = ctx.db
  const now = ctx.clock.now()
  const wanted = charger.pinnedProtocol ?? PROTOCOL
  if (!protocols.has(wanted) || wanted !== PROTOCOL) {
    const named = [...protocols].join(', ').slice(0, 60) || 'none named'
    const pinned = charger.pinnedProtocol ? `It is pinned to ${wanted}` : `We speak ${PROTOCOL}`
    await noteKnocking(prisma, identity, address, `Speaks none of our protocols (${named}). ${pinned}.`, now)
    return refused(400, `This server speaks ${wanted}.`)
  }
  const full = doors.whyFull(address, identity)
  if (full) {
    const { alert } = failures.crowded(full === 'address' ? address : identity)
    const data = { identity, address, limit: full }
    if (alert) await tell(ctx, charger, 'security.tooManyConnections', data)
    return refused(429, 'Too many connections')
  }
  if (byNextKey && charger.nextKeyHash !== null && (await takeNextKey(prisma, charger.id, charger.nextKeyHash)))
    await tell(ctx, charger, 'charger.nextKeyTaken', { address })
  if (knocking) await forgetKnocking(prisma, identity)
  return { kind: 'admitted', charger, link, address }
}

async function turnAway(
  ctx: RecordCtx,
  { failures, isLive }: DoorKeeping,
  identity: string,
  address: string,
  reason: string,
  charger?: KnownCharger,
  low?: { tooLow: Profile; least: number },
): Promise<Admission> {
  const { limited, alert, first } = failures.failed(address, identity)
  // beyond the limit only the alert is written: a flood must not become a flood of rows
  if (!limited) await noteKnocking(ctx.db.prisma, identity, address, reason, ctx.clock.now())
  if (charger && first) {
    // a known charger's door, by its own fault or by somebody else's: the first of a row is told, with the live one's name where there is one
    if (isLive(identity)) await tell(ctx, charger, 'security.triedLive', { identity, address, reason })
    else if (low) await tell(ctx, charger, 'security.profileTooLow', { identity, address, ...low })
    else await tell(ctx, charger, 'security.refused', { identity, address, reason })
  }
  if (alert) {
    ctx.log.warn({ identity, address }, 'too many failed sign-ins of chargers')
    await tell(ctx, charger, 'security.tooManyFailures', { identity, address })
  }
  return limited ? refused(429, 'Too many attempts') : refused(401, 'Unauthorized')
}

/** A line for the operator. What concerns no charger of ours is told for every depot, with the identity that was tried. */
async function tell(
  ctx: RecordCtx,
  charger: KnownCharger | undefined,
  kind: string,
  data: { identity?: string } & Record<string, unknown>,
) {
  const subject = `charger:${charger?.id ?? data.identity}`
  const line = { depotId: charger?.depotId ?? null, actor: 'system', kind, subject, data }
  await appendJournal(ctx.db.prisma, ctx.clock.now(), ctx.clock.real(), [line])
}
