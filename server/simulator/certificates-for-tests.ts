import 'reflect-metadata'
import { createPrivateKey } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { instant, plus } from '#lib/time/instant.ts'

// Certificates for the simulator's own tests, by a library of which the simulator knows nothing. For tests only.

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const from = instant('2026-01-01T00:00:00Z')
const DAYS_MS = 86_400_000

export type Issued = {
  cert: string
  key: string
  issue: (name: string, for_?: For) => Promise<Issued>
  sign: (csr: string) => Promise<string>
}
type For = { keyOf?: x509.PublicKey; days?: number }

/** An authority of its own. */
export async function makeRoot(name: string): Promise<Issued> {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(3_650),
    serialNumber: '01',
    name: `CN=${name}`,
    keys,
    signingAlgorithm: P256,
    extensions: [new x509.BasicConstraintsExtension(true, 2, true)],
  })
  return authority(certificate, keys)
}

async function authority(certificate: x509.X509Certificate, keys: CryptoKeyPair): Promise<Issued> {
  let serial = 16
  const create = (subject: string, publicKey: x509.PublicKey | CryptoKey, days: number) =>
    x509.X509CertificateGenerator.create({
      ...validity(days),
      serialNumber: (serial++).toString(16),
      subject,
      issuer: certificate.subject,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: P256,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    })
  return {
    cert: certificate.toString('pem'),
    key: await privatePem(keys),
    async issue(name, { days = 3_650 } = {}) {
      const own = await newKeys()
      return authority(await create(`CN=${name}`, own.publicKey, days), own)
    },
    /** @throws Error when the request is not signed by its own key. */
    async sign(csr) {
      const request = new x509.Pkcs10CertificateRequest(csr)
      if (!(await request.verify())) throw new Error('the request is not signed by its own key')
      return (await create(request.subject, request.publicKey, 3_650)).toString('pem')
    },
  }
}

const newKeys = () => crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
const privatePem = async (keys: CryptoKeyPair) => {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString()
}
const validity = (days: number) => ({ notBefore: new Date(from), notAfter: new Date(plus(from, days * DAYS_MS)) })

/** SHA-256 of the bare public key, as the library finds it. */
export const keyHashOf = async (pem: string): Promise<string> =>
  Buffer.from(await new x509.X509Certificate(pem).publicKey.getKeyIdentifier('SHA-256')).toString('hex')
