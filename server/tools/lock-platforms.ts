// `npm run lock`: adds to package-lock.json the optional packages of other platforms that npm left out because its registry
// does not have them, so that `npm ci` accepts the lock. Run it when a package with platform binaries changes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Entry = {
  version?: string
  optional?: boolean
  os?: string[] | string
  cpu?: string[] | string
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, Entry> }

const OPERATING_SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'x64', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']
const SPELLINGS: Record<string, string> = { windows: 'win32', win: 'win32', ppc64le: 'ppc64', armv7: 'arm', armv6: 'arm', arm32: 'arm' }

/** Names added to `lock`, which is changed in place. Only exact versions can be added. */
export function addMissing(lock: Lock): string[] {
  const added: string[] = []
  for (const [path, { optionalDependencies }] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(optionalDependencies ?? {})) {
      if (isLocked(lock, path, name) || !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(range)) continue
      lock.packages[`node_modules/${name}`] = { version: range, optional: true, ...platform(name) }
      added.push(`${name}@${range}`)
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  return added
}

/** As npm looks: beside the package, then in every folder above it. */
function isLocked(lock: Lock, from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true
    if (!at) return false
  }
}

/** Such packages carry their platform in their name: `@next/swc-linux-arm64-musl`. */
function platform(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/).flatMap((word) => [SPELLINGS[word] ?? word])
  const os = words.filter((word) => OPERATING_SYSTEMS.includes(word))
  const cpu = words.filter((word) => PROCESSORS.includes(word))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') && os.includes('linux') ? ['glibc'] : undefined
  return { ...(os.length ? { os } : {}), ...(cpu.length ? { cpu } : {}), ...(libc ? { libc } : {}) }
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '..', '..', 'package-lock.json')
  if (!existsSync(file)) throw new Error('There is no package-lock.json: run "npm install" first.')
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock
  const added = addMissing(lock)
  if (added.length) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(added.length ? `added ${added.join(', ')}` : 'nothing is missing')
}
