import { X509Certificate } from 'node:crypto'
import { notFound } from '#lib/api/problem.ts'
import type { CertificateRow, ChargerSecurity, LinkFacts, Security } from '#lib/api/security.ts'
import type { Mark } from '#lib/api/words.ts'
import { counted } from '#lib/format/number.ts'
import { journalWords } from '#lib/live/journal-words.ts'
import { securityEventMeaning } from '#lib/ocpp/security-events16.ts'
import { linkVerdict, PROFILE_WORDS, whyNotRaise, whyNotWithoutPassword } from '#lib/ocpp/security-profile.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { profileFacts } from '#server/security/profile-facts.ts'
import { certificatesOf, chargersLacking } from '#server/store/certificate.ts'
import { readOperator } from '#server/store/security.ts'
import { chargerSecurityRow, ownCertificates, securityEventsOf, securityLines } from '#server/store/security-view.ts'
import { securityAlerts } from './alerts-security.ts'
import { theCharger } from './charger-view.ts'
import { theDepot } from './views.ts'

type Seeing = Pick<Ctx, 'db' | 'clock' | 'env'>

const FAILURES = [
  'security.refused',
  'security.tooManyFailures',
  'security.triedLive',
  'security.profileTooLow',
  'security.replaced',
  'security.tooManyConnections',
]

/** How chargers of this installation prove who they are, and what went wrong with it in a depot. @throws Problem `not-found` */
export async function securityView(ctx: Seeing, depotId: string): Promise<Security> {
  const { env, db } = ctx
  const [depot, now, real] = [await theDepot(ctx, depotId), ctx.clock.now(), ctx.clock.real()]
  const [operator, own, failures, { alerts }] = await Promise.all([
    readOperator(db.prisma),
    ownCertificates(db),
    securityLines(db, depotId, FAILURES, plus(now, -days(1))),
    securityAlerts(ctx, depotId, depot.zone),
  ])
  const server = own.find(({ kind, state }) => kind === 'server' && state === 'active')
  const next = own.find(({ kind, state }) => kind === 'root' && state === 'next')
  const lacking = next?.fingerprint ? await chargersLacking(db.prisma, next.fingerprint) : []
  return {
    operator,
    listeners: [
      { scheme: 'ws', port: env.ocppPort, mark: 'normal', word: 'Open; passwords travel as they are' },
      env.ocppTlsPort === undefined
        ? { scheme: 'wss', port: null, mark: 'caution', word: 'Not served: set OCPP_TLS_PORT' }
        : { scheme: 'wss', port: env.ocppTlsPort, mark: 'normal', word: 'TLS 1.2 and 1.3' },
    ],
    noAuth: env.ocppAllowNoAuth
      ? { mark: 'serious', word: 'On: chargers of profile 0 connect without a password' }
      : { mark: 'normal', word: 'Off: nobody connects without a proof' },
    proxies: env.ocppTrustedProxies,
    certificateHeader: env.ocppProxyCertHeader ?? null,
    server: server?.notAfter
      ? {
          from: env.ocppTlsCert ? 'files' : 'authority',
          subject: server.subject ?? '',
          names: namesIn(server.pem),
          fingerprint: server.fingerprint ?? '',
          endsAt: server.notAfter.getTime(),
          ...endMark(server.notAfter.getTime(), real),
        }
      : null,
    authority: env.ocppCaCert ? 'given' : 'local',
    roots: own
      .filter(({ kind, state, notAfter }) => kind === 'root' && notAfter !== null && (state !== 'retired' || notAfter.getTime() > real))
      .map(({ id, subject, fingerprint, notAfter, state }) => ({
        id,
        subject: subject ?? '',
        fingerprint: fingerprint ?? '',
        endsAt: notAfter!.getTime(),
        state,
        mark: ROOTS[state]?.mark ?? 'off',
        word: ROOTS[state]?.word ?? state,
      })),
    lacking: lacking.map(({ id, name, connectedAt, certificates }) => ({
      chargerId: id,
      name,
      why:
        certificates[0]?.state === 'rejected'
          ? (certificates[0].detail ?? 'It refused it.')
          : connectedAt === null
            ? 'It is offline, and gets it when it boots.'
            : 'It gets it within the hour.',
    })),
    failures: failures.map(({ kind, lastAt, times, data, addresses }) => ({
      at: Math.round(lastAt),
      words: journalWords(kind),
      identity: typeof data.identity === 'string' ? data.identity : null,
      address: addresses.length > 0 ? addresses.slice(0, 3).join(', ') : typeof data.to === 'string' ? data.to : null,
      times,
    })),
    alerts: alerts.filter(({ key }) => key.startsWith('security.') || key.startsWith('certificate:')),
  }
}

/** By which names chargers may call us. */
const namesIn = (pem: string | null): string => {
  const names = pem ? (new X509Certificate(pem).subjectAltName ?? '') : ''
  return names.replaceAll(/(DNS|IP Address):/g, '')
}

const ROOTS: Record<string, { mark: Mark; word: string }> = {
  active: { mark: 'normal', word: 'Signs' },
  next: { mark: 'standby', word: 'Next: brought to the chargers' },
  retired: { mark: 'off', word: 'Before: believed until it ends' },
}

