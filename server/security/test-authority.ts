import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { afterAll } from 'vitest'
import { readEnv } from '../env.ts'
import type { EndpointCtx } from '../ocpp/endpoint.ts'
import { type Authority, openAuthority } from './authority.ts'

// For tests only: an authority in a directory of its own, and chargers that ask it for certificates.

export async function testAuthority(ctx: Pick<EndpointCtx, 'db' | 'clock' | 'log'>, settings: Record<string, string> = {}) {
  const dataDir = settings.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'yardwatt-authority-'))
  const env = readEnv({ DATA_DIR: dataDir, APP_SECRET: 'a secret of thirty-two characters or more', ...settings })
  const authority: Authority = await openAuthority({ ...ctx, env })
  afterAll(() => {
    authority.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { authority, env, dataDir }
}

export type TestKey = { pem: string; pair: CryptoKeyPair; algorithm: { name: string; hash: string } }

/** A key pair of a charger: P-256, or RSA with so many bits. */
export async function newKey(kind: 'P-256' | number = 'P-256'): Promise<TestKey> {
  const algorithm = kind === 'P-256' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { privateKey, publicKey } =
    kind === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: kind })
  const how = kind === 'P-256' ? { name: 'ECDSA', namedCurve: 'P-256' } : algorithm
  const pkcs8 = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  const pair = {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, how, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', spki, how, true, ['verify']),
  }
  return { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), pair, algorithm }
}

/** A signing request for this key. */
export async function request(key: TestKey, subject: { CN?: string; O?: string }): Promise<string> {
  const name = Object.entries(subject).map(([field, value]) => ({ [field]: [value] }))
  const made = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys: key.pair, signingAlgorithm: key.algorithm })
  return made.toString('pem')
}

/** A certificate of an authority of its own, or of `by`. */
export async function certificate(
  subject: { CN: string; O?: string },
  {
    key,
    by,
    days = 30,
    from = Date.now() - 86_400_000,
  }: { key: TestKey; by?: { cert: string; key: TestKey }; days?: number; from?: number },
): Promise<string> {
  const name = Object.entries(subject).map(([field, value]) => ({ [field]: [value] }))
  const shared = {
    serialNumber: Math.floor(Math.random() * 1e12).toString(16),
    notBefore: new Date(from),
    notAfter: new Date(from + days * 86_400_000),
  }
  const made = by
    ? await x509.X509CertificateGenerator.create({
        ...shared,
        subject: name,
        issuer: new x509.X509Certificate(by.cert).subjectName.toString(),
        publicKey: key.pair.publicKey,
        signingKey: by.key.pair.privateKey,
        signingAlgorithm: by.key.algorithm,
      })
    : await x509.X509CertificateGenerator.createSelfSigned({
        ...shared,
        name,
        keys: key.pair,
        signingAlgorithm: key.algorithm,
        extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
      })
  return made.toString('pem')
}
