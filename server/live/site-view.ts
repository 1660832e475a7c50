import { notFound } from '#lib/api/problem.ts'
import type { SiteView, TreeNode } from '#lib/api/site.ts'
import { pathsIn } from '#lib/planning/depot-facts.ts'
import { firmLimitW, phaseLimitMa, ratingOf } from '#lib/planning/firm-limit.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { type TreeLoad, treeOrder, treeSums } from '#lib/planning/site-tree.ts'
import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import type { Wiring } from '#lib/units/units.ts'
import { checkTree } from '#server/planning/tree-check.ts'
import { latestPlan } from '#server/store/plan.ts'
import { type BaseLoadRow, readBaseLoad, readSite, type Site, type SiteNodeRow } from '#server/store/site.ts'
import { depotPortRows } from '#server/store/view.ts'
import { heldNow, portView } from './port-view.ts'
import { type Seeing, surroundings, theDepot } from './views.ts'

/** The tree of the depot with limits, use now and what holds the plan. @throws Problem `not-found` */
export async function siteView(ctx: Seeing, depotId: string): Promise<SiteView> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const db = ctx.db.prisma
  const [site, rows, around, latest, base, tree] = await Promise.all([
    readSite(db, depotId),
    depotPortRows(ctx.db, depotId, now),
    surroundings(ctx, depot),
    latestPlan(db, depotId),
    readBaseLoad(db, depotId, plus(now, -hours(24)), plus(now, 1)),
    checkTree(db, depotId, now),
  ])
  if (!site) throw notFound('depot', depotId)
  const running = base.filter((row) => row.startsAt <= now && row.startsAt + minutes(row.minutes) > now)
  const nodeOf = new Map(site.chargers.map(({ id, nodeId }) => [id, nodeId]))
  const planned = plannedNow(latest?.plan, now)
  const loads: TreeLoad[] = [
    ...running.map((row) => ({ ...NOTHING, nodeId: row.nodeId, baseW: row.measuredW ?? row.forecastW ?? 0 })),
    ...rows.map((row) => {
      const powerW = portView(row, around, now).powerW ?? 0
      const held = heldNow(row, now)
      const load = { vehiclesW: powerW, heldW: held, plannedW: planned.get(row.id) ?? 0, charging: powerW > 0 && row.sessionId ? 1 : 0 }
      return { ...NOTHING, ...load, nodeId: nodeOf.get(row.chargerId) ?? '' }
    }),
  ]
  const sums = treeSums(site.nodes, loads)
  const names = new Map(site.nodes.map(({ id, name }) => [id, name]))
  const binding = latest ? bindingFrom(latest.plan, now) : new Map<string, Instant>()
  return {
    nodes: treeOrder(site.nodes).map(({ node, depth }): TreeNode => {
      const { plannedW, ...sum } = sums.get(node.id)!
      const from = binding.get(node.id) ?? null
      return {
        ...described(node),
        parentId: node.parentId !== null && names.has(node.parentId) ? node.parentId : null,
        depth,
        ...sum,
        baseIsForecast: forecast(running, site.nodes, node.id),
        plannedW: latest ? plannedW : null,
        bindingFrom: from,
        bindingNow: from !== null && from <= now,
        phases: node.phases,
        phaseMa: phaseLimitMa(ratingOf(node)) ?? null,
        linesMissing: withoutLines(site, node.id),
        lockedOutBy: node.lockedOutAt === undefined ? null : node.lockedOutBy,
        chargers: site.chargers.filter(({ nodeId }) => nodeId === node.id).map(({ id, name, maxW }) => ({ id, name, maxW })),
      }
    }),
    madeAt: latest?.madeAt ?? null,
    refusal: tree.refusal,
  }
}

const NOTHING = { baseW: 0, vehiclesW: 0, heldW: 0, plannedW: 0, charging: 0 }

const described = (node: SiteNodeRow) => ({
  id: node.id,
  kind: node.kind as TreeNode['kind'],
  name: node.name,
  breakerMa: node.breakerMa,
  continuousIncluded: node.limitIncludesContinuous,
  contractW: node.limitW,
  volts: node.volts,
  wiring: node.wiring as Wiring,
  phaseLimitMa: node.phaseLimitMa,
  firmW: firmLimitW(ratingOf(node)) ?? null,
  lockedOutAt: node.lockedOutAt ?? null,
})

const slotOf = (plan: Plan, now: Instant): number => Math.floor((now - plan.from) / minutes(plan.slotMinutes))

/** What the plan in force gives each port in this slot, W. */
const plannedNow = (plan: Plan | undefined, now: Instant): Map<string, number> =>
  new Map(plan?.allocations.map(({ port, powerW }) => [port, powerW[Math.max(0, slotOf(plan, now))] ?? 0]))

/** From when on the plan is full at a node, of this slot and those ahead. */
const bindingFrom = (plan: Plan, now: Instant): Map<string, Instant> => {
  const current = slotOf(plan, now)
  const ahead = plan.binding.filter(({ slot }) => slot >= current).sort((a, b) => b.slot - a.slot)
  return new Map(ahead.map(({ node, slot }) => [node, plus(plan.from, slot * minutes(plan.slotMinutes))]))
}

/** Ports below a node of which nobody told the lines, so that its phases cannot be kept. */
const withoutLines = ({ nodes, chargers, ports }: Site, nodeId: string): number => {
  const pathTo = pathsIn(nodes.map(({ id, parentId }) => ({ id, ...(parentId === null ? {} : { parent: parentId }) })))
  const below = new Set(chargers.filter((charger) => pathTo(charger.nodeId).includes(nodeId)).map(({ id }) => id))
  return ports.filter(({ chargerId, phases, lines }) => below.has(chargerId) && phases < 3 && lines === null).length
}

const forecast = (running: BaseLoadRow[], nodes: SiteNodeRow[], nodeId: string): boolean => {
  const parents = new Map(nodes.map(({ id, parentId }) => [id, parentId]))
  const under = (start: string): boolean => {
    for (let at: string | null = start, steps = 0; at !== null && steps < nodes.length + 1; at = parents.get(at) ?? null, steps++)
      if (at === nodeId) return true
    return false
  }
  return running.some((row) => row.measuredW === null && under(row.nodeId))
}
