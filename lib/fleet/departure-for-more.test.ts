import { expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { departureForMore } from './departure-for-more.ts'

const at = (time: string) => instant(`2026-11-24T${time}:00Z`)
const now = at('00:15')

test('like the fleet leaves, not like the one that leaves in a quarter of an hour', () => {
  expect(departureForMore([at('00:30'), at('06:00'), at('05:30'), at('10:30')], now)).toBe(at('06:00'))
})

test('with nobody who has time to charge, a night from now', () => {
  expect(departureForMore([], now)).toBe(at('08:30'))
  expect(departureForMore([at('00:30'), at('01:00')], now)).toBe(at('08:30'))
})
