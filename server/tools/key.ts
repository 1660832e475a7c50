// `npm run -s key -- create --scopes chargers:read,calls:write [--depot <id>] [--name <words>]`, `list`, `revoke <prefix or id>`:
// API keys from a terminal, in the database of DATABASE_URL or in the embedded one, whether Yardwatt is running or not.
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Scope, scopes } from '#lib/auth/role.ts'
import { apiKeys, createApiKey, revokeApiKey } from '../auth/api-keys.ts'
import { type Clock, makeClock } from '../clock.ts'
import { type Env, readEnv, USUAL_DATA_DIR } from '../env.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { depotNames } from '../store/depot.ts'
import { migrate } from '../store/migrate.ts'
import { startPostgres } from '../store/postgres/embedded.ts'

const USAGE = `npm run -s key -- create --scopes <scope,scope…> [--depot <id>] [--name <what will use it>]
npm run -s key -- list
npm run -s key -- revoke <prefix or id>

Scopes: ${scopes.join(', ')}, or all.`

/** Said to the person who typed; nothing went wrong on our side. */
class Refusal extends Error {}

type Ctx = { db: Database; clock: Clock }

const options = { scopes: { type: 'string' }, depot: { type: 'string' }, name: { type: 'string' } } as const

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parsedArgs(args)
  const [verb, ...rest] = positionals
  switch (verb) {
    case 'create': {
      const asked = {
        scopes: scopesIn(values.scopes),
        name: values.name ?? 'Made in a terminal',
        ...(values.depot && { depotId: values.depot }),
      }
      return withDatabase((ctx) => create(ctx, asked))
    }
    case 'list':
      return withDatabase(list)
    case 'revoke': {
      const [which] = rest
      if (!which) throw new Refusal('Say which: npm run -s key -- revoke <prefix or id>. "npm run -s key -- list" shows them.')
      return withDatabase((ctx) => revoke(ctx, which))
    }
    default:
      throw new Refusal(USAGE)
  }
}

async function create(ctx: Ctx, asked: { scopes: Scope[]; name: string; depotId?: string }): Promise<void> {
  const depots = await depotNames(ctx.db.prisma)
  if (asked.depotId !== undefined && !depots.some(({ id }) => id === asked.depotId))
    throw new Refusal(
      `There is no depot "${asked.depotId}". ${depots.length > 0 ? `There is ${depots.map(({ id, name }) => `${id} (${name})`).join(', ')}.` : 'There is none yet.'}`,
    )
  const { key, secret } = await createApiKey(ctx, asked, 'system')
  // the key alone on standard output, so that a script can take it
  console.error(`${key.name}: ${key.scopes.join(', ')}, for ${asked.depotId ?? 'every depot'}. The key is shown this once:`)
  console.log(secret)
}

async function list(ctx: Ctx): Promise<void> {
  const { keys } = await apiKeys(ctx)
  if (keys.length === 0) console.error('No API key yet.')
  for (const { prefix, name, scopes: may, depotId, revokedAt, id } of keys)
    console.log([`${prefix}…`, revokedAt === null ? 'valid' : 'revoked', depotId ?? 'every depot', may.join(','), name, id].join('\t'))
}

async function revoke(ctx: Ctx, which: string): Promise<void> {
  const valid = (await apiKeys(ctx)).keys.filter(({ revokedAt }) => revokedAt === null)
  const found = valid.filter(({ id, prefix }) => id === which || prefix === which.replace(/…$/, ''))
  if (found.length === 0) throw new Refusal(`There is no valid key "${which}". "npm run -s key -- list" shows them.`)
  if (found.length > 1)
    throw new Refusal(`"${which}" begins ${found.length} keys. Give the id: ${found.map(({ id, name }) => `${id} (${name})`).join(', ')}.`)
  await revokeApiKey(ctx, found[0]!.id, 'system')
  console.error(`${found[0]!.name} is revoked: its next request is refused.`)
}

function parsedArgs(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  }
}

function scopesIn(words: string | undefined): Scope[] {
  const asked = (words ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (asked.length === 0)
    throw new Refusal(`Say what it may do: --scopes ${scopes.slice(0, 2).join(',')}. There is ${scopes.join(', ')}, or all.`)
  if (asked.includes('all')) return [...scopes]
  const unknown = asked.filter((word) => !scopes.some((scope) => scope === word))
  if (unknown.length > 0) throw new Refusal(`There is no scope ${unknown.join(', ')}. There is ${scopes.join(', ')}, or all.`)
  return scopes.filter((scope) => asked.includes(scope))
}

async function withDatabase(work: (ctx: Ctx) => Promise<void>): Promise<void> {
  refuseNoDatabase(process.env)
  const env = readEnv()
  const store = await openStore(env)
  const db = openDatabase(store.url, 2)
  try {
    await migrate(store.url)
    await work({ db, clock: makeClock() })
  } finally {
    await db.close()
    await store.close()
  }
}

/** Looked for before the settings are read, which makes what is not there. */
function refuseNoDatabase({ DATABASE_URL, DATA_DIR }: NodeJS.ProcessEnv): void {
  const dataDir = resolve(DATA_DIR || USUAL_DATA_DIR)
  if (DATABASE_URL || existsSync(join(dataDir, 'postgres', 'settings.json'))) return
  throw new Refusal(
    `There is no database in ${relative(process.cwd(), dataDir) || '.'} yet: run "npm start" once, or set DATA_DIR or DATABASE_URL.`,
  )
}

/** A server of our own that was not running is stopped again. */
async function openStore(env: Env): Promise<{ url: string; close(): Promise<void> }> {
  if (env.databaseUrl) return { url: env.databaseUrl, close: async () => {} }
  const server = await startPostgres(join(env.dataDir, 'postgres'))
  return { url: server.url, close: async () => (server.reused ? undefined : server.stop()) }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  // one sentence that says what to do, as at the start of Yardwatt
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
