import fc from 'fast-check'
import { expect } from 'vitest'
import { makeRandom } from '../fuzz/random.ts'
import { books, type DeliveryDepot, deliver, type Fault, outOfOrder, script, toldOnce } from './deliver.ts'

const wh = fc.integer({ min: 0, max: 9_000 })
const visit = fc.record({
  port: fc.constantFrom(1 as const, 2 as const),
  pause: fc.integer({ min: 1, max: 90 }),
  minutes: fc.integer({ min: 5, max: 200 }),
  quartersWh: fc.tuple(wh, wh, wh, wh),
  forgotten: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  seriesInside: fc.boolean(),
})
const fault: fc.Arbitrary<Fault> = fc.constantFrom('cutBefore', 'cutAfter', 'answerLost', 'twice', 'boot')
const trouble = fc.record({
  faults: fc.oneof(
    { weight: 3, arbitrary: fc.array(fault, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant<Fault[]>(['restart']) },
  ),
  lateMinutes: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000 }) }),
})
const charger = fc.record({
  visits: fc.array(visit, { minLength: 1, maxLength: 3 }),
  trouble: fc.array(trouble, { minLength: 1, maxLength: 12 }),
  /** Readings of one visit that overtake each other; 0: none. */
  order: fc.nat(3),
})

/**
 * Two chargers say the same twice, as two other chargers: once over a clean line, each message in its moment; once over a line that loses,
 * repeats and delays, interleaved and with the gateway restarting. The books are the same.
 */
export async function sameBooks(depot: DeliveryDepot, runs: number, seed: number): Promise<number> {
  let next = 1
  let messages = 0
  const property = fc.asyncProperty(
    fc.tuple(charger, charger),
    fc.array(fc.nat(1), { minLength: 1, maxLength: 40 }),
    async (pair, turns) => {
      const scripts = pair.map(({ visits }) => script(visits))
      const clean = scripts.map((each) => ({ identity: `C${next++}`, messages: each, trouble: [] }))
      const rough = scripts.map((each, index) => {
        const { order, trouble } = pair[index]!
        return { identity: `C${next++}`, messages: order === 0 ? each : outOfOrder(each, makeRandom(order)), trouble }
      })
      messages += scripts.flat().length
      for (const each of clean) await deliver(depot, [each], [])
      await deliver(depot, rough, turns)
      for (const [index, { identity }] of rough.entries()) {
        expect(await books(depot.depot, identity)).toEqual(await books(depot.depot, clean[index]!.identity))
        expect(await toldOnce(depot.depot, identity)).toBe(true)
      }
    },
  )
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: true })
  return messages
}
