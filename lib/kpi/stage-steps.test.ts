import { expect, test } from 'vitest'
import { stageSteps } from './stage-steps.ts'

test('each stage with its time since the one before; what did not happen is left out', () => {
  expect(stageSteps({ t0: 1000, t1: 1040, t2: null, t4: 1100, t5: null })).toEqual([
    { name: 'issued by the source', at: 1000, afterMs: null },
    { name: 'received', at: 1040, afterMs: 40 },
    { name: 'sent to the charger', at: 1100, afterMs: 60 },
  ])
})

test('stamps of one moment keep the order in which things happen', () => {
  expect(stageSteps({ requestedAt: 5, askedAt: 5, pluggedAt: 5 }).map(({ name }) => name)).toEqual([
    'plugged in',
    'asked for',
    'the clock starts',
  ])
})
