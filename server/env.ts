import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type Instant, instant } from '#lib/time/instant.ts'
import { type ClockSetting, clockSetting } from './clock.ts'
import { networkOf } from './ocpp/network.ts'

/** Every setting, read once at the door of a process and passed on from there. Nothing else reads `process.env`. */
export type Env = {
  /** Which processes this command starts. */
  role: 'all' | 'web' | 'gateway'
  /** Known sign-ins and a simulated depot, on loopback only. */
  demo: boolean
  /** Hot reload instead of a production build. */
  dev: boolean
  host: string
  port: number
  ocppPort: number
  /** Where people reach the web, when it is not this machine's own address. */
  publicUrl: string | undefined
  /** Given by DATABASE_URL; the supervisor gives its children the address of the embedded server here. */
  databaseUrl: string | undefined
  /** Absolute path. */
  dataDir: string
  /** Signs sessions and keys, at least 32 characters. */
  secret: string
  /** Lets other machines than this one read /metrics. */
  metricsToken: string | undefined
  /** Chargers may connect without a password (security profile 0). Off unless asked for. */
  ocppAllowNoAuth: boolean
  /** wss; undefined: no such listener. */
  ocppTlsPort: number | undefined
  /** PEM files of the server's certificate (with its chain) and key. Without: one of our own authority. */
  ocppTlsCert: string | undefined
  ocppTlsKey: string | undefined
  /** PEM file of roots whose client certificates are believed, besides our own. */
  ocppTlsClientCa: string | undefined
  /** Names and addresses by which chargers call us, for a certificate of our own. */
  ocppTlsNames: string[]
  /** PEM files of an authority that signs for us, instead of one of our own. */
  ocppCaCert: string | undefined
  ocppCaKey: string | undefined
  /** Addresses and networks whose headers are believed. */
  ocppTrustedProxies: string[]
  ocppProxyCertHeader: string | undefined
  ocppProxyProtoHeader: string
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  demoSpeed: number
  demoStart: Instant | undefined
  /** Handed on by the supervisor; a process without it lives in real time. */
  clock: ClockSetting | undefined
  /** Unix socket over which the web process reaches the gateway. */
  linkPath: string
}

/** Where DATA_DIR is when nobody said. */
export const USUAL_DATA_DIR = '.yardwatt'

const switched = (name: string) =>
  z.enum(['on', 'off', 'true', 'false', '1', '0'], `${name} is on or off`).transform((word) => ['on', 'true', '1'].includes(word))
const port = (name: string, usual: string) =>
  z
    .string()
    .default(usual)
    .transform(Number)
    .pipe(
      z
        .number(`${name} is a port number, such as ${usual}`)
        .int(`${name} is a port number, such as ${usual}`)
        .min(1, `${name} is between 1 and 65535`)
        .max(65535, `${name} is between 1 and 65535`),
    )
/** Names of headers, lists and files as they stand in variables. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(/[\s,]+/)
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
const header = (name: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, `${name} is the name of a header, such as X-Client-Cert`)
    .transform((text) => text.toLowerCase())
const secret = (name: string) => z.string().min(32, `${name} has at least 32 characters; "openssl rand -base64 32" makes one`).optional()

const SETTINGS = z.object({
  ROLE: z.enum(['all', 'web', 'gateway'], 'ROLE is all, web or gateway').default('all'),
  DEMO: switched('DEMO').optional(),
  HOST: z.string().optional(),
  PORT: port('PORT', '3000'),
  OCPP_PORT: port('OCPP_PORT', '9220'),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'PUBLIC_URL is the address people type, such as https://depot.example.com' }).optional(),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'DATABASE_URL has the form postgres://user:password@host:5432/database' })
    .optional(),
  DATA_DIR: z.string().default(USUAL_DATA_DIR),
  APP_SECRET: secret('APP_SECRET'),
  NEXTAUTH_SECRET: secret('NEXTAUTH_SECRET'),
  METRICS_TOKEN: z.string().min(16, 'METRICS_TOKEN has at least 16 characters').optional(),
  OCPP_ALLOW_NO_AUTH: switched('OCPP_ALLOW_NO_AUTH').default(false),
  OCPP_TLS_PORT: port('OCPP_TLS_PORT', '9221').optional(),
  OCPP_TLS_CERT: z.string().optional(),
  OCPP_TLS_KEY: z.string().optional(),
  OCPP_TLS_CLIENT_CA: z.string().optional(),
  OCPP_TLS_NAMES: list,
  OCPP_CA_CERT: z.string().optional(),
  OCPP_CA_KEY: z.string().optional(),
  OCPP_TRUSTED_PROXIES: list.refine(
    (entries) => entries.every((entry) => networkOf(entry) !== undefined),
    'OCPP_TRUSTED_PROXIES is a list of addresses and networks such as 10.0.0.0/8',
  ),
  OCPP_PROXY_CERT_HEADER: header('OCPP_PROXY_CERT_HEADER').optional(),
  OCPP_PROXY_PROTO_HEADER: header('OCPP_PROXY_PROTO_HEADER').default('x-forwarded-proto'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'LOG_LEVEL is fatal, error, warn, info, debug or trace')
    .default('info'),
  DEMO_SPEED: z
    .string()
    .default('10')
    .transform(Number)
    .pipe(
      z
        .number('DEMO_SPEED is a number from 0.1 to 1000')
        .min(0.1, 'DEMO_SPEED is a number from 0.1 to 1000')
        .max(1000, 'DEMO_SPEED is a number from 0.1 to 1000'),
    ),
  DEMO_START: z.iso.datetime({ offset: true, error: 'DEMO_START is a moment such as 2026-11-22T16:45:00-08:00' }).optional(),
  YARDWATT_CLOCK: z.string().optional(),
  YARDWATT_LINK: z.string().optional(),
  YARDWATT_DEV: z.string().optional(),
})

/**
 * Reads the settings of this process. An empty variable counts as absent.
 * Makes DATA_DIR and, when no secret is given, a secret of its own in it.
 * @throws Error whose message is one sentence that says which setting is wrong and what it should be.
 */
