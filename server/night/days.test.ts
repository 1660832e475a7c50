import { expect, test } from 'vitest'
import { expectHeld, judgedDays } from './test-days.ts'

// Two of the thirty days of days.long.test.ts, in every run.

test('two days with faults: the envelope holds, and nobody is late who need not be', { timeout: 120_000 }, async () => {
  const judged = await judgedDays(2, 7)
  expectHeld(judged)
  expect(judged.faults.length).toBeGreaterThanOrEqual(4)
})
