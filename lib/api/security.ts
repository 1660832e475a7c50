import { z } from 'zod'
import { admins, operators } from '#lib/auth/role.ts'
import { actOutcome } from './charger.ts'
import { contract } from './contract.ts'
import { alertView } from './overview.ts'
import { done, mark, moment } from './words.ts'

// Who may come in and how it proves who it is. Certificates live in real time: their moments are not the demo's.

const depot = z.object({ depot: z.string() })
const one = z.object({ depot: z.string(), charger: z.string() })

export const certificateRow = z.object({
  id: z.string(),
  /** charger: proves who it is; the roots are what it trusts. */
  kind: z.enum(['charger', 'centralSystemRoot', 'manufacturerRoot']),
  state: z.string(),
  mark,
  word: z.string(),
  subject: z.string().nullable(),
  serial: z.string().nullable(),
  /** SHA-256, hex; null where the charger told only a hash of its parts. */
  fingerprint: z.string().nullable(),
  endsAt: moment.nullable(),
  detail: z.string().nullable(),
  /** Why it cannot be deleted, revoked; null: it can. */
  whyNotDelete: z.string().nullable(),
  whyNotRevoke: z.string().nullable(),
})
export type CertificateRow = z.infer<typeof certificateRow>

export const securityEventRow = z.object({
  id: z.string(),
  at: moment,
  type: z.string(),
  words: z.string(),
  info: z.string().nullable(),
  critical: z.boolean(),
  seenBy: z.string().nullable(),
})

/** How a charger's connection is protected; the facts of one link of the architecture map (R16). */
export const linkFacts = z.object({
  chargerId: z.string(),
  name: z.string(),
  online: z.boolean(),
  protocol: z.string(),
  /** none | password | password over TLS | client certificate; null: never connected. */
  auth: z.string().nullable(),
  profile: z.number().int().nullable(),
  least: z.number().int(),
  /** TLSv1.3 … | by a proxy | none */
  tls: z.string().nullable(),
  certificateEndsAt: moment.nullable(),
  lastMessageAt: moment.nullable(),
  mark,
  word: z.string(),
})
export type LinkFacts = z.infer<typeof linkFacts>

export const getChargerSecurity = contract({
  method: 'GET',
  path: '/api/depots/:depot/chargers/:charger/security',
  roles: operators,
  summary: 'How a charger proves who it is: profile, certificates, security events.',
  params: one,
  output: z.object({
    link: linkFacts,
    /** Profile it was told to rise to; not confirmed yet. */
    risingTo: z.number().int().nullable(),
    risingSince: moment.nullable(),
    raise: z.array(z.object({ profile: z.number().int(), label: z.string(), whyNot: z.string().nullable() })),
    /** Why it may not come without a password (profile 0); null: it may be allowed to. */
    whyNotWithoutPassword: z.string().nullable(),
    registeredSerial: z.string().nullable(),
    serial: z.string().nullable(),
    certificates: z.array(certificateRow),
    /** Why nothing can be asked of it now. */
    whyNotAsk: z.string().nullable(),
    events: z.array(securityEventRow),
  }),
})
export type ChargerSecurity = z.output<typeof getChargerSecurity.output>

/** What a person does about a charger's security. */
export const chargerSecurityAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('raiseProfile'), profile: z.union([z.literal(1), z.literal(2), z.literal(3)]) }),
  /** Takes the wish back that was not confirmed; the charger may have followed already. */
  z.object({ kind: z.literal('forgetRaise') }),
  /** Profile 0, for a laboratory: a charger that never proved itself. */
  z.object({ kind: z.literal('allowNoPassword') }),
  z.object({ kind: z.literal('readCertificates') }),
  z.object({ kind: z.literal('renewCertificate') }),
  z.object({
    kind: z.literal('installCertificate'),
    type: z.enum(['CentralSystemRootCertificate', 'ManufacturerRootCertificate']),
    /** PEM. Absent: the root that our server certificate comes from. */
    pem: z.string().max(5500).optional(),
  }),
  z.object({ kind: z.literal('deleteCertificate'), certificateId: z.string() }),
  z.object({ kind: z.literal('revokeCertificate'), certificateId: z.string() }),
  z.object({ kind: z.literal('setSerial'), serial: z.string().max(64).nullable() }),
])
export type ChargerSecurityAct = z.infer<typeof chargerSecurityAct>

export const actOnChargerSecurity = contract({
  method: 'POST',
  path: '/api/depots/:depot/chargers/:charger/security',
  roles: operators,
  summary: 'Raises the security profile, reads, installs, deletes, renews and revokes certificates.',
  params: one,
  input: chargerSecurityAct,
  output: actOutcome.omit({ commandId: true }),
})

export const rootRow = z.object({
  id: z.string(),
  subject: z.string(),
  fingerprint: z.string(),
  endsAt: moment,
  /** active | next | retired */
  state: z.string(),
  mark,
  word: z.string(),
})

export const getSecurity = contract({
  method: 'GET',
  path: '/api/depots/:depot/security',
  roles: operators,
  summary: 'How chargers prove who they are: listeners, certificate authority, proxies, links, failures of the last day, alerts.',
  params: depot,
  output: z.object({
    operator: z.string(),
    listeners: z.array(z.object({ scheme: z.enum(['ws', 'wss']), port: z.number().int().nullable(), mark, word: z.string() })),
    noAuth: z.object({ mark, word: z.string() }),
    proxies: z.array(z.string()),
    certificateHeader: z.string().nullable(),
    /** Where the server certificate comes from. */
    server: z
      .object({
        from: z.enum(['files', 'authority']),
        subject: z.string(),
        names: z.string(),
        fingerprint: z.string(),
        endsAt: moment,
        mark,
        word: z.string(),
      })
      .nullable(),
    authority: z.enum(['local', 'given']),
    roots: z.array(rootRow),
    /** Chargers over TLS that do not hold the next root yet. */
    lacking: z.array(z.object({ chargerId: z.string(), name: z.string(), why: z.string() })),
    failures: z.array(
      z.object({ at: moment, words: z.string(), identity: z.string().nullable(), address: z.string().nullable(), times: z.number().int() }),
    ),
    alerts: z.array(alertView),
  }),
})
export type Security = z.output<typeof getSecurity.output>

export const acknowledgeSecurity = contract({
  method: 'POST',
  path: '/api/depots/:depot/security/seen',
  roles: operators,
  summary: 'Acknowledges a security alert of the depot.',
  params: depot,
  input: z.object({ key: z.string().max(200) }),
  output: done,
})

export const authorityAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('setOperator'), operator: z.string().trim().min(1).max(64) }),
  z.object({ kind: z.literal('newRoot') }),
  z.object({ kind: z.literal('useNextRoot'), evenIfLacking: z.boolean().default(false) }),
])
export type AuthorityAct = z.infer<typeof authorityAct>

export const actOnAuthority = contract({
  method: 'POST',
  path: '/api/authority',
  roles: admins,
  summary: 'Certificate authority: the operator’s name, a new root, and changing the server certificate over to it.',
  input: authorityAct,
  output: z.object({ detail: z.string() }),
})

/** PEM of our root, for the charger's own installation page. */
export const getRoot = contract({
  method: 'GET',
  path: '/api/authority/root',
  roles: operators,
  summary: 'The root certificate that chargers must trust, as PEM.',
  output: z.object({ pem: z.string().nullable(), fingerprint: z.string().nullable() }),
})
