import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { checkPlan, type Verdict } from '../judge/check-plan.ts'
import { mostDeliverableWh } from '../judge/max-flow.ts'
import type { Optimum, Oracle } from '../judge/oracle.ts'
import { readyToo } from './planner.ready.ts'

export type Planned = {
  input: PlanningInput
  plan: Plan
  tookMs: number
  verdict: Verdict
  /** HiGHS: the same information, and the least cost of what this plan gives everybody. */
  best?: Optimum
  leastMicro?: number
}
export type Case = {
  name: string
  p50Ms: number
  p99Ms: number
  gapMax: number
  speedRatioToHighs: number | null
  violations: number
  avoidableMisses: number
  onBlocksMedian: number
  periodsMax: number
  /** Beside what was promised: HiGHS's own cost as the measure, worst and mean. */
  gapToHighsMax: number | null
  gapMean: number
  /** Vehicles late, avoidable or not; what is missing beyond the bound of what is possible, as a part of all needs, worst night. */
  late: number
  missingBeyondMax: number
  nights: number
}

/** One plan of an input that nothing has seen before, CPU ms of this thread. */
export const timed = (given: PlanningInput, planner: (input: PlanningInput) => Plan): Planned => {
  const input = JSON.parse(JSON.stringify(given)) as PlanningInput
  const before = process.threadCpuUsage()
  const plan = planner(input)
  const { user, system } = process.threadCpuUsage(before)
  return { input, plan, tookMs: (user + system) / 1000, verdict: checkPlan(input, plan) }
}

export const withHighs = (planned: Planned, oracle: Oracle, limitSeconds: number): Planned => {
  const best = oracle.best(planned.input, limitSeconds)
  const portWh = new Map(planned.verdict.vehicles.map(({ vehicle, portWh: wh }) => [vehicle, wh]))
  const leastMicro = best.status === 'timeout' ? undefined : oracle.leastCostMicro(planned.input, portWh)
  return { ...planned, best, ...(leastMicro === undefined ? {} : { leastMicro }) }
}

export const at = (values: number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** What is missing beyond what HiGHS (or, without it, a maximum flow, which knows neither lines nor steps) cannot avoid, as a part of all needs. */
const missingBeyond = ({ input, verdict, best }: Planned): number => {
  const missing = verdict.vehicles.reduce((sum, { missingWh }) => sum + missingWh, 0)
  if (missing === 0) return 0
  const wanted = input.needs.reduce((sum, { energyWh }) => sum + energyWh, 0)
  const least = best?.status === 'optimal' ? best.missingWh : Math.max(0, wanted - mostDeliverableWh(input) * input.needs[0]!.efficiency)
  return Math.max(0, missing - least) / wanted
}

/** Words for the first of what is wrong. */
const tellWrong = (name: string, all: Planned[]): void => {
  const found = all.flatMap(({ verdict }, i) =>
    verdict.violations.map(({ rule, at: where, slot, says }) => `${name}, night ${i}: ${rule} ${where} ${slot ?? ''}: ${says}`),
  )
  for (const each of found.slice(0, 5)) console.error(each)
  for (const [i, each] of all.entries())
    if (isAboveHighs(each)) console.error(`${name}, night ${i}: bound ${each.plan.lowerBoundMicro}, HiGHS ${each.leastMicro}`)
}

export const caseOf = (name: string, all: Planned[]): Case => {
  const tookMs = all.map((each) => each.tookMs)
  tellWrong(name, all)
  const gaps = all.map(({ plan }) => plan.gap)
  const toHighs = all.flatMap(({ verdict, leastMicro }) => (leastMicro ? [(verdict.costMicro - leastMicro) / Math.abs(leastMicro)] : []))
  const ratios = all.flatMap(({ best, tookMs: ours }) => (best ? [best.tookMs / Math.max(0.01, ours)] : []))
  const charging = all.flatMap(({ verdict }) => verdict.vehicles.filter(({ onBlocks }) => onBlocks > 0))
  return {
    name,
    nights: all.length,
    p50Ms: rounded(at(tookMs, 0.5), 2),
    p99Ms: rounded(at(tookMs, 0.99), 2),
    gapMax: rounded(Math.max(...gaps), 6),
    gapMean: rounded(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length, 6),
    gapToHighsMax: toHighs.length > 0 ? rounded(Math.max(...toHighs), 6) : null,
    speedRatioToHighs: ratios.length > 0 ? rounded(at(ratios, 0.5), 1) : null,
    violations: all.reduce((sum, { verdict }) => sum + verdict.violations.length, 0) + all.filter(isAboveHighs).length,
    avoidableMisses: all.reduce((sum, { input, plan, verdict }) => sum + readyToo(input, plan, verdict), 0),
    late: all.reduce((sum, { verdict }) => sum + verdict.vehicles.filter(({ missingWh }) => missingWh > 0).length, 0),
    missingBeyondMax: rounded(Math.max(...all.map(missingBeyond)), 6),
    onBlocksMedian: at(
      charging.map(({ onBlocks }) => onBlocks),
      0.5,
    ),
    periodsMax: Math.max(0, ...charging.map(({ periods }) => periods)),
  }
}

/** A certificate that HiGHS disproves is a violation too. */
const isAboveHighs = ({ plan, leastMicro, best }: Planned): boolean => {
  if (leastMicro === undefined || best === undefined) return false
  const highs = Math.max(leastMicro, best.costMicro)
  return plan.lowerBoundMicro > highs + 5 + Math.abs(highs) * 2e-6
}

export const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
