import { expect, test } from 'vitest'
import { qualityText } from './quality-words.ts'

const plain = (text: string) => text.replaceAll(/\s/g, ' ')

test('a certified gap is told as nearness; of a wide one what could be saved at most', () => {
  expect([0, 0.0004, 0.032, 0.1].map((gap) => plain(qualityText(gap, 'en-US')))).toEqual([
    'within 0.1 % of best possible',
    'within 0.1 % of best possible',
    'within 3.2 % of best possible',
    'within 10.0 % of best possible',
  ])
  expect(plain(qualityText(0.588, 'en-US'))).toBe('at most 59 % could be saved')
})
