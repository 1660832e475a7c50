// `npm run bench planner [-- <case> …]`: the planner on nights of real data (server/judge/instances.ts), CPU ms of one thread, beside HiGHS with
// the same information in the same run and the policies of server/judge/policies.ts. Every plan is judged by server/judge/check-plan.ts, which
// reads only the JSON. The last line is the result as JSON; a case is chosen by the beginning of its name.

import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import { checkPlan } from '../judge/check-plan.ts'
import { afterAnEvent } from '../judge/events.ts'
import { makeOracle } from '../judge/oracle.ts'
import { POLICY_WORDS, type Policy, planBy } from '../judge/policies.ts'
import { caltechDelivered } from './planner.caltech.ts'
import { at, type Case, caseOf, type Planned, rounded, timed, withHighs } from './planner.measure.ts'
import { anHourLater, type Night, night, nights, tightWithoutPauses } from './planner.suite.ts'
import { inThread } from './planner.thread.ts'

/** HiGHS on a thousand vehicles and 288 slots takes its time: one night of them, and no longer than this. */
const HIGHS_SECONDS = 75
const chosen = process.argv.slice(2)
const isChosen = (name: string) => chosen.length === 0 || chosen.some((start) => name.startsWith(start))
const oracle = await makeOracle()
const cases: Case[] = []
const seen: Planned[] = []

const told = (found: Case): void => {
  cases.push(found)
  console.table([found])
}
const laterOf = (all: Night[]): PlanningInput[] => all.map((each) => anHourLater(each, plan(each.input)))
const ours = (all: Night[]): Planned[] => all.map(({ input }) => timed(input, plan))
/** A gateway plans all day: nights that are measured nowhere come first, of each size that is asked for. */
const warmUp = (): void => {
  for (let i = 0; i < 6; i++) plan(night(i, { vehicles: 30, slots: 96 }).input)
  const isLarge = ['cold-1000x288', 'replan-1000x288', 'event-1000x288', 'first-answer-1000x288', 'never-pause-1000x288'].some(isChosen)
  for (let i = 101; i < 104; i++) {
    const other = night(i, isLarge ? { vehicles: 1000, slots: 288 } : { vehicles: 200, slots: 96 })
    plan(anHourLater(other, plan(other.input)))
  }
}

warmUp()

if (isChosen('cold-1000x288')) {
  const all = nights(count('LARGE', 6), () => ({ vehicles: 1000, slots: 288 }))
  const planned = ours(all)
  // HiGHS sees the first of them only
  const [first, ...others] = planned
  const measured = [withHighs(first!, oracle, HIGHS_SECONDS), ...others]
  if (measured[0]!.best?.status === 'timeout')
    console.error(`HiGHS was not done after ${HIGHS_SECONDS} s: its ratio is at least what is told`)
  seen.push(...measured)
  told(caseOf('cold-1000x288', measured))
}
if (isChosen('replan-1000x288')) {
  const all = nights(count('LARGE', 6), () => ({ vehicles: 1000, slots: 288 }))
  told(
    caseOf(
      'replan-1000x288',
      all.map((each) => timed(anHourLater(each, plan(each.input)), plan)),
    ),
  )
}
if (isChosen('event-1000x288')) {
  // what happens all day: the plan was followed, and one thing came otherwise than it was told
  const all = nights(count('LARGE', 6), () => ({ vehicles: 1000, slots: 288 }))
  told(
    caseOf(
      'event-1000x288',
      all.map((each, i) => timed(afterAnEvent(each.input, plan(each.input), i + 1), plan)),
    ),
  )
}
if (isChosen('first-answer-1000x288')) {
  // the safe plan of the moment, the last one trimmed and made up: by a thread of its own that answers nothing else, as a gateway's does
  const all = nights(count('LARGE', 6), () => ({ vehicles: 1000, slots: 288 }))
  const before = [101, 102, 103].map((i) => night(i, { vehicles: 1000, slots: 288 }))
  const [answered, planned] = await inThread(laterOf(before), laterOf(all))
  console.error(`first answers of a new thread, ms: ${answered.map((ms) => rounded(ms, 0)).join(', ')}`)
  told(caseOf('first-answer-1000x288', planned))
}
if (isChosen('cold-200x96')) {
  const planned = ours(nights(count('MIDDLE', 20), () => ({ vehicles: 200, slots: 96 })))
  const measured = planned.map((each, i) => (i < 4 ? withHighs(each, oracle, 20) : each))
  seen.push(...measured)
  told(caseOf('cold-200x96', measured))
}
if (isChosen('cold-small')) {
  const sizes = [14, 20, 30, 45, 60]
  const planned = ours(nights(count('SMALL', 40), (i) => ({ vehicles: sizes[i % 5]!, slots: i % 8 === 7 ? 288 : 96 })))
  const measured = planned.map((each) => withHighs(each, oracle, 20))
  seen.push(...measured)
  told(caseOf('cold-small', measured))
}
if (isChosen('every-wish')) {
  // welcome energy, vehicles that would not wake after a pause, priorities
  const all = nights(count('SMALL', 20), () => ({ vehicles: 40, slots: 96, welcome: 0.3, neverPause: 0.15, priorities: true }))
  told(
    caseOf(
      'every-wish',
      ours(all).map((each) => withHighs(each, oracle, 20)),
    ),
  )
}
if (isChosen('never-pause-1000x288')) {
  const all = tightWithoutPauses(count('LARGE', 3), { vehicles: 1000, slots: 288 })
  told(caseOf('never-pause-1000x288', ours(all)))
}
if (isChosen('flat')) {
  const planned = ours(nights(count('MIDDLE', 20), () => ({ vehicles: 200, slots: 96, tariff: 'flat' })))
  const found = caseOf('flat-200x96', planned)
  told(found)
  console.error(`flat tariff: p99 / p50 ${rounded(found.p99Ms / found.p50Ms, 1)} (5 promised)`)
}
if (isChosen('quantisation')) {
  // the same night with 6 A and whole amperes, and with neither
  const costs = Array.from({ length: count('SMALL', 12) }, (_, i) => {
    const size = { vehicles: 30, slots: 96, phases: 'one', levels: 3, tightness: undefined, gridSignal: false } as const
    const [real, fine] = [night(i, size).input, night(i, { ...size, fine: true }).input].map(
      (input) => checkPlan(input, plan(input)).costMicro,
    )
    return real! / fine! - 1
  })
  console.error(`6 A and 1 A steps cost ${percent(at(costs, 0.5))} in the median, ${percent(Math.max(...costs))} at most (0.1 % promised)`)
}
if (isChosen('chatter')) {
  // the same night with ports that hold any number of periods: what calm costs, where both serve all
  const costs = nights(count('SMALL', 20), (i) => ({ vehicles: [14, 20, 30, 45][i % 4]!, slots: 96 })).flatMap(({ input }) => {
    const any = { ...input, ports: input.ports.map((port) => ({ ...port, maxPeriods: input.slots })) }
    const [calm, free] = [input, any].map((each) => checkPlan(each, plan(each)))
    return [calm!, free!].some(({ vehicles }) => vehicles.some(({ missingWh }) => missingWh > 0))
      ? []
      : [calm!.costMicro / free!.costMicro - 1]
  })
  console.error(
    `few periods cost ${percent(at(costs, 0.5))} in the median, ${percent(costs.reduce((sum, each) => sum + each, 0) / costs.length)} in the mean, ${percent(Math.max(...costs))} at most, on ${costs.length} nights (0.05 % promised)`,
  )
}
if (isChosen('policies')) comparePolicies()
if (isChosen('caltech')) console.table(caltechDelivered())

