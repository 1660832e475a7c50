import type { X509Certificate } from 'node:crypto'
import type { Instant } from '#lib/time/instant.ts'
import type { AtTheDoor } from '../store/admission.ts'

/** Whose client certificates are believed. */
export type ClientTrust = {
  /** `local`: made by us, and each certificate of it stands in our books. */
  roots(): { certificate: X509Certificate; local: boolean }[]
  /** The organisation that a charger's certificate names. */
  operator(): string
}

/**
 * Why this certificate does not prove that it is this charger; undefined: it does. It comes from a root that we trust, is in its time, not
 * revoked, carries the identity or the charger's serial as CN or SAN, and the operator as O (OCPP 2.0.1 A00.FR.404/405). One that we
 * issued is good for the charger that it was issued to only. `now`: real time.
 */
export function whyNotThisCharger(
  certificate: X509Certificate,
  { chained, door, trust, now }: { chained: boolean; door: AtTheDoor; trust: ClientTrust; now: Instant },
): string | undefined {
  const root = trust.roots().find((each) => certificate.checkIssued(each.certificate) && certificate.verify(each.certificate.publicKey))
  // a chain over intermediates is for the TLS library to build; a proxy's word for one is not enough
  if (!chained || (!root && !isIssuedBelow(certificate, trust))) return 'Its certificate comes from nobody we trust.'
  if (now < Date.parse(certificate.validFrom)) return 'Its certificate is not valid yet.'
  if (now > Date.parse(certificate.validTo)) return 'Its certificate has ended.'
  const { charger, certificate: ours } = door
  if (ours?.state === 'revoked') return 'Its certificate is revoked.'
  if (ours && ours.chargerId !== charger.id) return 'Its certificate was issued to another charger.'
  if (root?.local && !ours) return 'Its certificate is not in our books.'
  const { names, organisations } = subjectOf(certificate)
  const own = [charger.identity, charger.registeredSerial, charger.serial].filter((each) => each !== null && each !== '')
  if (!own.some((each) => names.includes(each!))) return 'Its certificate names another charger.'
  const operator = trust.operator()
  if (!organisations.includes(operator)) return `Its certificate does not name the operator "${operator}".`
  return undefined
}

/** Proven by the handshake's own chain: the issuer came with it. */
function isIssuedBelow(certificate: X509Certificate, trust: ClientTrust): boolean {
  let at = certificate.issuerCertificate
  for (let steps = 0; at && steps < 5; steps++, at = at.issuerCertificate) {
    const above = at
    if (trust.roots().some((each) => each.certificate.fingerprint256 === above.fingerprint256)) return true
    if (at.issuerCertificate?.fingerprint256 === at.fingerprint256) return false
  }
  return false
}

/** CNs and DNS names, and organisations. */
export function subjectOf(certificate: X509Certificate): { names: string[]; organisations: string[] } {
  const { subject } = certificate.toLegacyObject()
  const all = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat())
  // a name that needs quotes is none of ours, and could pretend to be two
  const sans = certificate.subjectAltName?.includes('"') ? [] : (certificate.subjectAltName?.split(', ') ?? [])
  const dns = sans.flatMap((each) => (each.startsWith('DNS:') ? each.slice(4) : []))
  return { names: [...all(subject?.CN), ...dns], organisations: all(subject?.O) }
}

/** SHA-256 of the certificate, as our books have it. */
export const fingerprintOf = (certificate: X509Certificate): string => certificate.fingerprint256.replaceAll(':', '').toLowerCase()
