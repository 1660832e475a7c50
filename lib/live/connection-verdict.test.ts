import { expect, test } from 'vitest'
import { days, instant, plus } from '#lib/time/instant.ts'
import { connectionVerdict, type Protection } from './connection-verdict.ts'

const now = instant('2026-11-23T06:00:00Z')
const safe: Protection = { everConnected: true, onThisMachine: false, protected: true, noAuth: false, certificateEndsAt: null }

test.each([
  [{}, 'normal', 'Protected'],
  [{ protected: false }, 'critical', 'Without TLS'],
  [{ protected: false, onThisMachine: true }, 'standby', 'On this machine only'],
  [{ noAuth: true }, 'critical', 'Nobody proves who it is'],
  [{ noAuth: true, protected: false, onThisMachine: true }, 'critical', 'Nobody proves who it is'],
  [{ certificateEndsAt: plus(now, days(29)) }, 'serious', 'Certificate ends in 29 days'],
  [{ certificateEndsAt: plus(now, days(30)) }, 'normal', 'Protected'],
  [{ certificateEndsAt: now }, 'critical', 'Certificate has ended'],
  [{ everConnected: false, protected: false }, 'off', 'Never connected'],
] as const)('%o is %s: %s', (part, mark, word) => {
  expect(connectionVerdict({ ...safe, ...part }, now)).toEqual({ mark, word })
})
