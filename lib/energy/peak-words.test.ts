import { expect, test } from 'vitest'
import { type PeakTold, peakSentence } from './peak-words.ts'

const told = (change: Partial<PeakTold>) =>
  peakSentence({ mode: 'learned', targetW: 33_120, isHard: false, days: 21, soFarW: 29_040, isCharged: true, ...change }).replaceAll(
    '\u202f',
    ' ',
  )

test('the expected peak is told with where it comes from and how far the month is', () => {
  expect(told({})).toBe('Expected peak of the rest of the month 33.1 kW, learned from 21 days; so far 29.0 kW.')
  expect(told({ soFarW: 36_000 })).toBe(
    'Expected peak of the rest of the month 33.1 kW, learned from 21 days; so far 36.0 kW. It is made already: the rest of the month is expected to need no more.',
  )
  expect(told({ targetW: null, days: 2, soFarW: null })).toBe(
    'The peak of the month is not learned yet: 2 days were seen, and three like those ahead are needed; nothing was charged this month yet.',
  )
  expect(told({ mode: 'byHand' })).toBe('Expected peak of the month 33.1 kW, set by hand; so far 29.0 kW.')
  expect(told({ mode: 'byHand', isHard: true })).toBe(
    'The peak of the month may be 33.1 kW at most, set by hand; so far 29.0 kW. Vehicles are rather late than above it.',
  )
  expect(told({ mode: 'off', targetW: null })).toBe('No peak is expected; so far 29.0 kW. What is higher costs the demand charge.')
  expect(told({ isCharged: false })).toBe('This tariff has no demand charge: a peak costs nothing.')
})
