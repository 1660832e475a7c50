import { expect, test } from 'vitest'
import { fuzzWithin } from './within.ts'

test('10,000 frames without a network: every CALL is answered once or its socket is closed, and nothing stays', {
  timeout: 180_000,
}, async () => {
  const result = await fuzzWithin(10_000, 20261123)
  expect(result.inputs).toBeGreaterThanOrEqual(10_000)
  expect(result.calls).toBeGreaterThan(2_000)
  expect(result.lateBytes - result.earlyBytes).toBeLessThan(15_000_000)
})
