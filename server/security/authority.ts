import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Instant } from '#lib/time/instant.ts'
import type { Env } from '../env.ts'
import type { ClientTrust } from '../ocpp/client-certificate.ts'
import type { TlsIdentity } from '../ocpp/listen.ts'
import type { Ctx } from '../runtime.ts'
import { keepAuthority, readOperator, writeOperator } from '../store/security.ts'
import { openRoots, type Roots } from './roots.ts'
import { givenCertificate, issuedCertificate, type ServerCertificate } from './server-certificate.ts'
import { certify, described } from './x509.ts'

/** Who we are to chargers, whom we believe, and what we sign. One per gateway. */
export type Authority = TlsIdentity &
  ClientTrust & {
    certificates: Pick<Roots, 'all' | 'active' | 'next'>
    server: Pick<ServerCertificate, 'from' | 'pair' | 'endsAt'>
    /** Certifies a charger's key; the request was checked. `name`: CN. */
    certify(request: string, name: string, span: { from: Instant; until: Instant }): Promise<{ cert: string; chain: string }>
    setOperator(operator: string): Promise<void>
    makeNextRoot(): Promise<void>
    useNextRoot(): Promise<void>
    /** Renews what is due; called by the hour. */
    look(): Promise<void>
    /** Reads certificates given as files again. @returns what is wrong with them */
    reload(): string | undefined
    close(): void
  }

type World = Pick<Ctx, 'db' | 'clock' | 'log'> & {
  env: Pick<
    Env,
    'dataDir' | 'secret' | 'publicUrl' | 'ocppTlsCert' | 'ocppTlsKey' | 'ocppTlsClientCa' | 'ocppTlsNames' | 'ocppCaCert' | 'ocppCaKey'
  >
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** Opens the certificate authority and the server certificate, and makes them where they are not there yet. @throws Error that says what to do */
export async function openAuthority({ db, clock, log, env }: World): Promise<Authority> {
  let operator = await readOperator(db.prisma)
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const roots = await openRoots(env, operator, clock.real())
  const given = env.ocppTlsCert && env.ocppTlsKey ? { ocppTlsCert: env.ocppTlsCert, ocppTlsKey: env.ocppTlsKey } : undefined
  const server = given ? givenCertificate(given, log, onFiles) : await issuedCertificate(env, roots, () => operator, clock.real(), changed)
  let clientRoots = readClientRoots()

  function readClientRoots(): { certificate: X509Certificate; local: boolean }[] {
    const others = env.ocppTlsClientCa ? (readFileSync(env.ocppTlsClientCa, 'utf8').match(CERTIFICATES) ?? []) : []
    if (env.ocppTlsClientCa && others.length === 0) throw new Error('OCPP_TLS_CLIENT_CA holds no certificate.')
    return [
      ...roots.all().map(({ cert, local }) => ({ certificate: new X509Certificate(cert), local })),
      ...others.map((cert) => ({ certificate: new X509Certificate(cert), local: false })),
    ]
  }
  function onFiles() {
    changed()
    void write().catch((error) => log.warn({ err: error }, 'the new server certificate is not in the books yet'))
  }
  /** What the screens show of it. */
  async function write() {
    const { cert } = server.pair()
    await keepAuthority(db, clock, [
      ...roots.all().map((root) => ({ kind: 'root' as const, state: root.state, pem: root.cert, ...described(root.cert) })),
      { kind: 'server' as const, state: 'active', pem: cert, ...described(cert) },
    ])
  }
  await write()

  return {
    certificates: roots,
    server,
    material: () => ({ ...server.pair(), clientRoots: clientRoots.map(({ certificate }) => certificate.toString()) }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    roots: () => clientRoots,
    operator: () => operator,
    async certify(request, name, span) {
      const cert = await certify(request, { name, operator }, span, roots.issuer())
      // a charger that gets its certificate with what signed it can show both
      return { cert, chain: roots.active().local ? cert : [cert, roots.active().cert].join('\n') }
    },
    async setOperator(to) {
      await writeOperator(db.prisma, to)
      operator = to
    },
    async makeNextRoot() {
      await roots.makeNext(operator)
      clientRoots = readClientRoots()
      changed()
      await write()
    },
    async useNextRoot() {
      roots.useNext()
      await server.renewIfDue(clock.real())
      await write()
    },
    async look() {
      if (await server.renewIfDue(clock.real())) await write()
    },
    reload() {
      try {
        clientRoots = readClientRoots()
        changed()
      } catch (error) {
        return (error as Error).message
      }
      return server.reload()
    },
    close: () => server.close(),
  }
}
