import { expect, test } from 'vitest'
import { type Instant, instant } from '#lib/time/instant.ts'
import { dutyEnergyWh, dutyName, momentOf, overlaps } from './duty.ts'

const at = (text: string): Instant => instant(text)

test('180 km at 0.45 kWh a km need 93.15 kWh with the reserve of 15 % (R1 AT1)', () => {
  expect(dutyEnergyWh(180_000, 450)).toBe(93_150)
})

test('a duty is called by its name, local day and hours; one over night names both days', () => {
  expect(dutyName({ name: null, departsAt: at('2026-11-24T05:30Z'), returnsAt: at('2026-11-24T15:00Z') }, 'Europe/Berlin')).toBe(
    'Tue 24 Nov, 06:30–16:00',
  )
  expect(dutyName({ name: null, departsAt: at('2026-11-25T15:00Z'), returnsAt: at('2026-11-26T20:00Z') }, 'Europe/Berlin')).toBe(
    'Wed 25 Nov, 16:00–Thu 26 Nov, 21:00',
  )
  expect(dutyName({ name: 'Block 12', departsAt: at('2026-11-24T21:00Z'), returnsAt: at('2026-11-25T04:00Z') }, 'Europe/Berlin')).toBe(
    'Block 12 (Tue 24 Nov, 22:00–Wed 25 Nov, 05:00)',
  )
})

test('a duty may begin when the one before ends, not a minute sooner', () => {
  const morning = { from: at('2026-11-24T06:00Z'), until: at('2026-11-24T12:00Z') }
  expect(overlaps(morning, { from: at('2026-11-24T12:00Z'), until: at('2026-11-24T18:00Z') })).toBe(false)
  expect(overlaps(morning, { from: at('2026-11-24T11:59Z'), until: at('2026-11-24T18:00Z') })).toBe(true)
})

test.each([
  ['2026-11-24 06:30', '2026-11-24T05:30:00Z'],
  ['2026-11-24T6:30', '2026-11-24T05:30:00Z'],
  ['2026-07-24 06:30', '2026-07-24T04:30:00Z'],
  ['2026-11-24T06:30:00-05:00', '2026-11-24T11:30:00Z'],
  ['2026-11-24T06:30Z', '2026-11-24T06:30:00Z'],
  // the hour that is skipped in spring moves on, the repeated one in autumn is the first
  ['2026-03-29 02:30', '2026-03-29T01:30:00Z'],
  ['2026-10-25 02:30', '2026-10-25T00:30:00Z'],
])('%s in Berlin is %s', (text, moment) => {
  expect(momentOf(text, 'Europe/Berlin')).toBe(at(moment))
})

test.each(['tomorrow', '24.11.2026 06:30', '2026-02-30 06:30', '2026-11-24 25:00', '2026-11-24', ''])('"%s" is no moment', (text) => {
  expect(momentOf(text, 'Europe/Berlin')).toBeUndefined()
})
