import { expect, test } from 'vitest'
import { makeOracle } from './oracle.ts'
import { judgeSeeds } from './plan-properties.ts'

// 2,000 random depots, the same in every run; 100,000 more in plan-properties.long.test.ts. A failure names its seed and the smallest depot
// that shows it: `npm run plan -- --input <that depot> --check`.

test('on 2,000 random depots: no limit passed, nobody pauses who would not wake, as much delivered and as cheaply as can be, the certificate holds, the same question has the same answer', async () => {
  const { failures, ...sum } = judgeSeeds({ from: 1, until: 2_001, oracleEvery: 40 }, await makeOracle())
  expect(failures.map(({ property, seed, says, input }) => `${property} ${seed}: ${says}\n${JSON.stringify(input)}`)).toEqual([])
  expect(sum.judged).toBe(2_000)
  // they are not empty ones
  expect(sum.charged).toBeGreaterThan(1_600)
  expect(sum.pure).toBeGreaterThan(500)
  expect(sum.withOracle).toBe(50)
}, 240_000)
