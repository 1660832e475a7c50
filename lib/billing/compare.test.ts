import { expect, test } from 'vitest'
import { comparedText, dayBefore, daysBefore } from './compare.ts'

const euro = (minor: number) => ({ minor, currency: 'EUR' })
const plain = (text: string | null) => text?.replace(/[\u202f\u00a0]/g, ' ')

test('less and more are words, not signs', () => {
  expect(plain(comparedText(euro(9500), euro(10_000)))).toBe('5.0 % under')
  expect(plain(comparedText(euro(10_230), euro(10_000)))).toBe('2.3 % over')
})

test('beside next to nothing the amount is told, not thousands of per cent', () => {
  expect(plain(comparedText(euro(5000), euro(1000)))).toBe('400.0 % over')
  expect(plain(comparedText(euro(6544), euro(16)))).toBe('up from €0.16 on')
})

test('without history there is no comparison', () => {
  expect(comparedText(euro(9500), null)).toBeNull()
  expect(comparedText(euro(9500), euro(0))).toBeNull()
})

test('a comparison names its period, by the depot calendar', () => {
  const berlin = 'Europe/Berlin'
  const at = (text: string) => Date.parse(text)
  expect(dayBefore(at('2025-11-18T20:47Z'), berlin)).toBe('Tue 11 Nov')
  expect(daysBefore(at('2025-11-18T20:47Z'), berlin)).toBe('1–18 Oct')
  expect(daysBefore(at('2025-10-31T23:30Z'), berlin)).toBe('1 Oct')
  expect(daysBefore(at('2026-03-30T12:00Z'), berlin)).toBe('1–28 Feb')
})
