import { firstAnswer } from '#lib/planning/first-answer.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { checkPlan, negligibleWh, type Verdict } from './check-plan.ts'
import { mostDeliverableWh } from './max-flow.ts'
import type { Oracle } from './oracle.ts'
import { plannable, usableHours } from './question.ts'
import { randomDepot, smallest } from './random-depot.ts'

// What every plan of every depot must be, as judged without the planner: each property answers what is wrong, or nothing.

/** A depot, its plan and what `checkPlan` says of that. */
type Judged = { input: PlanningInput; answer: Plan; verdict: Verdict }
const judged = (input: PlanningInput): Judged => {
  const answer = plan(input)
  return { input, answer, verdict: checkPlan(input, answer) }
}

type Property = 'limits' | 'pauses' | 'pureEnergy' | 'energy' | 'bound' | 'cost' | 'pureCost' | 'same' | 'again' | 'firstAnswer'
type Failure = { property: Property; seed: number; says: string; input: PlanningInput }

/** No limit passed, nothing a charger cannot do, and the plan's own figures right. */
const limits = ({ verdict }: Judged): string | undefined => told(verdict, (rule) => rule !== 'mayPause')

/** A vehicle that would not wake after a pause has none. */
const pauses = ({ verdict }: Judged): string | undefined => told(verdict, (rule) => rule === 'mayPause')

const told = ({ violations }: Verdict, isMeant: (rule: string) => boolean): string | undefined => {
  const found = violations.filter(({ rule }) => isMeant(rule))
  if (found.length === 0) return undefined
  return found
    .slice(0, 3)
    .map(({ rule, at, slot, says }) => `${rule} ${at} ${slot ?? ''}: ${says}`)
    .join('; ')
}

/** On a pure network: exactly what a maximum flow delivers. */
const pureEnergy = ({ input, verdict: { vehicles: got } }: Judged): string | undefined => {
  const useful = input.needs.reduce((sum, { energyWh, efficiency }, i) => sum + Math.min(energyWh, got[i]!.deliveredWh) / efficiency, 0)
  const most = mostDeliverableWh(input)
  const fromBattery = input.needs.reduce((sum, { energyWh, efficiency }) => sum + negligibleWh(energyWh) / efficiency, 0)
  if (useful > most + 1 + input.needs.length) return `${useful} Wh at the ports, more than the flow's ${most}`
  return useful < most - 1 - fromBattery ? `${useful.toFixed(0)} Wh at the ports, ${most.toFixed(0)} are possible` : undefined
}

/** Elsewhere: no more missing, from the highest rank on, than the linear program misses and steps, minimum and periods explain. */
const energy = ({ input, verdict: { vehicles } }: Judged, oracle: Oracle): string | undefined => {
  const missing = vehicles.reduce(
    (sum, { missingWh, vehicle }) => (plannable(input).some(({ need }) => need.id === vehicle) ? sum + missingWh : sum),
    0,
  )
  const best = oracle.best(input)
  const wholeWh = plannable(input).reduce((sum, { need, port }) => {
    const longest = Math.max(0, ...usableHours(input, need))
    // a vehicle that may not pause, tapers or has few periods is not what the program knows
    return (
      sum + (need.mayPause && !need.taper && port.maxPeriods > 8 ? 2 * port.minW * longest + negligibleWh(need.energyWh) : need.energyWh)
    )
  }, 0)
  return missing > best.missingWh + wholeWh + 1
    ? `${missing.toFixed(0)} Wh missing, ${best.missingWh.toFixed(0)} at least, ${wholeWh.toFixed(0)} explained`
    : undefined
}

const portWhOf = ({ vehicles }: Verdict): Map<string, number> => new Map(vehicles.map(({ vehicle, portWh }) => [vehicle, portWh]))
const slackMicro = (micro: number): number => 5 + Math.abs(micro) * 2e-6

/**
 * The certificate: no plan that gives everybody as much costs less than its lower bound; nor one that serves the needs as far as can be,
 * where the plan misses a few watt-hours of them.
 */
const bound = ({ input, answer, verdict }: Judged, oracle: Oracle): string | undefined => {
  // a target makes the peak up to it a matter of course, which the program does not know
  if (input.prices.demand.some(({ targetW }) => targetW !== undefined)) return undefined
  // who is paid for taking energy saves by taking more than the plan gives: a bound for what it gives says nothing there
  if (input.prices.microPerKwh.some((price) => price < 0) && verdict.vehicles.some(({ missingWh }) => missingWh > 0)) return undefined
  const given = portWhOf(verdict)
  const least = oracle.leastCostMicro(input, given)
  if (least === undefined) return 'HiGHS finds no plan that gives as much'
  // plans are in whole watts: the program may save a part of one of each vehicle in each peak, and in each vehicle's slots
  const wholeWatts =
    input.prices.demand.reduce((sum, { microPerKw }) => sum + (microPerKw / 1000) * input.needs.length, 0) + wholeWattsMicro(input)
  if (answer.lowerBoundMicro <= least + slackMicro(least) + wholeWatts) return undefined
  const whole = Math.max(least, inFullMicro(input, given, oracle))
  return answer.lowerBoundMicro > whole + slackMicro(whole) + wholeWatts
    ? `bound ${answer.lowerBoundMicro}, HiGHS ${whole.toFixed(0)}`
    : undefined
}

