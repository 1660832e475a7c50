import { randomBytes } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import { createDatabase, dropDatabase, withDatabase } from '../store/postgres/admin.ts'
import type {} from './test-database.ts' // declares what it provides

/**
 * A migrated, empty database of the caller's own, dropped after the last test of the file, or at the latest at the end of the run.
 * Takes about a tenth of a second. Call it at the top of a test file or in `beforeAll`: `const { url } = await testDatabase()`.
 */
export const testDatabase = (): Promise<{ url: string; drop: () => Promise<void> }> => makeDatabase(inject('postgres').template)

/** The same without our tables, for tests of the migrator. */
export const bareDatabase = (): Promise<{ url: string; drop: () => Promise<void> }> => makeDatabase('template0')

async function makeDatabase(template: string) {
  const { url, prefix } = inject('postgres')
  const name = `${prefix}${randomBytes(6).toString('hex')}`
  await createDatabase(url, name, template)
  const drop = () => dropDatabase(url, name)
  afterAll(drop)
  return { url: withDatabase(url, name), drop }
}
