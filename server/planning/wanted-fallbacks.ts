import type { DepotFacts, FactPort } from '#lib/planning/depot-facts.ts'
import { chooseFallbacks, type Fallbacks } from '#lib/planning/fallback.ts'
import type { Watts } from '#lib/units/units.ts'

/** Fallbacks for a depot's tree, or why it has none. The share of firm capacity is the depot's, in parts per thousand. */
export const fallbacksOf = ({ nodes, ports }: Pick<DepotFacts, 'nodes' | 'ports'>, permille: number): Fallbacks =>
  chooseFallbacks(
    nodes.map(({ id, parent, limitW, baseLoad }) => ({
      id,
      ...(parent === undefined ? {} : { parent }),
      ...(limitW === undefined ? {} : { firmW: limitW }),
      // the highest that is foreseen: an hour more or less of base load does not change what chargers store
      baseLoadW: baseLoad.beforeW,
    })),
    ports.map(({ id, node, points, refusesZero }) => ({ id, node, minW: points.minW, refusesZero, priority: 0 })),
    permille / 1000,
  )

/** The ports with the fallback each should hold. In a refused tree only those that take no 0 have one, and the envelope holds the rest. */
export const wantedFallbacks = (facts: DepotFacts, permille: number): FactPort[] => {
  const chosen = fallbacksOf(facts, permille)
  return facts.ports.map((port) => ({
    ...port,
    wantedFallbackW: chosen.kind === 'chosen' ? chosen.fallbackW[port.id]! : port.refusesZero ? port.points.minW : (0 as Watts),
  }))
}

/** The sentence for a tree that cannot be kept under its caps, or undefined. */
export const treeRefusal = (facts: DepotFacts, permille: number): string | undefined => {
  const chosen = fallbacksOf(facts, permille)
  if (chosen.kind === 'chosen') return undefined
  const name = facts.nodes.find(({ id }) => id === chosen.node)?.name ?? chosen.node
  return `${name} ${chosen.reason}: the least power of its chargers is ${(chosen.overW / 1000).toFixed(1)} kW more than it carries.`
}