/** One charger's proof: profile, certificates, events. @throws Problem `not-found` */
export async function chargerSecurityView(ctx: Seeing, depotId: string, id: string): Promise<ChargerSecurity> {
  await theCharger(ctx, depotId, id)
  const { db, clock } = ctx
  const [charger, certificates, events, facts] = await Promise.all([
    chargerSecurityRow(db, id),
    certificatesOf(db.prisma, id),
    securityEventsOf(db, id),
    profileFacts(ctx, id),
  ])
  if (charger.depotId !== depotId) throw notFound('charger', id)
  const offline = charger.connectedAt === null ? 'The charger is offline.' : null
  return {
    link: linkOf(charger),
    risingTo: charger.nextProfile,
    risingSince: charger.nextProfileAt?.getTime() ?? null,
    raise: [1, 2, 3]
      .filter((profile) => profile > charger.securityProfile)
      .map((profile) => ({ profile, label: PROFILE_WORDS[profile]!, whyNot: whyNotRaise(profile, facts) })),
    whyNotWithoutPassword: whyNotWithoutPassword({
      least: charger.securityProfile,
      everConnected: charger.connectedProfile,
      settingOn: ctx.env.ocppAllowNoAuth,
    }),
    registeredSerial: charger.registeredSerial,
    serial: charger.serial,
    certificates: certificates
      .filter(({ state, kind }) => kind === 'charger' || state !== 'deleted')
      .map((row) => certificateView(row, clock.real(), offline)),
    whyNotAsk: offline,
    events: events.map(({ id: key, at, type, techInfo, critical, seenBy }) => ({
      id: String(key),
      at: at.getTime(),
      type,
      words: securityEventMeaning(type).words,
      info: techInfo,
      critical,
      seenBy,
    })),
  }
}

type ChargerRow = Awaited<ReturnType<typeof chargerSecurityRow>>
const AUTH = ['none', 'password', 'password over TLS', 'client certificate']

function linkOf(charger: ChargerRow): LinkFacts {
  const {
    id,
    name,
    protocol,
    connectedProfile: profile,
    securityProfile,
    tlsVersion,
    certificateEndsAt,
    seenAt,
    connectedAt,
    address,
  } = charger
  const noTls = profile !== null && profile < 2
  const onThisMachine = address !== null && /^(127\.|::1$)/.test(address)
  return {
    chargerId: id,
    name,
    online: connectedAt !== null,
    protocol,
    auth: profile === null ? null : AUTH[profile]!,
    profile,
    least: securityProfile,
    tls: profile === null ? null : (tlsVersion ?? (noTls ? 'none' : 'by a proxy')),
    certificateEndsAt: certificateEndsAt?.getTime() ?? null,
    lastMessageAt: seenAt?.getTime() ?? null,
    ...linkVerdict({ everConnected: profile !== null, profile, onThisMachine, noTls }),
  }
}

type CertificateOf = Awaited<ReturnType<typeof certificatesOf>>[number]

const STATES: Record<string, { mark: Mark; word: string }> = {
  asked: { mark: 'standby', word: 'Asked for' },
  signed: { mark: 'standby', word: 'Signed, not brought yet' },
  sent: { mark: 'caution', word: 'Sent, no answer' },
  accepted: { mark: 'normal', word: 'Taken by the charger' },
  rejected: { mark: 'serious', word: 'Refused' },
  installed: { mark: 'normal', word: 'Installed' },
  deleted: { mark: 'off', word: 'Deleted' },
  revoked: { mark: 'off', word: 'Revoked' },
}

function certificateView(row: CertificateOf, real: Instant, offline: string | null): CertificateRow {
  const { id, kind, state, subject, serial, fingerprint, notAfter, detail } = row
  const lives = state === 'accepted' || state === 'installed'
  const shown =
    lives && notAfter ? endMark(notAfter.getTime(), real, STATES[state]) : (STATES[state] ?? { mark: 'off' as const, word: state })
  return {
    id,
    kind: kind as CertificateRow['kind'],
    state,
    ...shown,
    subject,
    serial,
    fingerprint,
    endsAt: notAfter?.getTime() ?? null,
    detail,
    whyNotDelete: kind === 'charger' ? 'It is the charger’s own: revoke it.' : state === 'installed' ? offline : 'It is not installed.',
    whyNotRevoke:
      kind !== 'charger'
        ? 'It proves nothing about the charger: delete it.'
        : fingerprint === null
          ? 'It was never issued.'
          : state === 'revoked'
            ? 'It is revoked.'
            : null,
  }
}

function endMark(
  endsAt: number,
  real: Instant,
  otherwise: { mark: Mark; word: string } = { mark: 'normal', word: 'Valid' },
): { mark: Mark; word: string } {
  if (endsAt <= real) return { mark: 'serious', word: 'Ended' }
  const left = Math.ceil((endsAt - real) / days(1))
  return left <= 30 ? { mark: 'caution', word: `Ends in ${counted(left, 'day')}` } : otherwise
}
