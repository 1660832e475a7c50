import { expect, test } from 'vitest'
import { limitStory } from './limit-story.ts'

const limit = { wantedW: 11_500, sentW: 11_500, acceptedW: 11_500, seen: true }

test('a limit that a reading has shown is seen', () => expect(limitStory(limit)).toEqual({ stage: 'seen', holdsW: 11_500, nextW: null }))

test('accepted is not yet seen', () => expect(limitStory({ ...limit, seen: false }).stage).toBe('accepted'))

test('until the charger accepts the new limit, the old one holds', () => {
  expect(limitStory({ wantedW: 6200, sentW: 6200, acceptedW: 11_500, seen: false })).toEqual({ stage: 'sent', holdsW: 11_500, nextW: 6200 })
})

test('what the plan wants and nobody sent is only wanted', () => {
  expect(limitStory({ wantedW: 0, sentW: 6200, acceptedW: 6200, seen: true })).toEqual({ stage: 'wanted', holdsW: 6200, nextW: 0 })
  expect(limitStory({ wantedW: 0, sentW: null, acceptedW: null, seen: false })).toEqual({ stage: 'wanted', holdsW: 0, nextW: 0 })
})

test('what was accepted needs no second sending', () => {
  expect(limitStory({ wantedW: 6200, sentW: null, acceptedW: 6200, seen: true }).stage).toBe('seen')
})

test('a free port has none', () => {
  expect(limitStory({ wantedW: null, sentW: null, acceptedW: null, seen: false })).toEqual({ stage: 'none', holdsW: null, nextW: null })
})
