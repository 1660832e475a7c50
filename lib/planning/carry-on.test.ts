import { expect, test } from 'vitest'
import { boardOf, WH } from './board.ts'
import { isAllThere, isGoodStill, KEEP_TOLERANCE } from './carry-on.ts'
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

test('a plan does not go on where more vehicles are late for the same energy than in the best one, unless they were so before', () => {
  const input = depot(30, [van('a', '19:00', 10), van('b', '19:00', 10)], { slots: 24, policy: 'cheapest' })
  const goesOn = (before: string[]) => {
    const answer = plan(input)
    const [told] = plan({ ...input, needs: [van('a', '17:10', 10)] }).shortfalls
    const previous = { ...answer, shortfalls: before.map((vehicle) => ({ ...told!, vehicle })) }
    const board = boardOf({ ...input, previous })
    const schedule = emptySchedule(board)
    // an hour of half the power each
    for (const v of [0, 1]) for (let t = 0; t < 12; t += 1) setSteps(schedule, v, t, 21)
    return isAllThere(schedule, Float64Array.from([10_000 * WH, 80 * WH]))
  }
  expect(goesOn([])).toBe(false)
  expect(goesOn(['a'])).toBe(false)
  expect(goesOn(['a', 'b'])).toBe(true)
})
