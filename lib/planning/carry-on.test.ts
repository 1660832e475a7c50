import { expect, test } from 'vitest'
import { boardOf } from './board.ts'
import { isGoodStill, KEEP_TOLERANCE } from './carry-on.ts'
import { depot, van } from './depot-fixture.ts'
import { meritOf } from './merit.ts'
import { plan } from './plan.ts'
import { emptySchedule, setSteps } from './schedule.ts'
import { needScore } from './score.ts'

test('a plan goes on while it is as good as the one before, but a safe plan, which proves next to nothing, is no measure', () => {
  const input = depot(30, [van('a', '19:00', 10)], { slots: 24, policy: 'cheapest' })
  const isGood = (gapBefore: number, gapNow: number) => {
    const board = boardOf({ ...input, previous: { ...plan(input), gap: gapBefore } })
    const schedule = emptySchedule(board)
    for (let t = 0; t < 12; t += 1) setSteps(schedule, 0, t, 20)
    const merit = meritOf(board.input)
    const cost = needScore(schedule, merit)
    expect(cost).toBeGreaterThan(0)
    return isGoodStill(schedule, merit, { boundMicro: cost * (1 - gapNow) })
  }
  expect(isGood(0, 0.001), 'good').toBe(true)
  expect(isGood(0, 0.01)).toBe(false)
  expect(isGood(0.012, 0.01), 'as good as before').toBe(true)
  expect(isGood(0.2, KEEP_TOLERANCE * 0.9)).toBe(true)
  expect(isGood(0.2, 0.1)).toBe(false)
})
