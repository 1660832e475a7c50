import { createHash, X509Certificate } from 'node:crypto'
import { CONTEXT_0, pieces } from './der.ts'

// Certificates as the charger reads them (security whitepaper, certificate management).

export type CertificateUse = 'CentralSystemRootCertificate' | 'ManufacturerRootCertificate'
export type HashAlgorithm = 'SHA256' | 'SHA384' | 'SHA512'
export type HashData = { hashAlgorithm: HashAlgorithm; issuerNameHash: string; issuerKeyHash: string; serialNumber: string }

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The certificates of a PEM text in their order; none when one of them cannot be read. */
export function certificatesIn(text: string): X509Certificate[] {
  try {
    return (text.match(PEM) ?? []).map((pem) => new X509Certificate(pem))
  } catch {
    return []
  }
}

/** What GetInstalledCertificateIds tells of one (as RFC 6960 hashes names and keys). `known`: where its issuer may be found. */
export function hashData(
  certificate: X509Certificate,
  known: readonly X509Certificate[],
  hashAlgorithm: HashAlgorithm = 'SHA256',
): HashData {
  const hash = (bytes: Buffer) => createHash(hashAlgorithm).update(bytes).digest('hex')
  const issuer = known.find((other) => isIssuedBy(certificate, other)) ?? certificate
  return {
    hashAlgorithm,
    issuerNameHash: hash(issuerName(certificate)),
    issuerKeyHash: hash(keyBits(issuer)),
    serialNumber: certificate.serialNumber,
  }
}

/** Each is issued by the next one, and the last one by a root that is installed, if any is. */
export function isTrusted(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  const last = chain.at(-1)
  if (!last || chain.some((one, i) => i > 0 && !isIssuedBy(chain[i - 1]!, one))) return false
  return roots.length === 0 || roots.some((root) => root.fingerprint256 === last.fingerprint256 || isIssuedBy(last, root))
}

export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey)

/** TBSCertificate: [version], serial number, signature algorithm, issuer, … */
function issuerName(certificate: X509Certificate): Buffer {
  const [tbs] = pieces(pieces(certificate.raw)[0]!.value)
  const fields = pieces(tbs!.value).filter(({ tag }) => tag !== CONTEXT_0)
  return fields[2]!.whole
}

/** The key itself, without the algorithm and without the count of unused bits. */
function keyBits(certificate: X509Certificate): Buffer {
  const [info] = pieces(certificate.publicKey.export({ type: 'spki', format: 'der' }))
  return pieces(info!.value)[1]!.value.subarray(1)
}
