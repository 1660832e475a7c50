import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEnv, socketPath } from './env.ts'

const here = () => mkdtempSync(join(tmpdir(), 'yardwatt-env-'))
const read = (settings: Record<string, string>) => readEnv({ DATA_DIR: here(), ...settings })

describe('settings', () => {
  test('without any, it is a demo on this machine only', () => {
    expect(read({})).toMatchObject({
      role: 'all',
      demo: true,
      host: '127.0.0.1',
      port: 3000,
      ocppPort: 9220,
      databaseUrl: undefined,
      demoSpeed: 10,
      ocppAllowNoAuth: false,
    })
  })

  test('with a database it is an installation for everybody who may reach it', () => {
    expect(read({ DATABASE_URL: 'postgres://u:p@db/yardwatt' })).toMatchObject({ demo: false, host: '0.0.0.0' })
    expect(read({ DEMO: 'off' })).toMatchObject({ demo: false, databaseUrl: undefined })
    expect(read({ DATABASE_URL: 'postgres://u:p@db/yardwatt', DEMO: 'on' })).toMatchObject({ demo: true, host: '127.0.0.1' })
  })

  test('proxies are addresses and networks; anything else is told by its setting, before anything is started', () => {
    expect(read({ OCPP_TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).ocppTrustedProxies).toEqual(['10.0.0.0/8', '::1'])
    for (const wrong of ['10.0.0.0/99', 'proxy', '10.0.0.1/', '10.0.0.0/8/9'])
      expect(() => read({ OCPP_TRUSTED_PROXIES: `::1,${wrong}` })).toThrow(/^OCPP_TRUSTED_PROXIES is a list of addresses and networks/)
  })

  test('an empty variable counts as absent', () => {
    expect(read({ DATABASE_URL: '', PORT: '' })).toMatchObject({ demo: true, port: 3000 })
  })

  test('a secret is made once, kept for us only, and read by every process', () => {
    const DATA_DIR = here()
    const { secret } = readEnv({ DATA_DIR })
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(readEnv({ DATA_DIR }).secret).toBe(secret)
    expect(readFileSync(join(DATA_DIR, 'secret'), 'utf8')).toBe(secret)
    expect(statSync(join(DATA_DIR, 'secret')).mode & 0o777).toBe(0o600)
  })

  test.each([
    [{ PORT: 'eighty' }, 'PORT is a port number, such as 3000. It is "eighty" now.'],
    [{ PORT: '70000' }, 'PORT is between 1 and 65535. It is "70000" now.'],
    [{ PORT: '9220' }, 'PORT and OCPP_PORT are both 9220: give the chargers a port of their own.'],
    [{ ROLE: 'both' }, 'ROLE is all, web or gateway. It is "both" now.'],
    [{ ROLE: 'web' }, 'ROLE=web needs DATABASE_URL: only ROLE=all brings its own database.'],
    [{ DEMO: 'maybe' }, 'DEMO is on or off. It is "maybe" now.'],
    [
      { HOST: '0.0.0.0' },
      'The demo has known passwords and listens on this machine only: remove HOST=0.0.0.0, or set DEMO=off for an installation.',
    ],
    [{ DATABASE_URL: 'mysql://u:hidden@db/x' }, 'DATABASE_URL has the form postgres://user:password@host:5432/database.'],
    [{ APP_SECRET: 'short' }, 'APP_SECRET has at least 32 characters; "openssl rand -base64 32" makes one.'],
    [{ DEMO_SPEED: 'fast' }, 'DEMO_SPEED is a number from 0.1 to 1000. It is "fast" now.'],
    [{ DEMO_START: 'yesterday' }, 'DEMO_START is a moment such as 2026-11-22T16:45:00-08:00. It is "yesterday" now.'],
    [{ DATA_DIR: '/dev/null/here' }, 'DATA_DIR /dev/null/here cannot be made (ENOTDIR): choose a directory this user may write.'],
  ])('%j is answered with one sentence that says what to do', (settings, sentence) => {
    expect(() => read(settings)).toThrow(new Error(sentence))
  })

  test('a socket in a deep directory gets a short path of its own, the same for every process', () => {
    const deep = join(here(), 'x'.repeat(120))
    const { linkPath } = read({ DATA_DIR: deep })
    expect(linkPath.length).toBeLessThan(108)
    expect(socketPath(deep, 'gateway')).toBe(linkPath)
  })
})
