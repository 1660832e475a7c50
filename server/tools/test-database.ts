import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate, migrations } from '../store/migrate.ts'
import { createDatabase, databases, dropDatabase, withDatabase } from '../store/postgres/admin.ts'
import { startPostgres } from '../store/postgres/embedded.ts'
import { holding, isAlive } from '../supervisor/lock.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { url: string; template: string; prefix: string }
  }
}

const ROOT = join(import.meta.dirname, '..', '..', '.yardwatt')
const HOME = join(ROOT, 'test-postgres')
const RUNS = join(HOME, 'runs')
const LOCK = join(ROOT, 'test-postgres.lock')
const TEMPLATE = 'yardwatt_template_'
const TEST_DATABASE = 'yardwatt_test_'

/**
 * Gives a run of vitest its PostgreSQL: `DATABASE_URL` when set, else one embedded server that all runs on this machine share
 * (the last run stops it); and a migrated template database that each test file copies (see `test-store.ts`).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  const { url, release } = given ? { url: given, release: async () => {} } : await sharedServer()
  const prefix = `${TEST_DATABASE}${process.pid}_`
  const hash = createHash('sha256')
  for (const { name, checksum } of migrations()) hash.update(`${name} ${checksum}\n`)
  const template = `${TEMPLATE}${hash.digest('hex').slice(0, 16)}`
  mkdirSync(ROOT, { recursive: true, mode: 0o711 })
  await holding(`${LOCK}.template`, () => makeTemplate(url, template))
  project.provide('postgres', { url, template, prefix })
  return async () => {
    for (const left of await databases(url, prefix)) await dropDatabase(url, left)
    await release()
  }
}

/** Under its final name only when migrated to the end: a run that was killed half-way leaves none. */
async function makeTemplate(url: string, template: string): Promise<void> {
  if ((await databases(url, template)).includes(template)) return
  const fresh = `${TEMPLATE}new_${process.pid}`
  await dropDatabase(url, fresh)
  await createDatabase(url, fresh)
  try {
    await migrate(withDatabase(url, fresh))
    await createDatabase(url, template, fresh)
  } finally {
    await dropDatabase(url, fresh)
  }
}

async function sharedServer(): Promise<{ url: string; release: () => Promise<void> }> {
  const mine = join(RUNS, String(process.pid))
  mkdirSync(RUNS, { recursive: true, mode: 0o711 })
  const url = await holding(LOCK, async () => {
    const alone = others().length === 0
    const server = await startPostgres(HOME, { database: 'yardwatt', durable: false, connections: 300 })
    writeFileSync(mine, '')
    if (alone)
      for (const left of [...(await databases(server.url, TEST_DATABASE)), ...(await databases(server.url, TEMPLATE))])
        await dropDatabase(server.url, left)
    return server.url
  })
  const release = () =>
    holding(LOCK, async () => {
      rmSync(mine, { force: true })
      if (others().length === 0) await (await startPostgres(HOME, { durable: false })).stop()
    })
  return { url, release }
}

/** Runs that live; those that were killed are forgotten. */
function others(): string[] {
  return readdirSync(RUNS).filter((pid) => {
    if (isAlive(Number(pid))) return true
    rmSync(join(RUNS, pid), { force: true })
    return false
  })
}
