import { createHash, X509Certificate } from 'node:crypto'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import { waitingCertificate } from '../store/certificate.ts'
import type { Db } from '../store/database.ts'

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const THE_WAY =
  'Ask it for a new request on its page (Chargers → the charger → Security): what it then asks for is signed and brought to it.'

/**
 * Why a certificate does not leave for a charger, in a sentence; undefined: it does. A root must be readable. A certificate of the charger itself
 * must be a chain, its own first, for the very key that the charger waits to have certified: with any other it could not come in any more.
 */
export async function whyNotCertificate(
  db: Db,
  chargerId: string,
  action: SendableAction,
  payload: Record<string, unknown>,
): Promise<string | undefined> {
  if (action === 'InstallCertificate')
    return chainOf(String(payload.certificate))
      ? undefined
      : 'This is no certificate: it is PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.'
  if (action !== 'CertificateSigned') return undefined
  const chain = chainOf(String(payload.certificateChain))
  if (!chain) return `This is no chain of certificates: it is PEM text, the charger's own first, each signed by the next. ${THE_WAY}`
  const waiting = await waitingCertificate(db, chargerId)
  if (!waiting) return `The charger waits for no certificate: it has not asked for one. ${THE_WAY}`
  return waiting.keyDigest === digestOf(chain[0]!) ? undefined : `This certificate is not of the key that the charger asked for. ${THE_WAY}`
}

/** The certificates of a PEM text, each issued by the next; undefined where it holds none, one that cannot be read, or some that do not belong together. */
function chainOf(pem: string): X509Certificate[] | undefined {
  if (pem.replace(PEM, '').includes('-----')) return undefined
  try {
    const chain = (pem.match(PEM) ?? []).map((each) => new X509Certificate(each))
    const linked = chain.every((each, i) => {
      const issuer = chain[i + 1]
      return !issuer || (each.checkIssued(issuer) && each.verify(issuer.publicKey))
    })
    return chain.length > 0 && linked ? chain : undefined
  } catch {
    return undefined
  }
}

/** SHA-256 of the public key, hex, as the books have it of a request. */
const digestOf = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
