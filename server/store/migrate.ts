import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { connected } from './postgres/admin.ts'

/** The number `prisma migrate deploy` locks too, so that the two never run at once. */
const MIGRATION_LOCK = 72_707_369
export const MIGRATIONS = join(import.meta.dirname, '..', '..', 'prisma', 'migrations')

export type Migration = { name: string; sql: string; checksum: string }
type Applied = { migration_name: string; checksum: string; finished_at: Date | null; rolled_back_at: Date | null }

/**
 * Brings the database at `url` up to date and keeps Prisma's own book of it, so that `prisma migrate deploy` stays usable.
 * Each file runs in a transaction of its own; starts that overlap wait for each other.
 * @returns names of the migrations that were applied now.
 * @throws Error with one sentence when an applied file was changed, is unknown here, or fails.
 */
export async function migrate(url: string, folder: string = MIGRATIONS): Promise<string[]> {
  const wanted = migrations(folder)
  return connected(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(BOOK)
    const pending = compare(wanted, (await client.query<Applied>('SELECT * FROM _prisma_migrations')).rows)
    for (const migration of pending) await apply(client, migration)
    return pending.map((migration) => migration.name)
  })
}

/** The files of `folder` in the order in which they are applied. */
export const migrations = (folder: string = MIGRATIONS): Migration[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .sort()
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })

function compare(wanted: Migration[], rows: Applied[]): Migration[] {
  const live = rows.filter((row) => row.rolled_back_at === null)
  const open = live.find((row) => row.finished_at === null)
  if (open)
    throw new Error(
      `Migration ${open.migration_name} began and never ended. Repair it with "npx prisma migrate resolve", then start again.`,
    )
  const known = new Map(wanted.map((migration) => [migration.name, migration]))
  const foreign = live.find((row) => !known.has(row.migration_name))
  if (foreign)
    throw new Error(
      `The database knows migration ${foreign.migration_name}, this Yardwatt does not. Start the newer version, or restore a backup that fits this one.`,
    )
  const applied = new Map(live.map((row) => [row.migration_name, row.checksum]))
  for (const { name, checksum } of wanted) {
    if (applied.has(name) && applied.get(name) !== checksum)
      throw new Error(
        `Migration ${name} was changed after this database applied it. Put the file back as it was and write a new migration instead.`,
      )
  }
  return wanted.filter(({ name }) => !applied.has(name))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date()
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new Error(`Migration ${name} failed and changed nothing: ${(error as Error).message}`)
  }
}

/** As Prisma makes it. */
const BOOK = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
  logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`
