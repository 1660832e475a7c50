// the library below cannot start without it
import 'reflect-metadata'
import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import type { Instant } from '#lib/time/instant.ts'

// Making and reading certificates. Times are real: what the other end's clock says, not the demo's.

export type Pair = { cert: string; key: string }
export type Span = { from: Instant; until: Instant }
/** Who signs: its certificate and its private key, as PEM. */
export type Issuer = Pair

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const { KeyUsageFlags: use } = x509
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

/** A root of our own. */
export async function makeRoot(name: string, operator: string, span: Span): Promise<Pair> {
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: nameOf(name, operator),
    ...dates(span),
    keys,
    signingAlgorithm: ecdsa,
    extensions: [...(await rootExtensions(keys.publicKey))],
  })
  return { cert: cert.toString('pem'), key: await pemOf(keys) }
}

/** The same root, signed by the one before it: for chargers that accept a new root only so (AdditionalRootCertificateCheck). */
export async function crossSign(root: string, by: Issuer): Promise<string> {
  const own = new x509.X509Certificate(root)
  const cert = await x509.X509CertificateGenerator.create({
    ...(await signedBy(by)),
    subject: new x509.Name(own.subjectName.toArrayBuffer()),
    notBefore: own.notBefore,
    notAfter: new Date(Math.min(own.notAfter.getTime(), new X509Certificate(by.cert).validToDate.getTime())),
    publicKey: own.publicKey,
    extensions: await rootExtensions(await own.publicKey.export()),
  })
  return cert.toString('pem')
}

/** The certificate that a wss listener shows. */
export async function makeServer(names: string[], operator: string, span: Span, issuer: Issuer): Promise<Pair> {
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.create({
    ...(await signedBy(issuer)),
    subject: nameOf(names[0] ?? 'Yardwatt', operator),
    ...dates(span),
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(use.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))),
      await keyId(keys.publicKey),
    ],
  })
  return { cert: cert.toString('pem'), key: await pemOf(keys) }
}

/** Certifies a charger's key. The subject is what was checked of its request, never what else it asked for. */
export async function certify(
  request: string,
  { name, operator }: { name: string; operator: string },
  span: Span,
  issuer: Issuer,
): Promise<string> {
  const { publicKey } = new x509.Pkcs10CertificateRequest(request)
  const cert = await x509.X509CertificateGenerator.create({
    ...(await signedBy(issuer)),
    subject: nameOf(name, operator),
    ...dates(span),
    publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(use.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([CLIENT_AUTH]),
      await keyId(await publicKey.export()),
    ],
  })
  return cert.toString('pem')
}

export type ReadRequest = {
  names: string[]
  organisations: string[]
  key: { kind: string; bits: number | undefined; curve: string | undefined }
  /** SHA-256 of the public key, hex. */
  keyDigest: string
  /** Signed with the key it asks for. */
  proven: boolean
}

/** What a signing request says; undefined: it cannot be read. */
export async function readRequest(pem: string): Promise<ReadRequest | undefined> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem)
    const { name: kind, ...key }: { name: string; modulusLength?: number; namedCurve?: string } = request.publicKey.algorithm
    return {
      names: request.subjectName.getField('CN'),
      organisations: request.subjectName.getField('O'),
      key: { kind, bits: key.modulusLength, curve: key.namedCurve },
      keyDigest: createHash('sha256').update(Buffer.from(request.publicKey.rawData)).digest('hex'),
      proven: await request.verify(),
    }
  } catch {
    return undefined
  }
}

export type Described = {
  subject: string
  serial: string
  fingerprint: string
  notBefore: Date
  notAfter: Date
}

/** What a certificate says, in the form our books have. @throws when it is none */
export function described(pem: string): Described {
  const certificate = new X509Certificate(pem)
  return {
    subject: certificate.subject.split('\n').reverse().join(', '),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  }
}

/** CertificateHashDataType of the security whitepaper, of a certificate and the one that signed it (itself, for a root). */
export async function hashDataOf(pem: string, issuerPem: string = pem) {
  const certificate = new x509.X509Certificate(pem)
  const issuer = new x509.X509Certificate(issuerPem)
  const keyHash = await issuer.publicKey.getKeyIdentifier('SHA-256')
  return {
    hashAlgorithm: 'SHA256' as const,
    issuerNameHash: createHash('sha256').update(Buffer.from(certificate.issuerName.toArrayBuffer())).digest('hex'),
    issuerKeyHash: Buffer.from(keyHash).toString('hex'),
    serialNumber: certificate.serialNumber.replace(/^0+(?=.)/, '').toLowerCase(),
  }
}

const ecdsa = { name: 'ECDSA', hash: 'SHA-256' }
const nameOf = (name: string, operator: string): x509.JsonName => [{ CN: [name] }, { O: [operator] }]
const dates = ({ from, until }: Span) => ({ notBefore: new Date(from), notAfter: new Date(until) })
const newKeys = () => crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
const keyId = (key: CryptoKey) => x509.SubjectKeyIdentifierExtension.create(key)
const pemOf = async ({ privateKey }: CryptoKeyPair) =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')

/** Positive, and 16 bytes long. */
const newSerial = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes.toString('hex')
}

const rootExtensions = async (key: CryptoKey) => [
  new x509.BasicConstraintsExtension(true, 1, true),
  new x509.KeyUsagesExtension(use.keyCertSign | use.cRLSign, true),
  await keyId(key),
]

async function signedBy({ cert, key }: Issuer) {
  const { signingKey, signingAlgorithm } = await signerOf(key)
  return {
    serialNumber: newSerial(),
    issuer: new x509.Name(new x509.X509Certificate(cert).subjectName.toArrayBuffer()),
    signingKey,
    signingAlgorithm,
  }
}

const CURVES: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

/** @throws Error when the key is of a kind that signs no certificates here */
async function signerOf(pem: string) {
  const key = createPrivateKey(pem)
  const der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }))
  const namedCurve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']
  const rsa = key.asymmetricKeyType === 'rsa'
  if (!rsa && namedCurve === undefined) throw new Error('The key of the certificate authority must be RSA, P-256, P-384 or P-521.')
  const signingAlgorithm = rsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : ecdsa
  const kind = rsa ? signingAlgorithm : { name: 'ECDSA', namedCurve: namedCurve! }
  return { signingKey: await crypto.subtle.importKey('pkcs8', der, kind, false, ['sign']), signingAlgorithm }
}
