import { expect, test } from 'vitest'
import { flagSentence, reviewOf, stopReasonWords } from './review-words.ts'

const session = { cost: { minor: 1 }, stoppedAt: 1, flags: [] as string[], estimated: false }

test('what went wrong asks for a look, what only came late is told', () => {
  const review = reviewOf({ ...session, flags: ['deliveredLate', 'meterBackwards'] })
  expect(review.state).toBe('review')
  expect(review.sentences).toEqual(['The meter ran backwards; only what it rose is counted.'])
  expect(review.notes).toEqual(['Told late: the charger was offline and sent it afterwards.'])
})

test('an estimated cost is for review once the session has ended', () => {
  expect(reviewOf({ ...session, estimated: true }).state).toBe('review')
  expect(reviewOf({ ...session, stoppedAt: null, estimated: true }).state).toBe('open')
  expect(reviewOf(session)).toEqual({ state: 'closed', sentences: [], notes: [] })
})

test('a flag without a sentence is still readable', () => {
  expect(flagSentence('plugTooWarm')).toBe('Plug too warm.')
  expect(stopReasonWords('PowerQuality')).toBe('power quality')
  expect(stopReasonWords('EVDisconnected')).toBe('unplugged')
  expect(stopReasonWords(null)).toBeNull()
})
