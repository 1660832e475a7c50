import { expect, test } from 'vitest'
import { comparedText } from './compare.ts'

const euro = (minor: number) => ({ minor, currency: 'EUR' })
const plain = (text: string | null) => text?.replace(/[\u202f\u00a0]/g, ' ')

test('less and more are words, not signs', () => {
  expect(plain(comparedText(euro(9500), euro(10_000)))).toBe('5.0 % under')
  expect(plain(comparedText(euro(10_230), euro(10_000)))).toBe('2.3 % over')
})

test('without history there is no comparison', () => {
  expect(comparedText(euro(9500), null)).toBeNull()
  expect(comparedText(euro(9500), euro(0))).toBeNull()
})
