import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bareDatabase, testDatabase } from '../tools/test-store.ts'
import { migrate, migrations } from './migrate.ts'
import { connected } from './postgres/admin.ts'

const folder = (files: Record<string, string>) => {
  const at = mkdtempSync(join(tmpdir(), 'yardwatt-migrations-'))
  for (const [name, sql] of Object.entries(files)) write(at, name, sql)
  return at
}
const write = (at: string, name: string, sql: string) => {
  mkdirSync(join(at, name), { recursive: true })
  writeFileSync(join(at, name, 'migration.sql'), sql)
}
const rows = (url: string, sql: string) => connected(url, async (client) => (await client.query(sql)).rows)

describe('migrate', () => {
  test('applies the files in order, once, and writes the book that Prisma reads', async () => {
    const { url } = await bareDatabase()
    const at = folder({ '2_b': 'ALTER TABLE van ADD COLUMN name text;', '1_a': 'CREATE TABLE van (id int); INSERT INTO van VALUES (7);' })
    expect(await migrate(url, at)).toEqual(['1_a', '2_b'])
    expect(await migrate(url, at)).toEqual([])
    expect(await rows(url, 'SELECT id, name FROM van')).toEqual([{ id: 7, name: null }])
    const book = await rows(
      url,
      'SELECT migration_name, checksum, finished_at IS NOT NULL AS done, applied_steps_count FROM _prisma_migrations ORDER BY 1',
    )
    expect(book).toEqual(
      migrations(at).map(({ name, checksum }) => ({ migration_name: name, checksum, done: true, applied_steps_count: 1 })),
    )
    expect(book[0].checksum).toMatch(/^[0-9a-f]{64}$/)
  })

  test('two starts at once apply each file once', async () => {
    const { url } = await bareDatabase()
    const at = folder({ '1_a': 'CREATE TABLE van (id int); SELECT pg_sleep(0.2);' })
    const applied = await Promise.all([migrate(url, at), migrate(url, at)])
    expect(applied.flat()).toEqual(['1_a'])
  })

  test('refuses a file that was changed after it was applied', async () => {
    const { url } = await bareDatabase()
    const at = folder({ '1_a': 'CREATE TABLE van (id int);' })
    await migrate(url, at)
    write(at, '1_a', 'CREATE TABLE van (id bigint);')
    await expect(migrate(url, at)).rejects.toThrow('Migration 1_a was changed after this database applied it. Put the file back')
  })

  test('refuses a database that a newer version has migrated', async () => {
    const { url } = await bareDatabase()
    await migrate(url, folder({ '1_a': 'SELECT 1;', '9_later': 'SELECT 1;' }))
    await expect(migrate(url, folder({ '1_a': 'SELECT 1;' }))).rejects.toThrow('The database knows migration 9_later')
  })

  test('a file that fails changes nothing, and the next start tries it again', async () => {
    const { url } = await bareDatabase()
    const at = folder({ '1_a': 'CREATE TABLE van (id int); SELECT nothing_like_it;' })
    await expect(migrate(url, at)).rejects.toThrow(/^Migration 1_a failed and changed nothing: column "nothing_like_it" does not exist$/)
    expect(await rows(url, `SELECT to_regclass('van') AS van`)).toEqual([{ van: null }])
    write(at, '1_a', 'CREATE TABLE van (id int);')
    expect(await migrate(url, at)).toEqual(['1_a'])
  })

  test('a test database has everything applied that is in prisma/migrations', async () => {
    const { url } = await testDatabase()
    expect(await migrate(url)).toEqual([])
  })
})
