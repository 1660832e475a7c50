import { hours, minutes, plus } from '#lib/time/instant.ts'
import { makeOracle, type Oracle } from '../judge/oracle.ts'
import type { Phase, Question } from '../judge/question.ts'
import {
  CAPS,
  type Days,
  EFFICIENCY,
  FROM,
  linesOf,
  type NodeName,
  nightOf,
  PHASE_A,
  PORT_W,
  panelOf,
  type Stay,
  VANS,
  VOLTS,
} from './days-world.ts'

/** What became of a stay: energy in the battery when it came and when it left, Wh. */
export type Outcome = { stay: Stay; cameWh: number; leftWh: number }
/** What each port really gave in each quarter hour since the beginning, Wh. */
export type Flowed = { portWh: number[][]; buildingWh: number[] }
/** Quarters in which a port could not be steered. */
export type OutOfHand = (van: number, quarter: number) => boolean
/**
 * While a fault lasts, and until its charger is steered again. One that was stopped for not obeying is out of use until its van leaves, and nobody
 * could know so and charge that van before.
 */
export function outOfHand({ faults, stays }: Days): OutOfHand {
  const spans = faults.flatMap(({ kind, van, from, until }) => {
    if (kind === 'meterLost' || kind === 'baseJumps' || kind === 'losesMessages') return []
    const stay = stays.find((each) => each.van === van && each.arrives <= until && each.departs > from)
    const whole = kind === 'disobeys' ? stay : undefined
    return [{ van, first: quarterAt(whole?.arrives ?? from), last: quarterAt(whole?.departs ?? plus(until, minutes(10))) }]
  })
  return (van, quarter) => spans.some((span) => span.van === van && quarter >= span.first && quarter <= span.last)
}

/** A night with somebody late: what was missing, and what a linear program that knew everything would have missed. */
export type LateNight = { night: number; late: Outcome[]; missingWh: number; unavoidableWh: number }

const QUARTER = minutes(15)
const QUARTERS = hours(24) / QUARTER
const quarterAt = (at: number) => Math.floor((at - FROM) / QUARTER)
/** The state of charge is told in whole percent, and the last minutes are those of the departure. */
export const TOLD_WH = 1_000

/** Was anybody late who need not have been? Each night as one question, asked when it is over, under the rules that the envelope has to keep. */
export async function judgeNights(
  { serviceW, foreseenW }: Days,
  outcomes: Outcome[],
  flowed: Flowed,
  isOut: OutOfHand,
): Promise<LateNight[]> {
  const oracle = await makeOracle()
  const nights = Map.groupBy(outcomes, ({ stay }) => nightOf(stay.departs))
  return [...nights].flatMap(([night, all]) => {
    const late = all.filter(({ stay, leftWh }) => leftWh < stay.mustWh - TOLD_WH)
    if (late.length === 0) return []
    const missingWh = all.reduce((sum, { stay, leftWh }) => sum + Math.max(0, stay.mustWh - leftWh), 0)
    return [
      { night, late, missingWh, unavoidableWh: leastMissingWh(oracle, questionOf(night, all, flowed, { serviceW, foreseenW, isOut })) },
    ]
  })
}

function leastMissingWh(oracle: Oracle, q: Question): number {
  const { status, missingWh } = oracle.best(q)
  if (status !== 'optimal') throw new Error('the linear program of a night was not solved in time')
  return missingWh
}

/** Where a port was out of hand, what it gave is taken as given; everywhere else anything could have been done. */
function questionOf(
  night: number,
  outcomes: Outcome[],
  { portWh, buildingWh }: Flowed,
  { serviceW, foreseenW, isOut }: Pick<Days, 'serviceW' | 'foreseenW'> & { isOut: OutOfHand },
): Question {
  const first = night * QUARTERS
  const slots = Array.from({ length: QUARTERS }, (_, t) => first + t)
  const at = (quarter: number) => plus(FROM, quarter * QUARTER)
  const given = (van: number) => slots.reduce((sum, quarter) => sum + (isOut(van, quarter) ? portWh[van - 1]![quarter]! : 0), 0)
  const panel = (id: NodeName, vans: number[]) => ({
    id,
    parent: 'service',
    limitW: slots.map(() => CAPS[id]),
    baseLoadW: slots.map((quarter) => vans.reduce((sum, van) => sum + (isOut(van, quarter) ? portWh[van - 1]![quarter]! * 4 : 0), 0)),
    ...(id === 'panel-a' ? { limitMa: { l1: onPhase('l1'), l2: onPhase('l2'), l3: onPhase('l3') } } : {}),
    volts: VOLTS,
    wiring: 'L-L' as const,
  })
  // what was given out of hand is base load here, and that counts as even over the phases
  const evenMa = (w: number) => (w * 1000) / (VOLTS * Math.sqrt(3))
  const onPhase = (phase: Phase) =>
    slots.map((quarter) => {
      const outW = vans
        .filter((van) => panelOf(van) === 'panel-a' && isOut(van, quarter))
        .map((van) => ({ van, w: portWh[van - 1]![quarter]! * 4 }))
      const mine = outW.reduce((sum, { van, w }) => sum + (linesOf(van)!.includes(phase) ? (w * 1000) / VOLTS : 0), 0)
      return Math.max(0, PHASE_A * 1000 - mine + evenMa(outW.reduce((sum, { w }) => sum + w, 0)))
    })
  const vans = Array.from({ length: VANS }, (_, i) => i + 1)
  return {
    now: at(first),
    slotMinutes: 15,
    slots: QUARTERS,
    nodes: [
      {
        id: 'service',
        limitW: slots.map((quarter) => Math.min(serviceW(at(quarter)), serviceW(plus(at(quarter + 1), -1)))),
        // the envelope must keep the most that was foreseen of the building, whatever it took
        baseLoadW: slots.map((quarter) => Math.max(foreseenW(at(quarter)), (buildingWh[quarter] ?? 0) * 4)),
        volts: VOLTS,
        wiring: 'L-L',
      },
      ...(['panel-a', 'panel-b'] as const).map((id) =>
        panel(
          id,
          vans.filter((van) => panelOf(van) === id),
        ),
      ),
      ...vans.map((van) => ({
        id: `charger-${van}`,
        parent: panelOf(van),
        limitW: slots.map((quarter) => (isOut(van, quarter) ? 0 : PORT_W)),
        volts: VOLTS,
        wiring: 'L-L' as const,
      })),
    ],
    ports: vans.map((van) => ({
      id: `port-${van}`,
      node: `charger-${van}`,
      maxW: PORT_W,
      minW: 1_440,
      stepMa: 1_000,
      phases: linesOf(van) ?? ['l1', 'l2'],
      maxPeriods: 20,
      reservedW: [],
    })),
    needs: outcomes.map(({ stay, cameWh }) => ({
      id: `van-${stay.van}`,
      port: `port-${stay.van}`,
      arrives: stay.arrives,
      departs: stay.departs,
      energyWh: Math.max(0, stay.mustWh - cameWh - given(stay.van) * EFFICIENCY),
      maxW: PORT_W,
      phases: 1,
      efficiency: EFFICIENCY,
      priority: 0,
      mayPause: true,
    })),
    prices: { microPerKwh: slots.map(() => 0), demand: [] },
    policy: 'cheapest',
  }
}
