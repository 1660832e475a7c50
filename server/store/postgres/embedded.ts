import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createDatabase, ping } from './admin.ts'
import { asServerUser, type Binaries, postgresBinaries, serverDirectory } from './binaries.ts'

export type EmbeddedPostgres = {
  /** `postgres://…` of the application's database. */
  url: string
  pid: number
  /** True when a server that an earlier process left behind was still running. */
  reused: boolean
  /** Fast shutdown: sessions are ended, everything committed is on disk. */
  stop(): Promise<void>
  /** Looks four times a second whether the server lives and starts it again on the same port; `told` hears about it. */
  guard(told: (message: string) => void): void
}

type Settings = { port: number; password: string; data: string }
/** `durable: false` turns fsync off: the server then survives `kill -9` but not a power cut. For tests only. */
type Options = { database?: string; durable?: boolean; connections?: number }

const START_TRIES = 8
const TRY_PAUSE_MS = 250
const LOG_LIMIT_BYTES = 10_000_000

/**
 * A PostgreSQL of our own in `home`: made on the first start, reused while it lives, recovered after a crash.
 * Only one process may manage a `home` at a time; the supervisor and the test harness see to that.
 * @throws Error with the last lines of the server's log when it does not start.
 */
export async function startPostgres(home: string, options: Options = {}): Promise<EmbeddedPostgres> {
  mkdirSync(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const binaries = postgresBinaries()
  const settings = readSettings(home) ?? makeCluster(home, binaries)
  const alive = await liveServer(settings)
  const pid = alive ?? (await launch(home, binaries, settings, options))
  const database = options.database ?? 'yardwatt'
  await createDatabase(urlOf(settings, 'postgres'), database)
  return supervised(home, binaries, settings, options, { url: urlOf(settings, database), pid, reused: alive !== undefined })
}

function supervised(
  home: string,
  binaries: Binaries,
  settings: Settings,
  options: Options,
  found: Pick<EmbeddedPostgres, 'url' | 'pid' | 'reused'>,
): EmbeddedPostgres {
  let stopping = false
  let restart: Promise<unknown> = Promise.resolve()
  let watch: NodeJS.Timeout | undefined
  const server: EmbeddedPostgres = {
    ...found,
    async stop() {
      stopping = true
      clearInterval(watch)
      await restart
      await shutdown(binaries, settings)
    },
    guard(told) {
      let busy = false
      watch = setInterval(() => {
        if (busy || stopping || isRunning(server.pid)) return
        busy = true
        told('The database server has gone; starting it again.')
        restart = launch(home, binaries, settings, options, settings.port)
          .then((pid) => {
            server.pid = pid
            told('The database server is back.')
          })
          .catch((error) => told(error.message))
          .finally(() => {
            busy = false
          })
      }, TRY_PAUSE_MS)
    },
  }
  return server
}

function makeCluster(home: string, { program, user }: Binaries): Settings {
  const root = serverDirectory(join(home, 'server'), user)
  const settings: Settings = { port: 0, password: randomBytes(24).toString('base64url'), data: join(root, 'data') }
  const fresh = join(root, 'initdb')
  const passwordFile = join(root, 'password')
  rmSync(fresh, { recursive: true, force: true })
  if (existsSync(settings.data))
    throw new Error(
      `${settings.data} holds a database but ${settingsFile(home)} with its password is gone. Put the file back, or move the directory away to begin anew.`,
    )
  writeFileSync(passwordFile, settings.password, { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)
  const made = spawnSync(
    program('initdb'),
    [
      '-D',
      fresh,
      '-U',
      'yardwatt',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    { ...asServerUser(user), encoding: 'utf8' },
  )
  rmSync(passwordFile, { force: true })
  if (made.status !== 0)
    throw new Error(`PostgreSQL could not make its data directory ${settings.data}: ${made.stderr || made.error?.message}`)
  // in this order a start that is killed half-way leaves `initdb`, never a half `data` nor one without its password
  writeSettings(home, settings)
  renameSync(fresh, settings.data)
  return settings
}

async function launch(home: string, binaries: Binaries, settings: Settings, options: Options, port?: number): Promise<number> {
  const log = join(home, 'server.log')
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) truncateSync(log)
  for (let attempt = 1; ; attempt++) {
    settings.port = port ?? (await freePort(settings.port))
    writeSettings(home, settings)
    dropStaleFiles(settings)
    const pid = spawnServer(binaries, settings, options, log)
    if (await answers(settings, pid)) return pid
    // after kill -9 the old server's children hold its shared memory for a moment
    if (attempt === START_TRIES) throw new Error(`PostgreSQL in ${settings.data} does not start. Its log ${log} ends with:\n${tail(log)}`)
    await pause(TRY_PAUSE_MS)
  }
}

function spawnServer({ program, user }: Binaries, settings: Settings, options: Options, logFile: string): number {
  const set = (name: string, value: string | number) => ['-c', `${name}=${value}`]
  const args = ['-D', settings.data, '-p', String(settings.port)]
  const sockets = hasRoomForSocket(settings)
    ? [...set('unix_socket_directories', socketFolder(settings)), ...set('unix_socket_permissions', '0700')]
    : []
  args.push(...set('listen_addresses', '127.0.0.1'), ...set('max_connections', options.connections ?? 100))
  args.push(...(sockets.length > 0 ? sockets : set('unix_socket_directories', '')))
  args.push(...set('fsync', options.durable === false ? 'off' : 'on'), ...set('synchronous_commit', 'on'), ...set('timezone', 'UTC'))
  // after a checkpoint each page is written whole once more, which makes what a charger says cost a third more: in a busy evening none comes before its time
  args.push(...set('max_wal_size', '2GB'), ...set('checkpoint_timeout', '15min'))
  args.push(...set('shared_buffers', '128MB'), ...set('log_timezone', 'UTC'), ...set('log_min_messages', 'warning'))
  // of a session of its own: Ctrl-C in the terminal must not stop the database before the chargers' last messages are stored
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(program('postgres'), args, { ...asServerUser(user), detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.on('error', () => {}) // shows as a pid of 0
  child.unref()
  return child.pid ?? 0
}

async function answers(settings: Settings, pid: number): Promise<boolean> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (!isRunning(pid)) return false
    if (pidFile(settings)?.pid === pid && (await ping(urlOf(settings, 'postgres')))) return true
    await pause(50)
  }
  return false
}

/** The pid of a server that answers with our password from our directory. */
async function liveServer(settings: Settings): Promise<number | undefined> {
  for (let attempt = 0; attempt < START_TRIES; attempt++) {
    const file = pidFile(settings)
    if (!file || !isRunning(file.pid)) return undefined
    if (file.port && (await ping(urlOf({ ...settings, port: file.port }, 'postgres'), settings.data))) {
      settings.port = file.port
      return file.pid
    }
    await pause(TRY_PAUSE_MS)
  }
  return undefined
}

async function shutdown({ program, user }: Binaries, settings: Settings): Promise<void> {
  const pid = pidFile(settings)?.pid
  if (!pid || !isRunning(pid)) return
  for (const mode of ['fast', 'immediate']) {
    const args = ['stop', '-D', settings.data, '-m', mode, '-w', '-t', '15']
    const code = await new Promise((done) => {
      const child = spawn(program('pg_ctl'), args, { ...asServerUser(user), stdio: 'ignore' })
      child.on('error', () => done(1))
      child.on('exit', done)
    })
    if (code === 0 || !isRunning(pid)) return
  }
}

/** By its Unix socket where it has one, which costs both sides less than loopback; a server that an earlier release left behind has none. */
function urlOf(settings: Settings, database: string): string {
  const url = `postgres://yardwatt:${settings.password}@127.0.0.1:${settings.port}/${database}`
  return existsSync(socketOf(settings)) ? `${url}?host=${encodeURIComponent(socketFolder(settings))}` : url
}

const socketFolder = ({ data }: Settings) => dirname(data)
const socketOf = (settings: Settings) => join(socketFolder(settings), `.s.PGSQL.${settings.port}`)
/** The kernel takes no longer name. */
const hasRoomForSocket = (settings: Settings) => Buffer.byteLength(socketOf({ ...settings, port: 65_535 })) <= 107

const settingsFile = (home: string) => join(home, 'settings.json')

function readSettings(home: string): Settings | undefined {
  if (!existsSync(settingsFile(home))) return undefined
  const settings = JSON.parse(readFileSync(settingsFile(home), 'utf8')) as Settings
  return existsSync(join(settings.data, 'PG_VERSION')) ? settings : undefined
}

function writeSettings(home: string, settings: Settings) {
  const fresh = `${settingsFile(home)}.new`
  writeFileSync(fresh, JSON.stringify(settings), { mode: 0o600 })
  renameSync(fresh, settingsFile(home))
}

function pidFile({ data }: Settings): { pid: number; port: number } | undefined {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(dirname(file)) || !existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]) }
}

/** After a crash of the whole machine or container the pid in the file may belong to anybody; PostgreSQL would then refuse to start. */
function dropStaleFiles(settings: Settings) {
  const pid = pidFile(settings)?.pid
  if (process.platform !== 'linux') return
  const command = pid && isRunning(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
  if (command.includes(settings.data)) return
  // so may the pid in the file beside its socket
  for (const left of [join(settings.data, 'postmaster.pid'), socketOf(settings), `${socketOf(settings)}.lock`])
    rmSync(left, { force: true })
}

const isRunning = (pid: number): boolean => {
  if (!pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The remembered port while it is free, else any free one. */
const freePort = (wanted: number): Promise<number> =>
  new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', () => (wanted ? freePort(0).then(done, failed) : failed(new Error('there is no free port on 127.0.0.1'))))
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : wanted))
    })
  })

const tail = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n') : '(empty)')
