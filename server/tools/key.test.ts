import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashKey } from '../auth/who.ts'
import { openDatabase } from '../store/database.ts'
import { testDatabase } from './test-store.ts'

// `npm run key` as it is typed, against a real database.

const { url } = await testDatabase()
const key = (args: string[], env: Record<string, string> = { DATABASE_URL: url }) =>
  new Promise<{ code: number; out: string; said: string }>((done) => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'yardwatt-key-'))
    const { PATH = '' } = process.env
    execFile(
      process.execPath,
      [join(import.meta.dirname, 'key.ts'), ...args],
      { env: { NODE_ENV: 'test', PATH, DATA_DIR, ...env } },
      (error, out, said) => done({ code: error ? Number(error.code) : 0, out, said }),
    )
  })

test('a key is made, told once, listed without its secret, and revoked', { timeout: 60_000 }, async () => {
  const db = openDatabase(url, 2)
  await db.prisma.depot.create({ data: { id: 'north', name: 'North', zone: 'UTC', currency: 'USD', createdAt: new Date() } })
  const made = await key(['create', '--scopes', 'chargers:read,calls:write', '--depot', 'north', '--name', 'CSMS bridge'])
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^yw_[\w-]{27}\n$/) })
  const secret = made.out.trim()
  const row = await db.prisma.apiKey.findUniqueOrThrow({ where: { keyHash: hashKey(secret) } })
  expect(row).toMatchObject({ name: 'CSMS bridge', scopes: ['chargers:read', 'calls:write'], depotId: 'north', createdBy: 'system' })
  const listed = await key(['list'])
  expect(listed.out).toContain(`${secret.slice(0, 7)}…\tvalid\tnorth\tchargers:read,calls:write\tCSMS bridge`)
  expect(listed.out).not.toContain(secret)
  expect(await key(['revoke', secret.slice(0, 7)])).toMatchObject({ code: 0, said: expect.stringContaining('CSMS bridge is revoked') })
  expect((await db.prisma.apiKey.findUniqueOrThrow({ where: { id: row.id } })).revokedAt).not.toBeNull()
  expect(await key(['revoke', row.id])).toMatchObject({ code: 1, said: expect.stringContaining('no valid key') })
  expect(JSON.stringify(await db.prisma.journal.findMany().then((all) => all.map(({ data }) => data)))).not.toContain(secret)
  await db.close()
})

test('what is wrong is said in a sentence', { timeout: 60_000 }, async () => {
  const wrong: [string[], string][] = [
    [[], 'npm run -s key -- create'],
    [['create'], 'Say what it may do'],
    [['create', '--scopes', 'everything'], 'There is no scope everything'],
    [['create', '--scopes', 'read', '--depot', 'nowhere'], 'There is no depot "nowhere"'],
    [['create', '--scope', 'read'], "Unknown option '--scope'"],
    [['revoke'], 'Say which'],
  ]
  for (const [args, words] of wrong) {
    const told = await key(args)
    expect([args, told.code, told.out]).toEqual([args, 1, ''])
    expect(told.said).toContain(words)
    expect(told.said).not.toContain('    at ')
  }
  // a mistyped directory is told, and not made
  const DATA_DIR = join(mkdtempSync(join(tmpdir(), 'yardwatt-key-')), 'mistyped')
  expect(await key(['list'], { DATA_DIR })).toMatchObject({
    code: 1,
    said: expect.stringContaining('run "npm start" once, or set DATA_DIR'),
  })
  expect(existsSync(DATA_DIR)).toBe(false)
})
