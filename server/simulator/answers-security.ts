import { z } from 'zod'
import { certificatesIn, hashData, isTrusted } from './certificates.ts'
import { MOST_CERTIFICATES } from './configuration.ts'
import { certificateRequest, fits, newPrivateKey } from './key-pair.ts'
import { tellSurely } from './queue.ts'
import { give, type Row, row, say } from './row.ts'
import { securityEvent } from './security-event.ts'
import { isExpired } from './security-profile.ts'
import { count, deviceNow, type Station, setting } from './station.ts'

// Certificates (security whitepaper: A02, A03, M03 … M05).

const use = z.enum(['CentralSystemRootCertificate', 'ManufacturerRootCertificate'])
const algorithm = z.enum(['SHA256', 'SHA384', 'SHA512'])

export const SECURITY_ANSWERS: Record<string, Row> = {
  InstallCertificate: row(z.object({ certificateType: use, certificate: z.string().max(5_500) }), (station, request) => {
    const [certificate] = certificatesIn(request.certificate)
    if (!certificate || isExpired(certificate, deviceNow(station))) return say('Rejected')
    const held = station.memory.roots[request.certificateType]
    const isKnown = certificatesIn(held.join('\n')).some((one) => one.fingerprint256 === certificate.fingerprint256)
    if (!isKnown && allRoots(station).length >= MOST_CERTIFICATES) return say('Failed')
    if (!isKnown) held.push(certificate.toString())
    securityEvent(station, 'ReconfigurationOfSecurityParameters', request.certificateType)
    return say('Accepted')
  }),

  DeleteCertificate: row(
    z.object({
      certificateHashData: z.object({
        hashAlgorithm: algorithm,
        issuerNameHash: z.string(),
        issuerKeyHash: z.string(),
        serialNumber: z.string(),
      }),
    }),
    (station, { certificateHashData: wanted }) => {
      const all = allRoots(station)
      for (const held of Object.values(station.memory.roots)) {
        const found = held.findIndex((pem) => {
          const one = hashData(certificatesIn(pem)[0]!, all, wanted.hashAlgorithm)
          return (
            sameHex(one.issuerNameHash, wanted.issuerNameHash) &&
            sameHex(one.issuerKeyHash, wanted.issuerKeyHash) &&
            sameHex(one.serialNumber, wanted.serialNumber)
          )
        })
        if (found < 0) continue
        held.splice(found, 1)
        securityEvent(station, 'ReconfigurationOfSecurityParameters', 'a root was deleted')
        return say('Accepted')
      }
      return say('NotFound')
    },
  ),

  GetInstalledCertificateIds: row(z.object({ certificateType: use }), (station, { certificateType }) => {
    const held = certificatesIn(station.memory.roots[certificateType].join('\n'))
    if (held.length === 0) return say('NotFound')
    return give({ status: 'Accepted', certificateHashData: held.map((one) => hashData(one, allRoots(station))) })
  }),

  CertificateSigned: row(z.object({ certificateChain: z.string().max(10_000) }), (station, { certificateChain }) => {
    const { memory } = station
    const privateKey = memory.unsignedKey
    const chain = certificatesIn(certificateChain)
    const roots = certificatesIn(memory.roots.CentralSystemRootCertificate.join('\n'))
    const leaf = chain[0]
    const isGood = leaf && privateKey && fits(leaf, privateKey) && !isExpired(leaf, deviceNow(station)) && isTrusted(chain, roots)
    if (!isGood) {
      securityEvent(station, 'InvalidChargePointCertificate', leaf ? 'not for this key, expired, or of a stranger' : 'no certificate')
      return say('Rejected')
    }
    memory.formerOwn = memory.own
    memory.own = { certificate: certificateChain, privateKey }
    memory.unsignedKey = undefined
    return say('Accepted', () => {
      // the new one is used as soon as possible (A02)
      if (count(station, 'SecurityProfile') === 3) station.link.drop()
    })
  }),
}

/** A new key pair, and the request to sign it; the old pair stays in use until the answer (A02). */
export function signCertificate(station: Station): void {
  station.memory.unsignedKey = newPrivateKey()
  const commonName = station.model.csrNames === 'serial' ? station.serial : station.identity
  const csr = certificateRequest(station.memory.unsignedKey, { commonName, organisation: setting(station, 'CpoName') || 'unnamed' })
  tellSurely(station, 'SignCertificate', { csr })
}

const allRoots = ({ memory }: Station) => certificatesIn(Object.values(memory.roots).flat().join('\n'))
const sameHex = (one: string, other: string): boolean => one.toLowerCase().replace(/^0+/, '') === other.toLowerCase().replace(/^0+/, '')
