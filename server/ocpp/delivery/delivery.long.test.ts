import { expect, test } from 'vitest'
import { deliveryDepot } from './deliver.ts'
import { sameBooks } from './property.ts'

const RUNS = Number(process.env.DELIVERY_RUNS ?? 300)

test(`${RUNS} days of two chargers: the same books over a line that loses, repeats and delays`, { timeout: 3_600_000 }, async () => {
  const depot = await deliveryDepot(4 * RUNS)
  const messages = await sameBooks(depot, RUNS, Number(process.env.DELIVERY_SEED ?? 1))
  console.log(`${messages} messages, each delivered twice over`)
  expect(messages).toBeGreaterThan(RUNS * 8)
})
