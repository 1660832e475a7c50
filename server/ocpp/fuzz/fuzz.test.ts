import { expect, test } from 'vitest'
import { testDatabase } from '../../tools/test-store.ts'
import { fuzz } from './run.ts'

// A million inputs: fuzz.long.test.ts and within.long.test.ts. A failure is repeated with its seed.

test('2,000 broken frames, payloads, answers and handshakes: the gateway lives, forgets them, and the good charger beside is served', {
  timeout: 180_000,
}, async () => {
  const { url } = await testDatabase()
  const result = await fuzz(url, 2_000, 20261123)
  expect(result.inputs).toBeGreaterThanOrEqual(2_000)
  expect(result.waitsMs.length).toBeGreaterThan(3)
  // each was answered; how fast is the bench's business
  expect(result.waitsMs.toSorted((a, b) => a - b)[Math.floor(result.waitsMs.length / 2)]).toBeLessThan(2_000)
  // every socket is gone but the good one's
  expect(result.late).toMatchObject({ connected: 1, waiting: 0 })
  expect(result.late.handles).toBeLessThan(result.early.handles + 30)
  expect(result.late.heapBytes - result.early.heapBytes).toBeLessThan(25_000_000)
  expect(result.rows.late.knocking).toBeLessThanOrEqual(200)
  // what is odd is told once a socket, not once a frame
  expect(result.rows.late.journal).toBeLessThan(result.inputs)
  expect(await result.good.call('Authorize', { idTag: 'CARD1' })).toMatchObject({ idTagInfo: { status: 'Accepted' } })
  await result.stop()
})
