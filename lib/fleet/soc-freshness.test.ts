import { describe, expect, test } from 'vitest'
import { instant, minutes, plus } from '#lib/time/instant.ts'
import { socIsStale } from './soc-freshness.ts'

const now = instant('2026-11-23T21:47:00Z')
const ago = (min: number) => plus(now, -minutes(min))

describe('a state of charge is shown as the state of now', () => {
  test('while the vehicle said it within the hour', () => {
    expect(socIsStale({ at: ago(59), saidAt: ago(59), source: 'telematics' }, now)).toBe(false)
    expect(socIsStale({ at: ago(61), saidAt: ago(61), source: 'telematics' }, now)).toBe(true)
    expect(socIsStale({ at: ago(1), saidAt: ago(1), source: 'meter' }, now)).toBe(false)
  })
  test('while it is reckoned by the meter from what was said within half an hour', () => {
    expect(socIsStale({ at: ago(0), saidAt: ago(29), source: 'estimate' }, now)).toBe(false)
    expect(socIsStale({ at: ago(0), saidAt: ago(31), source: 'estimate' }, now)).toBe(true)
    expect(socIsStale({ at: ago(0), saidAt: null, source: 'estimate' }, now)).toBe(true)
  })
  test('never when there is none', () => expect(socIsStale({ at: null, saidAt: null, source: null }, now)).toBe(true))
})
