import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, unwatchFile, watchFile } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { days, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Env } from '../env.ts'
import type { Log } from '../log.ts'
import { keepKey, keptKey, writeWhole } from './kept-key.ts'
import { BACKDATED, type Root, type Roots } from './roots.ts'
import { makeServer, type Pair } from './x509.ts'

const SERVER_LIFE = days(397)
/** Renewed in its last quarter. */
const RENEW_BEFORE = days(100)

export type ServerCertificate = {
  from: 'files' | 'authority'
  pair(): Pair
  endsAt(): Instant
  /** Issues one of our own anew where it is due (`now`), its names changed, or it comes from another root. */
  renewIfDue(now: Instant): Promise<boolean>
  /** Reads given files again. @returns what is wrong with them, if they cannot be shown: then the old ones stay */
  reload(): string | undefined
  close(): void
}

type Settings = Pick<Env, 'dataDir' | 'secret' | 'ocppTlsCert' | 'ocppTlsKey' | 'ocppTlsNames' | 'publicUrl'>

/** Files that the operator keeps fresh: looked at every two seconds, and on demand. @throws Error when they cannot be shown at the start */
export function givenCertificate(env: { ocppTlsCert: string; ocppTlsKey: string }, log: Log, changed: () => void): ServerCertificate {
  const read = (): Pair => {
    const pair = { cert: readFileSync(env.ocppTlsCert, 'utf8'), key: readFileSync(env.ocppTlsKey, 'utf8') }
    // fails for a half-written pair, and for a key of another certificate
    createSecureContext(pair)
    return pair
  }
  let pair: Pair
  try {
    pair = read()
  } catch (error) {
    throw new Error(
      `OCPP_TLS_CERT and OCPP_TLS_KEY cannot be used: ${(error as Error).message}. Give a certificate and its own key as PEM.`,
    )
  }
  const reload = () => {
    try {
      const fresh = read()
      if (fresh.cert === pair.cert && fresh.key === pair.key) return undefined
      pair = fresh
      log.info('a new server certificate is shown from now on')
      changed()
      return undefined
    } catch (error) {
      const why = (error as Error).message
      log.warn({ why }, 'the new server certificate cannot be shown; the old one stays')
      return why
    }
  }
  const files = [env.ocppTlsCert, env.ocppTlsKey]
  for (const file of files) watchFile(file, { interval: 2_000, persistent: false }, reload)
  return {
    from: 'files',
    pair: () => pair,
    endsAt: () => endOf(pair.cert),
    renewIfDue: async () => false,
    reload,
    close() {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}

/** A certificate of our own authority, renewed before it ends. */
export async function issuedCertificate(
  env: Settings,
  roots: Roots,
  operator: () => string,
  now: Instant,
  changed: () => void,
): Promise<ServerCertificate> {
  const [certFile, keyFile] = [join(env.dataDir, 'security', 'server.crt'), join(env.dataDir, 'security', 'server.key')]
  let pair: Pair | undefined =
    existsSync(certFile) && existsSync(keyFile) ? { cert: readFileSync(certFile, 'utf8'), key: keptKey(keyFile, env.secret) } : undefined

  async function renewIfDue(at: Instant): Promise<boolean> {
    const names = namesOf(env)
    const root = roots.active()
    if (pair && !isDue(pair.cert, root, names, at)) return false
    const until = Math.min(plus(at, SERVER_LIFE), root.endsAt)
    const fresh = await makeServer(names, operator(), { from: plus(at, -BACKDATED), until: instant(until) }, roots.issuer())
    // what is shown is followed by what signed it, where that is no root
    const shown = { cert: root.local ? fresh.cert : [fresh.cert, ...roots.all().map(({ cert }) => cert)].join('\n'), key: fresh.key }
    keepKey(keyFile, env.secret, shown.key)
    writeWhole(certFile, shown.cert)
    pair = shown
    changed()
    return true
  }
  await renewIfDue(now)

  return {
    from: 'authority',
    pair: () => pair!,
    endsAt: () => endOf(pair!.cert),
    renewIfDue,
    reload: () => undefined,
    close: () => {},
  }
}

const endOf = (cert: string): Instant => instant(new X509Certificate(cert).validToDate)

function isDue(cert: string, root: Root, names: string[], now: Instant): boolean {
  const own = new X509Certificate(cert)
  const signed = own.checkIssued(new X509Certificate(root.cert))
  const named = names.every((name) => (isIP(name) ? own.checkIP(name) : own.checkHost(name)) !== undefined)
  return !signed || !named || own.validToDate.getTime() - now < RENEW_BEFORE
}

/** What chargers may call us: as the operator says (OCPP_TLS_NAMES), the public address, and this machine's own names and addresses. */
export function namesOf({ ocppTlsNames, publicUrl }: Pick<Env, 'ocppTlsNames' | 'publicUrl'>): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap((each) => (each.internal || each.scopeid ? [] : each.address)),
  )
  const own = [...(publicUrl ? [new URL(publicUrl).hostname] : []), hostname(), 'localhost', '127.0.0.1', '::1', ...addresses]
  return [...new Set([...ocppTlsNames, ...own])].filter((name) => name !== '').slice(0, 50)
}
