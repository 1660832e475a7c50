import { describe, expect, test } from 'vitest'
import { act } from '#lib/charging/port-state.ts'
import type { Planned } from '#lib/planning/plan-index.ts'
import { hours, instant, minutes, plus } from '#lib/time/instant.ts'
import { wattHours } from '#lib/units/units.ts'
import { type DepartureFacts, readiness } from './readiness.ts'

const now = instant('2025-11-18T20:47:00Z')
const port = {
  bay: '09',
  online: true,
  state: { mark: 'normal' as const, word: 'Charging', needsAction: false, why: 'Full power.', act: null },
}
const planned = (missing = 0): Planned => ({
  reason: { kind: 'done' },
  port: 'p',
  readyAt: missing === 0 ? plus(now, hours(2)) : undefined,
  shortfall:
    missing === 0 ? undefined : { vehicle: 'v', missingWh: wattHours(missing), cause: { kind: 'nodeFull', node: 'service' }, remedies: [] },
  plugInBy: undefined,
  powerW: [],
})
const facts = (changed: Partial<DepartureFacts>): DepartureFacts => ({
  name: 'Van 09',
  departsAt: plus(now, hours(8)),
  batteryWh: 100_000,
  maxW: 20_000,
  efficiency: 1,
  socPct: 50,
  requiredWh: 80_000,
  plugged: true,
  dueAt: null,
  port,
  planned: planned(),
  now,
  zone: 'Europe/Berlin',
  ...changed,
})
const plain = (text: string | null) => text?.replace(/[\u202f\u00a0]/g, ' ')

describe('will it leave on time?', () => {
  test.each<[string, Partial<DepartureFacts>, string]>([
    ['it has what its duty needs', { socPct: 80 }, 'ready'],
    ['it is plugged in and the plan gives it in time', {}, 'onTrack'],
    ['its charge is not known, and the plan goes on', { socPct: null }, 'onTrack'],
    ['on the road, back in time', { plugged: false, dueAt: plus(now, hours(1)) }, 'onTrack'],
    ['on the road, back too late', { plugged: false, dueAt: plus(now, hours(7)) }, 'late'],
    ['the plan does its best, and it is not enough', { planned: planned(7_700) }, 'late'],
    ['not plugged in, with hours to spare', { plugged: false }, 'onTrack'],
    ['not plugged in, and soon too late', { plugged: false, departsAt: plus(now, hours(2)) }, 'atRisk'],
    [
      'its charger needs a hand',
      { port: { ...port, state: { ...port.state, needsAction: true, mark: 'serious', word: 'Offline' } } },
      'atRisk',
    ],
  ])('%s', (_, changed, verdict) => {
    expect(readiness(facts(changed)).verdict).toBe(verdict)
  })

  test('late is said in minutes', () => {
    expect(plain(readiness(facts({ planned: planned(7_700) })).atDeparture)).toBe('23 min late')
  })

  test('at risk says what it will have, why, until when a person can still help, and the one thing to do', () => {
    const state = {
      mark: 'caution' as const,
      word: 'Not drawing',
      needsAction: true,
      why: 'A charge timer in it?',
      act: act('checkVehicle'),
    }
    const risk = readiness(facts({ port: { ...port, state } }))
    expect(risk).toMatchObject({ cause: 'Not drawing at 09. A charge timer in it?', act: { kind: 'checkVehicle' }, mark: 'caution' })
    expect(plain(risk.atDeparture)).toBe('50 of 80 %')
    expect(risk.actBefore).toBe(plus(now, hours(8) - minutes(90)))
  })
})
