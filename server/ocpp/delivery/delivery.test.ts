import { expect, test } from 'vitest'
import { books, deliver, deliveryDepot, script } from './deliver.ts'
import { sameBooks } from './property.ts'

const RUNS = 8
const depot = await deliveryDepot(4 * RUNS + 1)

test('lost, repeated and delayed messages lead to the same transactions, energy and bill as a clean line', {
  timeout: 120_000,
}, async () => {
  expect(await sameBooks(depot, RUNS, 20261123)).toBeGreaterThan(RUNS * 8)
})

test('the books that are compared hold what was charged', async () => {
  const identity = `C${4 * RUNS + 1}`
  const messages = script([
    { port: 1, pause: 5, minutes: 60, quartersWh: [1_000, 2_000, 0, 4_000], forgotten: false, seriesInside: true },
    { port: 1, pause: 5, minutes: 60, quartersWh: [500, 0, 0, 0], forgotten: true, seriesInside: false },
    { port: 1, pause: 5, minutes: 10, quartersWh: [0, 0, 0, 0], forgotten: false, seriesInside: false },
  ])
  await deliver(depot, [{ identity, messages, trouble: [{ faults: ['answerLost', 'cutAfter'], lateMinutes: 600 }] }], [])
  const { sessions, readings } = await books(depot.depot, identity)
  expect(sessions.map(({ energyWh, reason, odd }) => [energyWh, reason, odd])).toEqual([
    [7_000, 'EVDisconnected', []],
    [500, 'Superseded', ['superseded']],
    [0, 'EVDisconnected', []],
  ])
  expect(Number.parseInt(sessions[0]!.cost, 10)).toBeGreaterThan(0)
  expect(readings).toHaveLength(12)
  expect(readings.map(({ session }) => session)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
})
