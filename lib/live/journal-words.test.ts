import { expect, test } from 'vitest'
import { actorWords, journalWords } from './journal-words.ts'

test('each kind is a sentence, also one that nobody has written words for', () => {
  expect(journalWords('setting.changed')).toBe('A setting was changed')
  expect(journalWords('review.meterBackwards')).toBe('The meter ran backwards; only what it rose is counted')
  expect(journalWords('command.changeConfiguration')).toBe('Asked of a charger: change configuration')
  expect(journalWords('fleet.tyreChanged')).toBe('Fleet tyre changed')
})

test('who did it', () => {
  expect(actorWords('user:user-manager')).toBe('person manager')
  expect(actorWords('key:0b9e3d1c-1111-2222-3333-444455556666')).toBe('API key 0b9e3d1c')
  expect(actorWords('planner')).toBe('planner')
})
