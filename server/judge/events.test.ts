import { expect, test } from 'vitest'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { checkPlan } from './check-plan.ts'
import { afterAnEvent } from './events.ts'
import { nightOf } from './instances.ts'
import type { TariffId } from './real-data.ts'

const TARIFFS: (TariffId | 'flat')[] = ['tou-ev-4-winter', 'day-ahead-eth', 'gs-2-tou-b-august', 'flat']
const night = (i: number): PlanningInput =>
  nightOf({
    seed: 4_000 + i,
    vehicles: 330,
    slots: 96,
    tariff: TARIFFS[i % 4]!,
    phases: (['one', 'mixed208', 'one', 'mixed230'] as const)[i % 4]!,
    ...(i % 2 === 0 ? {} : { tightness: [1.15, 1][i >> 1]! }),
    levels: 3,
    baseLoad: i % 3 !== 2,
    gridSignal: i % 4 === 1,
    peakSoFar: [0, 0.9, 0.5][i % 3]!,
    welcome: 0,
    neverPause: i === 2 ? 0.02 : 0,
    priorities: i % 4 === 2,
  })

/** Vehicles that a plan gives something else, slot by slot, than the one before. */
const moved = (before: Plan, after: Plan): number => {
  const passed = Math.round((after.from - before.from) / (after.slotMinutes * 60_000))
  const was = new Map(before.allocations.map(({ vehicle, powerW }) => [vehicle, powerW.slice(passed)]))
  return after.allocations.filter(({ vehicle, powerW }) => was.get(vehicle)?.some((w, t) => w !== powerW[t])).length
}

test('after an event in a large depot the plan goes on for nearly all, keeps every limit, and misses no more than one that is made anew', () => {
  let few = 0
  let events = 0
  for (let i = 0; i < 3; i += 1) {
    let before = night(i)
    let last = plan(before)
    // one event after the other: nothing creeps
    for (let k = 0; k < 2; k += 1) {
      const input = afterAnEvent(before, last, i * 100 + k)
      const [warm, cold] = [plan(input), plan({ ...input, previous: undefined })]
      const [ours, anew] = [warm, cold].map((each) => checkPlan(input, each))
      const says = `night ${i}, event ${k}`
      expect(ours!.violations, says).toEqual([])
      const missing = ({ vehicles }: typeof ours & object) => vehicles.reduce((sum, { missingWh }) => sum + missingWh, 0)
      const all = input.needs.reduce((sum, { energyWh }) => sum + energyWh, 0)
      expect(missing(ours!), says).toBeLessThanOrEqual(missing(anew!) + all / 1000)
      expect(warm.lowerBoundMicro, says).toBeLessThanOrEqual(cold.costMicro)
      expect(JSON.stringify(plan(JSON.parse(JSON.stringify(input)) as PlanningInput)), says).toBe(JSON.stringify(warm))
      events += 1
      if (moved(last, warm) < input.needs.length / 3) few += 1
      ;[before, last] = [input, warm]
    }
  }
  expect(few / events).toBeGreaterThanOrEqual(0.5)
}, 120_000)
