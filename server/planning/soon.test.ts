import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LimitWatcher } from './carry-out.ts'
import { makeReconciler, type Reconciler } from './reconcile.ts'
import { type TestDepot, testDepot } from './test-depot.ts'

// A depot's chargers answer one by one: passes without hurry are shared and paced, those in a hurry are not.

let depot: TestDepot
let reconciler: Reconciler
/** Real ms at which passes ended, and how long each is said to have taken. */
let passed: number[]
let tookMs: number
beforeEach(async () => {
  depot = await testDepot()
  passed = []
  tookMs = 0
  let monotonic = 0
  const watcher: LimitWatcher = {
    asked: () => false,
    commandFor: () => undefined,
    sent: () => {},
    answered: () => {},
    passed: () => {
      passed.push(performance.now())
      monotonic += tookMs
    },
  }
  const clock = { ...depot.clock, monotonic: () => monotonic }
  reconciler = makeReconciler({ ...depot.gateway, clock }, watcher)
})
afterEach(async () => {
  reconciler.close()
  await reconciler.idle()
})

test('a hundred that ask at once share one pass', async () => {
  await Promise.all(Array.from({ length: 100 }, () => reconciler.soon('north')))
  expect(passed).toHaveLength(1)
  await reconciler.soon('north')
  expect(passed).toHaveLength(2)
})

test('after a long pass the next one rests as long, a second at most; who is in a hurry does not wait', async () => {
  tookMs = 400
  await reconciler.soon('north')
  const later = reconciler.soon('north')
  await reconciler.depot('north')
  expect(passed).toHaveLength(2)
  await later
  expect(passed[2]! - passed[0]!).toBeGreaterThanOrEqual(395)
  tookMs = 60_000
  await reconciler.depot('north')
  const asked = performance.now()
  await reconciler.soon('north')
  expect(passed.at(-1)! - asked).toBeGreaterThanOrEqual(995)
  expect(passed.at(-1)! - asked).toBeLessThan(10_000)
})

test('after its end nothing runs, and who asked is let go', async () => {
  reconciler.close()
  await reconciler.soon('north')
  expect(passed).toEqual([])
})
