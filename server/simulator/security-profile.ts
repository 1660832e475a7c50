import type { X509Certificate } from 'node:crypto'
import type { Way } from './link.ts'
import { securityEvent } from './security-event.ts'
import { count, type Station } from './station.ts'

// Security profiles (whitepaper §2): how the charger connects, and what it does when the door stays shut.

/** 0 and 1 without TLS, 2 with, 3 with the charger's own certificate in place of its password. */
export function wayOf(station: Station, urls: { plain: string; secure?: string }): Way {
  const profile = count(station, 'SecurityProfile')
  const { memory } = station
  if (profile < 2 || !urls.secure)
    return { url: urls.plain, password: memory.password, ...(urls.plain.startsWith('wss') && { tls: trust(station) }) }
  if (profile === 2) return { url: urls.secure, password: memory.password, tls: trust(station) }
  return { url: urls.secure, tls: { ...trust(station), cert: memory.own?.certificate, key: memory.own?.privateKey } }
}

const trust = ({ memory }: Station) => {
  const ca = memory.roots.CentralSystemRootCertificate
  return ca.length > 0 ? { ca } : {}
}

/** A higher profile needs what it is made of; a lower one is never taken (A05). */
export function mayRaiseTo(station: Station, profile: number): boolean {
  if (profile < count(station, 'SecurityProfile') || profile > 3) return false
  if (profile >= 2 && station.memory.roots.CentralSystemRootCertificate.length === 0) return false
  return profile < 3 || station.memory.own !== undefined
}

/** After so many failures in a row the charger goes back to what opened the door before. */
const FAILURES = 3

/** The door stayed shut: of TLS, or with 401. */
export function connectionFailed(station: Station, code: string): void {
  station.failures += 1
  if (isDistrust(code)) securityEvent(station, 'InvalidCentralSystemCertificate', code)
  if (station.failures < FAILURES) return
  station.failures = 0
  const { memory } = station
  if (station.formerProfile !== undefined) {
    memory.configuration.SecurityProfile = station.formerProfile
    station.formerProfile = undefined
  } else if (memory.formerOwn) {
    memory.own = memory.formerOwn
    memory.formerOwn = undefined
  }
}

/** The door opened: what was there before is no longer needed. */
export function connectionOpened(station: Station): void {
  station.failures = 0
  station.formerProfile = undefined
  station.memory.formerOwn = undefined
}

const isDistrust = (code: string): boolean => /CERT|SELF_SIGNED|ISSUER|ALTNAME|SIGNATURE/.test(code)

/** Does the certificate still hold, by the device's clock? */
export const isExpired = (certificate: X509Certificate, at: number): boolean => Date.parse(certificate.validTo) < at
