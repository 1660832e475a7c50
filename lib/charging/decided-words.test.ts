import { expect, test } from 'vitest'
import { decidedText, notDecidedText } from './decided-words.ts'

const yes = (id: string) => ({ id, decided: true, detail: 'It was asked.' })
const no = (id: string) => ({ id, decided: false, detail: 'A session is open.' })
const names = new Map([['a', 'Charger A']])

test('all decided: how many, and nothing more', () => {
  expect(decidedText([yes('a'), yes('b')], 'accepted')).toBe('2 chargers are accepted')
  expect(decidedText([yes('a'), no('b')], 'rejected')).toBe('1 charger is rejected')
  expect(notDecidedText([yes('a')], names)).toBeNull()
})

test('those that could not be decided are named with the reason, a few of them', () => {
  expect(notDecidedText([yes('z'), no('a')], names)).toBe('1 is as before. Charger A: A session is open.')
  expect(notDecidedText(['a', 'b', 'c', 'd', 'e'].map(no), names)).toBe(
    '5 are as before. Charger A: A session is open. b: A session is open. c: A session is open. And 2 more.',
  )
})
