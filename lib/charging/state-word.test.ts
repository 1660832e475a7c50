import { expect, test } from 'vitest'
import { splitUntil } from './state-word.ts'

test('a state that ends is told apart from its end', () => {
  expect(splitUntil('Paused by plan until Tue 18 Nov, 01:15')).toEqual({ word: 'Paused by plan', until: 'Tue 18 Nov, 01:15' })
  expect(splitUntil('Charging')).toEqual({ word: 'Charging', until: null })
})
