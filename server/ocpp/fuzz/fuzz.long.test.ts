import { expect, test } from 'vitest'
import { testDatabase } from '../../tools/test-store.ts'
import { BROKEN, fuzz } from './run.ts'

// `npm run test:long`: the part of its million inputs that goes over real sockets and handshakes to the whole gateway and its database;
// within.long.test.ts has the others. FUZZ_INPUTS and FUZZ_SEED choose another number or others of them.

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 70_000)
const SEED = Number(process.env.FUZZ_SEED ?? 1)

test(`${INPUTS} broken frames, payloads and handshakes over real sockets: no crash, no leak, no growth without bound, and the good charger beside is served`, {
  timeout: 3 * 3_600_000,
}, async () => {
  const { url } = await testDatabase()
  const result = await fuzz(url, INPUTS, SEED, BROKEN, (text) => console.log(text))
  const waits = result.waitsMs.toSorted((a, b) => a - b)
  const { early, late, rows } = result
  console.log(
    JSON.stringify({
      seed: SEED,
      inputs: result.inputs,
      handshakes: result.handshakes,
      seconds: Math.round(result.seconds),
      medianMs: waits[Math.floor(waits.length / 2)],
      longestMs: waits.at(-1),
      comebacks: result.comebacks,
      early,
      late,
      rows,
    }),
  )
  expect(result.inputs).toBeGreaterThanOrEqual(INPUTS)
  expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(2_000)
  expect(result.comebacks).toBeLessThan(waits.length / 100)
  expect(late).toMatchObject({ connected: 1, waiting: 0 })
  expect(late.handles).toBeLessThan(early.handles + 30)
  // nine tenths of the inputs came after the first measurement
  expect(late.heapBytes - early.heapBytes).toBeLessThan(60_000_000)
  expect(rows.late.knocking).toBeLessThanOrEqual(200)
  expect(rows.late.journal).toBeLessThan(result.inputs)
  expect(await result.good.call('Authorize', { idTag: 'CARD1' })).toMatchObject({ idTagInfo: { status: 'Accepted' } })
  await result.stop()
})
