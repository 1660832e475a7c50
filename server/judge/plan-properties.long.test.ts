import { expect, test } from 'vitest'
import { makeOracle } from './oracle.ts'
import { judgeSeeds, MET, OPEN } from './plan-properties.ts'

// 100,000 random depots that npm test does not see, in ten parts. What the planner is not on every depot yet is counted and said.

const EACH = 10_000
const parts = Array.from({ length: 10 }, (_, i) => 1_000_000 + i * EACH)

test.each(parts)(
  '10,000 random depots from seed %i',
  async (from) => {
    const { failures, judged } = judgeSeeds({ from, until: from + EACH, oracleEvery: 40 }, await makeOracle())
    for (const property of OPEN)
      console.log(`${property}: not met on ${failures.filter((each) => each.property === property).length} of ${judged}`)
    const broken = failures.filter(({ property }) => MET.includes(property))
    expect(broken.map(({ property, seed, says, input }) => `${property} ${seed}: ${says}\n${JSON.stringify(input)}`)).toEqual([])
    expect(judged).toBe(EACH)
  },
  3_600_000,
)
