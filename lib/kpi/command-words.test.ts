import { expect, test } from 'vitest'
import { chargerAct } from '#lib/api/charger.ts'
import { askedWords, sourceWords, stateWords } from './command-words.ts'

test('every act on a charger and every command of the API has words of its own', () => {
  const acts = chargerAct.options.map(({ shape }) => shape.kind.value)
  for (const kind of [...acts, 'limit', 'prioritise', 'departure']) expect(askedWords(kind)).toMatch(/^[A-Z][a-z]+( |$)/)
})

test('a state is what happened, a kind nobody wrote words for is at least spaced', () => {
  expect([stateWords('seen'), stateWords('timeout'), sourceWords('api')]).toEqual(['Effect seen', 'Took too long', 'through the API'])
  expect(askedWords('unlockConnector')).toBe('unlock connector')
})
