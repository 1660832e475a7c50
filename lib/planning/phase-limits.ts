import type { Milliamps, Phase, Watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, mapCurve, minus, sumOf } from './curve.ts'
import { type FactNode, pathsIn, ZERO } from './depot-facts.ts'
import { type EnvelopeNode, ROUNDING_MA } from './envelope.ts'
import type { NodeId } from './input.ts'
import { ANYWHERE, mostPart, PHASES, type PhaseParts, partsOn } from './phase-parts.ts'
import type { PortHolding } from './port-holding.ts'

// What each phase of a node carries, for the envelope and for the planner (decision 014).

/** Base loads at a node and below it: that of a panel passes the service connection as well. */
export const loadsOf = (nodes: FactNode[]): ((id: NodeId) => FactNode[]) => {
  const pathTo = pathsIn(nodes)
  const loads = nodes.filter(({ baseLoad, unevenMa }) => baseLoad !== ZERO || unevenMa).map((node) => ({ node, path: pathTo(node.id) }))
  return (id) => loads.filter(({ path }) => path.includes(id)).map(({ node }) => node)
}

/** Limit and base load of each phase of a node, mA. */
export const phasesOf = ({ volts, wiring }: FactNode, limitMa: Milliamps, loads: FactNode[]): NonNullable<EnvelopeNode['phases']> => {
  const each = (phase: Phase) => ({
    limit: inMa(constantCurve(0 as Watts), () => limitMa),
    baseLoad: sumOf(loads.map((load) => inMa(load.baseLoad, (w) => loadMa(load, phase, w)))),
  })
  return { toNeutralV: wiring === 'L-N' ? volts : volts / Math.sqrt(3), l1: each('l1'), l2: each('l2'), l3: each('l3') }
}

// the curves of a phase are in mA, those of power in W; both are the same steps in time
const inMa = (curve: Curve, of: (w: Watts) => number): Curve => mapCurve(curve, (w) => of(w) as Watts)

/** The base load of a node on a phase, mA: even over the phases it has, and what its meter told above that. Where it has not all three, on any. */
const loadMa = ({ unevenMa, volts, wiring, phases = 3 }: FactNode, phase: Phase, loadW: number): number =>
  Math.ceil(loadW * partsOn(undefined, { volts, wiring, phases })[phase] - 1e-6) + (unevenMa?.[phase] ?? 0)

/** Nothing on the ports that keeps the power could pass the amperes of a phase: then those need no look. `used`: as vehicles charge there now. */
export const isImplied = (
  { limit, baseLoad }: EnvelopeNode,
  phases: NonNullable<EnvelopeNode['phases']>,
  { under, used }: { under: PortHolding[]; used: PhaseParts[] },
): boolean =>
  PHASES.every((phase) => {
    const parts = under.flatMap(({ parts = ANYWHERE, sent, extraW }) => [
      parts[phase],
      ...(extraW > 0 ? [mostPart(parts, phase)] : []),
      ...sent.map((each) => (each.parts ?? parts)[phase]),
    ])
    const highest = Math.max(0, ...parts, ...used.map((each) => each[phase]))
    const most = sumOf([inMa(minus(limit, baseLoad), (w) => Math.max(0, w) * highest), phases[phase].baseLoad])
    return Math.max(most.beforeW, ...most.steps.map(({ limitW }) => limitW)) <= phases[phase].limit.beforeW + ROUNDING_MA
  })

/** Loads at and below a node in one slot. */
export type SlotLoad = { load: FactNode; loadW: Watts }

/** What the planner may put on each phase in a slot; it takes base load for balanced by itself. */
export const phasesInSlot = ({ volts, wiring }: FactNode, limitMa: Milliamps, loads: SlotLoad[]): Record<Phase, Milliamps> => {
  const balanced = partsOn(undefined, { volts, wiring, phases: 3 }).l1
  const balancedMa = loads.reduce((sum, { loadW }) => sum + Math.ceil(loadW * balanced), 0)
  const left = (phase: Phase) => Math.max(0, Math.floor(limitMa - onPhase(loads, phase)) + balancedMa) as Milliamps
  return { l1: left('l1'), l2: left('l2'), l3: left('l3') }
}

const onPhase = (loads: SlotLoad[], phase: Phase): number => loads.reduce((sum, { load, loadW }) => sum + loadMa(load, phase, loadW), 0)

/** The same as power, for ports whose lines nobody told: each counts on every phase, with `highest` mA per W at most. */
export const powerInSlot = (limitMa: Milliamps, loads: SlotLoad[], highest: number): Watts => {
  const baseW = loads.reduce((sum, { loadW }) => sum + loadW, 0)
  const leftMa = Math.min(...PHASES.map((phase) => limitMa - onPhase(loads, phase)))
  return Math.floor(baseW + Math.max(0, leftMa) / highest) as Watts
}
