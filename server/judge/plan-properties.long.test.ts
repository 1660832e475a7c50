import { expect, test } from 'vitest'
import { makeOracle } from './oracle.ts'
import { judgeSeeds } from './plan-properties.ts'

// 100,000 random depots that npm test does not see, in ten parts.

const EACH = 10_000
const parts = Array.from({ length: 10 }, (_, i) => 1_000_000 + i * EACH)

test.each(parts)(
  '10,000 random depots from seed %i',
  async (from) => {
    const { failures, judged } = judgeSeeds({ from, until: from + EACH, oracleEvery: 40 }, await makeOracle())
    expect(failures.map(({ property, seed, says, input }) => `${property} ${seed}: ${says}\n${JSON.stringify(input)}`)).toEqual([])
    expect(judged).toBe(EACH)
  },
  3_600_000,
)