export function readEnv(source: Record<string, string | undefined> = process.env, args: string[] = []): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = SETTINGS.safeParse(given)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    const name = String(path[0])
    const shown = /SECRET|TOKEN|URL/.test(name) ? '' : ` It is "${given[name]}" now.`
    throw new Error(`${message}.${shown}`)
  }
  const s = parsed.data
  const demo = s.DEMO ?? s.DATABASE_URL === undefined
  if (s.PORT === s.OCPP_PORT) throw new Error(`PORT and OCPP_PORT are both ${s.PORT}: give the chargers a port of their own.`)
  // a port of its own that nobody named could be another program's
  const tlsPort = given.OCPP_TLS_PORT === undefined ? (given.OCPP_PORT === undefined ? 9221 : undefined) : s.OCPP_TLS_PORT
  if (tlsPort !== undefined && (tlsPort === s.PORT || tlsPort === s.OCPP_PORT))
    throw new Error(`OCPP_TLS_PORT and another port are both ${tlsPort}: give chargers over TLS a port of their own.`)
  for (const [one, other] of [
    ['OCPP_TLS_CERT', 'OCPP_TLS_KEY'],
    ['OCPP_CA_CERT', 'OCPP_CA_KEY'],
  ] as const)
    if ((s[one] === undefined) !== (s[other] === undefined)) throw new Error(`${one} and ${other} belong together: give both, or none.`)
  if (s.ROLE !== 'all' && !s.DATABASE_URL) throw new Error(`ROLE=${s.ROLE} needs DATABASE_URL: only ROLE=all brings its own database.`)
  if (demo && s.HOST && !LOOPBACK.includes(s.HOST))
    throw new Error(
      `The demo has known passwords and listens on this machine only: remove HOST=${s.HOST}, or set DEMO=off for an installation.`,
    )
  const dataDir = madeDataDir(resolve(s.DATA_DIR))
  return {
    role: s.ROLE,
    demo,
    dev: args.includes('--dev') || s.YARDWATT_DEV === 'on',
    host: s.HOST ?? (demo ? '127.0.0.1' : '0.0.0.0'),
    port: s.PORT,
    ocppPort: s.OCPP_PORT,
    publicUrl: s.PUBLIC_URL,
    databaseUrl: s.DATABASE_URL,
    dataDir,
    secret: s.APP_SECRET ?? s.NEXTAUTH_SECRET ?? keptSecret(dataDir),
    metricsToken: s.METRICS_TOKEN,
    ocppAllowNoAuth: s.OCPP_ALLOW_NO_AUTH,
    ocppTlsPort: tlsPort,
    ocppTlsCert: s.OCPP_TLS_CERT,
    ocppTlsKey: s.OCPP_TLS_KEY,
    ocppTlsClientCa: s.OCPP_TLS_CLIENT_CA,
    ocppTlsNames: s.OCPP_TLS_NAMES,
    ocppCaCert: s.OCPP_CA_CERT,
    ocppCaKey: s.OCPP_CA_KEY,
    ocppTrustedProxies: s.OCPP_TRUSTED_PROXIES,
    ocppProxyCertHeader: s.OCPP_PROXY_CERT_HEADER,
    ocppProxyProtoHeader: s.OCPP_PROXY_PROTO_HEADER,
    logLevel: s.LOG_LEVEL,
    demoSpeed: s.DEMO_SPEED,
    demoStart: s.DEMO_START === undefined ? undefined : instant(s.DEMO_START),
    clock: clockSetting(s.YARDWATT_CLOCK),
    linkPath: s.YARDWATT_LINK ?? socketPath(dataDir, 'gateway'),
  }
}

export const LOOPBACK = ['127.0.0.1', '::1', 'localhost']

/** A Unix socket in `dataDir`, or in a short place when the kernel's limit of 107 bytes would be passed. */
export function socketPath(dataDir: string, name: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\yardwatt-${name}-${Buffer.from(dataDir).toString('hex').slice(-40)}`
  const path = join(dataDir, `${name}.sock`)
  return Buffer.byteLength(path) < 100 ? path : join(shortDirectory(dataDir), `${name}.sock`)
}

function shortDirectory(dataDir: string): string {
  const file = join(dataDir, 'sockets')
  if (!existsSync(file)) writeFileSync(file, join(tmpdir(), `yardwatt-${randomBytes(8).toString('hex')}`), { mode: 0o600 })
  const directory = readFileSync(file, 'utf8')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** Root runs PostgreSQL as another user, who passes through this directory but cannot list it. */
function madeDataDir(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    return path
  } catch (error) {
    throw new Error(`DATA_DIR ${path} cannot be made (${(error as NodeJS.ErrnoException).code}): choose a directory this user may write.`)
  }
}

function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'secret')
  try {
    // the first of several processes writes it, all of them read it
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Error(
        `DATA_DIR ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}): choose a directory this user may write.`,
      )
  }
  return readFileSync(file, 'utf8')
}
