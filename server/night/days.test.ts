import { expect, test } from 'vitest'
import { judgedDays } from './test-days.ts'

// Two of the thirty days of days.long.test.ts, in every run.

test('two days with faults: the envelope holds, and nobody is late who need not be', { timeout: 120_000 }, async () => {
  const { envelopePassed, wiresOver, meansOver, lateAvoidably, mostWrites, faults, counts } = await judgedDays(2, 7)
  expect(envelopePassed).toEqual([])
  expect(wiresOver.slice(0, 3)).toEqual([])
  expect(meansOver.slice(0, 3)).toEqual([])
  expect(lateAvoidably.slice(0, 3)).toEqual([])
  expect(mostWrites).toBeLessThanOrEqual(100)
  expect(Math.min(counts.refined, counts.safe, counts.thrownAway)).toBeGreaterThan(0)
  expect(faults.length).toBeGreaterThanOrEqual(4)
})