if (seen.length > 0) {
  const charging = seen.flatMap(({ verdict }) => verdict.vehicles.filter(({ onBlocks }) => onBlocks > 0))
  const blocks = charging.map(({ onBlocks }) => onBlocks)
  const periods = charging.map((each) => each.periods)
  console.error(
    `chatter: on-blocks ${at(blocks, 0.5)} in the median, ${Math.max(...blocks)} at most; periods ${at(periods, 0.5)} in the median, ${Math.max(...periods)} at most`,
  )
}
console.table(cases)
console.log(JSON.stringify({ bench: 'planner', cases }))

/** Cost and missing energy of each policy beside ours and HiGHS, sums of some nights. */
function comparePolicies(): void {
  const all = nights(8, (i) => ({ vehicles: [14, 30, 60][i % 3]!, slots: 96, tightness: [1.3, 1.1][i % 2]! }))
  const row = (answers: (input: PlanningInput) => { costMicro: number; missingWh: number; over: boolean }) => {
    const each = all.map(({ input }) => answers(input))
    return {
      cost: rounded(each.reduce((sum, { costMicro }) => sum + costMicro, 0) / 1e6, 2),
      'missing kWh': rounded(each.reduce((sum, { missingWh }) => sum + missingWh, 0) / 1000, 1),
      'limits passed': each.filter(({ over }) => over).length,
    }
  }
  const judged = (answer: (input: PlanningInput) => Parameters<typeof checkPlan>[1]) =>
    row((input) => {
      const { costMicro, vehicles, violations } = checkPlan(input, answer(input))
      return {
        costMicro,
        missingWh: vehicles.reduce((sum, { missingWh }) => sum + missingWh, 0),
        over: violations.some(({ rule }) => rule.startsWith('limit')),
      }
    })
  const table: Record<string, ReturnType<typeof row>> = {}
  for (const policy of Object.keys(POLICY_WORDS) as Policy[]) table[POLICY_WORDS[policy]] = judged((input) => planBy(input, policy))
  table['ours, cheapest that still makes departure'] = judged(plan)
  table['HiGHS, the same information (no minimum, no steps)'] = row((input) => ({ ...oracle.best(input), over: false }))
  console.table(table)
}

/** `BENCH_LARGE=2` and so on: fewer or more nights of a size. */
function count(name: string, usual: number): number {
  return Number(process.env[`BENCH_${name}`] ?? usual)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`
}
