import { expect, test } from 'vitest'
import { fuzzWithin } from './within.ts'

// `npm run test:long`: the frames and payloads of its million inputs; fuzz.long.test.ts shows what the network, the door, the handlers and the
// database make of the other 70,000. FUZZ_FRAMES and FUZZ_SEED choose another number or others of them.

const INPUTS = Number(process.env.FUZZ_FRAMES ?? 930_000)
const SEED = Number(process.env.FUZZ_SEED ?? 1)

test(`${INPUTS} frames without a network: every CALL is answered once or its socket is closed, and nothing stays`, {
  timeout: 2 * 3_600_000,
}, async () => {
  const result = await fuzzWithin(INPUTS, SEED)
  console.log(JSON.stringify({ seed: SEED, ...result }))
  expect(result.inputs).toBeGreaterThanOrEqual(INPUTS)
  // nine tenths of the inputs came after the first measurement
  expect(result.lateBytes - result.earlyBytes).toBeLessThan(20_000_000)
})
