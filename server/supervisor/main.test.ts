import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { withDatabase } from '../store/postgres/admin.ts'

const MAIN = join(import.meta.dirname, '..', 'main.ts')

/** Runs `npm start` for real with `settings` and waits for its end. */
async function start(settings: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const { PATH, HOME } = process.env
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'yardwatt-main-'))
  const child = spawn(process.execPath, [MAIN], {
    env: { NODE_ENV: 'production', PATH, HOME, DATA_DIR, PORT: '20210', OCPP_PORT: '20211', ...settings },
  })
  let said = ''
  child.stderr.on('data', (piece) => {
    said += piece
  })
  const code = await new Promise<number | null>((done) => child.on('exit', done))
  return { code, said: said.trim() }
}

describe('what cannot start says in one sentence what to do', () => {
  test('an unreadable setting', async () => {
    expect(await start({ PORT: 'eighty' })).toEqual({ code: 1, said: 'PORT is a port number, such as 3000. It is "eighty" now.' })
  })

  test('a port in use', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(20212, '127.0.0.1', done))
    const { code, said } = await start({ PORT: '20212' })
    await new Promise((done) => other.close(done))
    expect({ code, said }).toEqual({
      code: 1,
      said: 'Port 20212 is in use by another program: stop that one, or choose another port with PORT=20213 npm start.',
    })
  })

  test('a database that does not answer', async () => {
    expect(await start({ DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/x' })).toEqual({
      code: 1,
      said: 'No PostgreSQL answers at 127.0.0.1:1: start it, correct DATABASE_URL, or remove it to use the embedded database.',
    })
  })

  test('a host that does not exist', async () => {
    const { code, said } = await start({ DATABASE_URL: 'postgres://u:hidden@nowhere.invalid/x' })
    expect({ code, said }).toEqual({
      code: 1,
      said: 'There is no host "nowhere.invalid": correct DATABASE_URL, or remove it to use the embedded database.',
    })
  })

  test('a user it does not know, and a database that is not there', async () => {
    const { url } = inject('postgres')
    const { host } = new URL(url)
    expect(await start({ DATABASE_URL: withDatabase(url, 'no_such_depot') })).toEqual({
      code: 1,
      said: `PostgreSQL at ${host} has no database "no_such_depot": create it with CREATE DATABASE, or correct DATABASE_URL.`,
    })
    const stranger = new URL(url)
    stranger.username = 'stranger'
    stranger.password = 'hidden'
    expect(await start({ DATABASE_URL: stranger.href })).toEqual({
      code: 1,
      said: `PostgreSQL at ${host} refuses user "stranger" with this password: correct DATABASE_URL.`,
    })
  })
})