/** Least cost where the needs are served as far as can be, with the welcome energy that was given. */
const inFullMicro = (input: PlanningInput, given: Map<string, number>, oracle: Oracle): number => {
  const welcome = new Map(
    input.needs.map(({ id, energyWh, efficiency }) => [id, Math.max(0, (given.get(id) ?? 0) - energyWh / efficiency)]),
  )
  return oracle.best(input, 600, welcome).costMicro
}

/** And the plan itself is not cheaper than the oracle either. */
const cost = ({ input, verdict }: Judged, oracle: Oracle): string | undefined => {
  const least = oracle.leastCostMicro(input, portWhOf(verdict))
  return least !== undefined && verdict.costMicro < least - slackMicro(least)
    ? `costs ${verdict.costMicro}, HiGHS ${least.toFixed(0)}`
    : undefined
}

/** On a pure network the plan is as cheap as the linear program's; a few watt-hours that it leaves out need not be paid back. */
const pureCost = ({ input, verdict }: Judged, oracle: Oracle): string | undefined => {
  const given = portWhOf(verdict)
  const least = oracle.leastCostMicro(input, given)
  // amounts of whole watts for whole slots: a watt a vehicle and slot, at the dearest
  const whole =
    (input.needs.length * input.slots * Math.max(...input.prices.microPerKwh.map(Math.abs))) / 1000 +
    input.prices.demand.length * input.needs.length * 15_000
  const isDear = (micro: number) => verdict.costMicro > micro * 1.001 + whole
  return least !== undefined && isDear(least) && isDear(inFullMicro(input, given, oracle))
    ? `costs ${verdict.costMicro}, HiGHS ${least.toFixed(0)}`
    : undefined
}

/** The same question has the same answer, also from its JSON. */
const same = ({ input, answer }: Judged): string | undefined =>
  JSON.stringify(plan(JSON.parse(JSON.stringify(input)) as PlanningInput)) === JSON.stringify(answer)
    ? undefined
    : 'another plan for the same input'

/** A plan that follows the last one, after a vehicle left, keeps every limit too. */
const again = ({ input, answer }: Judged): string | undefined => {
  const next = { ...input, needs: input.needs.slice(1), previous: answer }
  return told(checkPlan(next, plan(next)), () => true)
}

/** The safe plan of the moment passes nothing either, with a last plan and without one. */
const atOnce = ({ input, answer }: Judged): string | undefined => {
  const later = { ...input, needs: input.needs.slice(1), previous: answer }
  return told(checkPlan(input, firstAnswer(input)), () => true) ?? told(checkPlan(later, firstAnswer(later)), () => true)
}

/** A watt a vehicle and slot, at the dearest. */
const wholeWattsMicro = ({ needs, slots, slotMinutes, prices }: PlanningInput): number =>
  (needs.length * slots * (slotMinutes / 60) * Math.max(...prices.microPerKwh.map(Math.abs))) / 1000

/** Judges the depots of some seeds; those with an oracle are every `oracleEvery`th. Each failure comes with the smallest depot that shows it. */
export const judgeSeeds = (
  { from, until, oracleEvery }: { from: number; until: number; oracleEvery: number },
  oracle: Oracle,
): { judged: number; pure: number; charged: number; withOracle: number; failures: Failure[] } => {
  const sum = { judged: 0, pure: 0, charged: 0, withOracle: 0, failures: [] as Failure[] }
  for (let seed = from; seed < until; seed++) {
    const { input, pure } = randomDepot(seed)
    const depot = judged(input)
    sum.judged += 1
    if (pure) sum.pure += 1
    if (depot.verdict.vehicles.some(({ portWh }) => portWh > 0)) sum.charged += 1
    const asks: [Property, (each: Judged) => string | undefined][] = [
      ['limits', limits],
      ['pauses', pauses],
    ]
    if (pure) asks.push(['pureEnergy', pureEnergy])
    if (seed % 5 === 0) asks.push(['same', same], ['again', again], ['firstAnswer', atOnce])
    if (seed % oracleEvery === 0) {
      sum.withOracle += 1
      asks.push(
        ['energy', (each) => energy(each, oracle)],
        ['bound', (each) => bound(each, oracle)],
        ['cost', (each) => cost(each, oracle)],
      )
      // what is kept for one port is a way past the tree: no pure network
      if (pure && !input.ports.some(({ reservedW }) => reservedW.length > 0)) asks.push(['pureCost', (each) => pureCost(each, oracle)])
    }
    for (const [property, ask] of asks) {
      const says = ask(depot)
      if (says === undefined) continue
      const small = smallest(input, (each) => ask(judged(each)) !== undefined)
      sum.failures.push({ property, seed, says: ask(judged(small)) ?? says, input: small })
    }
  }
  return sum
}
