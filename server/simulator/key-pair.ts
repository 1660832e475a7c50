import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, type X509Certificate } from 'node:crypto'
import { bits, CONTEXT_0, element, INTEGER, OBJECT_ID, SEQUENCE, SET, UTF8 } from './der.ts'

// The charger's own key pair and its certificate request (RFC 2986), P-256.

const COMMON_NAME = Buffer.from('550403', 'hex')
const ORGANISATION = Buffer.from('55040a', 'hex')
const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex')

/** A new private key, PEM. */
export const newPrivateKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** A PKCS#10 request in PEM, signed with the key that it asks a certificate for. */
export function certificateRequest(privateKey: string, names: { commonName: string; organisation: string }): string {
  const key = createPrivateKey(privateKey)
  const subject = element(SEQUENCE, named(ORGANISATION, names.organisation), named(COMMON_NAME, names.commonName))
  const version = element(INTEGER, Buffer.from([0]))
  const asked = element(SEQUENCE, version, subject, publicPart(key), element(CONTEXT_0))
  const algorithm = element(SEQUENCE, element(OBJECT_ID, ECDSA_WITH_SHA256))
  return pem(element(SEQUENCE, asked, algorithm, bits(sign('sha256', asked, key))))
}

/** Is the certificate for this private key? */
export const fits = (certificate: X509Certificate, privateKey: string): boolean => certificate.checkPrivateKey(createPrivateKey(privateKey))

const publicPart = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' })
const named = (type: Buffer, value: string): Buffer =>
  element(SET, element(SEQUENCE, element(OBJECT_ID, type), element(UTF8, Buffer.from(value))))
const pem = (request: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${request.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`
