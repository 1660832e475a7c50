import type { Milliamps, Phase, Watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, mapCurve, sameCurve, sumOf } from './curve.ts'
import { type FactNode, pathsIn, ZERO } from './depot-facts.ts'
import type { EnvelopeNode } from './envelope.ts'
import type { NodeId } from './input.ts'
import { conductorsOf, PHASES, partsOn, toNeutral } from './phase-parts.ts'
import type { PortHolding } from './port-holding.ts'

// What each phase of a node carries, for the envelope and for the planner (decision 014).

/** Base loads at a node and below it: that of a panel passes the service connection as well. */
export const loadsOf = (nodes: FactNode[]): ((id: NodeId) => FactNode[]) => {
  const pathTo = pathsIn(nodes)
  const loads = nodes.filter(({ baseLoad, unevenMa }) => baseLoad !== ZERO || unevenMa).map((node) => ({ node, path: pathTo(node.id) }))
  return (id) => loads.filter(({ path }) => path.includes(id)).map(({ node }) => node)
}

/** Limit and base load of each phase of a node, as current × line-to-neutral voltage, W. */
export const phasesOf = ({ volts, wiring }: FactNode, limitMa: Milliamps, loads: FactNode[]): NonNullable<EnvelopeNode['phases']> => {
  const each = (phase: Phase) => ({
    limit: constantCurve(((limitMa / 1000) * toNeutral(volts, wiring)) as Watts),
    baseLoad: sumOf(loads.map((load) => loadOnPhase(load, phase))),
  })
  return { l1: each('l1'), l2: each('l2'), l3: each('l3') }
}

const loadOnPhase = (node: FactNode, phase: Phase): Curve => mapCurve(node.baseLoad, (w) => onPhaseW(node, phase, w))

/** The base load of a node on a phase: even over the phases it has, and what its meter told above that. Where it has not all three, on any. */
const onPhaseW = ({ unevenMa, volts, wiring, phases = 3 }: FactNode, phase: Phase, loadW: Watts): Watts => {
  const part = partsOn(undefined, conductorsOf({ wiring, phases }))[phase]
  return (loadW * part + ((unevenMa?.[phase] ?? 0) / 1000) * toNeutral(volts, wiring)) as Watts
}

/** Three even thirds of everything: what keeps the power keeps the phases. */
export const isImplied = ({ limit, baseLoad }: EnvelopeNode, phases: NonNullable<EnvelopeNode['phases']>, under: PortHolding[]): boolean =>
  under.every(({ parts, sent, extraW }) => parts?.l1 === EVEN && parts.l2 === EVEN && extraW === 0 && sent.every((each) => !each.parts)) &&
  PHASES.every((phase) => {
    const { limit: most, baseLoad: load } = phases[phase]
    return (
      most.beforeW + 1 >= highestEver(limit) / 3 &&
      sameCurve(
        load,
        mapCurve(baseLoad, (w) => (w * EVEN) as Watts),
      )
    )
  })
const EVEN = partsOn(undefined, 3).l1
const highestEver = ({ beforeW, steps }: Curve): number => Math.max(beforeW, ...steps.map(({ limitW }) => limitW))

/** Loads at and below a node in one slot. */
export type SlotLoad = { load: FactNode; loadW: Watts }

/** What the planner may put on each phase in a slot; it takes base load for balanced by itself. */
export const phasesInSlot = ({ volts, wiring }: FactNode, limitMa: Milliamps, loads: SlotLoad[]): Record<Phase, Milliamps> => {
  const perLine = toNeutral(volts, wiring)
  const balancedMa = loads.reduce((sum, { loadW }) => sum + Math.ceil((loadW * 1000) / (3 * perLine)), 0)
  const left = (phase: Phase) => {
    const loadedW = loads.reduce((sum, { load, loadW }) => sum + onPhaseW(load, phase, loadW), 0)
    return Math.max(0, limitMa - Math.ceil((loadedW * 1000) / perLine) + balancedMa) as Milliamps
  }
  return { l1: left('l1'), l2: left('l2'), l3: left('l3') }
}

/** The same as power, for ports whose lines nobody told: each counts on every phase with `mostPart` of its power. */
export const powerInSlot = ({ volts, wiring }: FactNode, limitMa: Milliamps, loads: SlotLoad[], mostPart: number): Watts => {
  const perPhase = PHASES.map(
    (phase) => (limitMa / 1000) * toNeutral(volts, wiring) - loads.reduce((sum, { load, loadW }) => sum + onPhaseW(load, phase, loadW), 0),
  )
  const baseW = loads.reduce((sum, { loadW }) => sum + loadW, 0)
  return Math.floor(baseW + Math.max(0, ...[Math.min(...perPhase)]) / mostPart) as Watts
}
