import { expect, test } from 'vitest'
import { knockingText } from './knocking-words.ts'

test('strangers and our own chargers at the door are counted apart, each with what to do', () => {
  expect(knockingText({ strangers: 3, ours: 0 })).toBe(
    '3 unknown chargers tried to connect and were refused. Adopt only what you have installed yourself.',
  )
  expect(knockingText({ strangers: 0, ours: 1 })).toBe(
    '1 charger of your own tried to connect and was refused. Open yours to put right what is wrong.',
  )
  expect(knockingText({ strangers: 1, ours: 2 })).toBe(
    '1 unknown charger and 2 of your own tried to connect and were refused. Adopt only what you have installed yourself. Open yours to put right what is wrong.',
  )
})
