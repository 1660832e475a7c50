import type { AlertView } from '#lib/api/overview.ts'
import { FRESH_MS } from '#lib/charging/port-state.ts'
import { capital } from '#lib/format/capital.ts'
import { limitText, powerText } from '#lib/format/energy.ts'
import { SILENT_MS } from '#lib/planning/base-load.ts'
import { valueAt } from '#lib/planning/curve.ts'
import { firmLimitW, ratingOf } from '#lib/planning/firm-limit.ts'
import { loweredIn } from '#lib/planning/limit-hours.ts'
import { type CappedNode, type OverCap, overCaps } from '#lib/planning/over-cap.ts'
import { type TreeLoad, treeOrder } from '#lib/planning/site-tree.ts'
import { hours, type Instant, plus } from '#lib/time/instant.ts'
import { toleranceW } from '#server/fleet/effect.ts'
import { limitHoursAhead } from '#server/store/limit-hours.ts'
import { drawnSince, overCapSince } from '#server/store/over-cap.ts'
import { nodesOfDepot } from '#server/store/quarter-hours.ts'
import { readBaseLoad } from '#server/store/site.ts'
import { chargerNodes, depotPortRows, type PortViewRow } from '#server/store/view.ts'
import { limitsNow, powerNow } from './port-view.ts'
import type { Seeing } from './views.ts'

/** Power over its limit that a port draws. */
type Drawer = { bay: string; chargerId: string; powerW: number; mayW: number }
export type Over = OverCap & { drawers: Drawer[]; unforeseenW: number }

/** Nodes of a depot that carry more than their cap now, by meters and readings, and who draws it. The site first. */
export async function overNow(ctx: Seeing, depotId: string): Promise<Over[]> {
  const now = ctx.clock.now()
  const db = ctx.db.prisma
  const [rows, lowered, base, drawn] = await Promise.all([
    nodesOfDepot(db, depotId),
    limitHoursAhead(db, depotId, now),
    readBaseLoad(db, depotId, plus(now, -hours(24)), plus(now, 1)),
    drawnSince(ctx.db, depotId, plus(now, -FRESH_MS)),
  ])
  const nodes = treeOrder(rows).map(({ node }): CappedNode => {
    const firmW = firmLimitW(ratingOf(node))
    const mine = lowered.filter(({ nodeId }) => nodeId === node.id)
    return { id: node.id, parentId: node.parentId, name: node.name, capW: firmW && valueAt(loweredIn(firmW, mine), now) }
  })
  // what a meter told just before a quarter hour ended goes on until it tells more; nobody is accused by what is foreseen
  const running = [...Map.groupBy(base, ({ nodeId }) => nodeId).values()].flatMap(
    (mine) =>
      mine.findLast(({ measuredW, measuredAt }) => measuredW !== null && measuredAt !== undefined && measuredAt > now - SILENT_MS) ?? [],
  )
  const baseLoads = running.map((row): TreeLoad => ({ ...NOTHING, nodeId: row.nodeId, baseW: row.measuredW ?? 0 }))
  // most of the time nothing is over, and one sum over the chargers says so
  const ofChargers = drawn.map(({ nodeId, powerW }): TreeLoad => ({ ...NOTHING, nodeId, vehiclesW: powerW }))
  if (overCaps(nodes, [...baseLoads, ...ofChargers]).length === 0) return []
  const [ports, nodeOf] = await Promise.all([depotPortRows(ctx.db, depotId, now), chargerNodes(ctx.db, depotId)])
  const measured = ports.map((row) => ({ row, nodeId: nodeOf.get(row.chargerId) ?? '', powerW: drawnNow(row, now) }))
  const ofPorts = measured.map(({ nodeId, powerW }): TreeLoad => ({ ...NOTHING, nodeId, vehiclesW: powerW }))
  const parents = new Map(nodes.map(({ id, parentId }) => [id, parentId]))
  const under = (nodeId: string, top: string): boolean => {
    for (
      let [at, steps]: [string | null, number] = [nodeId, 0];
      at !== null && steps <= nodes.length;
      at = parents.get(at) ?? null, steps++
    )
      if (at === top) return true
    return false
  }
  return overCaps(nodes, [...baseLoads, ...ofPorts]).map((over) => ({
    ...over,
    drawers: measured
      .filter(({ nodeId }) => under(nodeId, over.nodeId))
      .flatMap(({ row, powerW }) => (powerW > mayW(row, now) + toleranceW(mayW(row, now)) ? [drawerOf(row, powerW, now)] : []))
      .sort((a, b) => b.powerW - b.mayW - (a.powerW - a.mayW)),
    unforeseenW: running
      .filter(({ nodeId }) => under(nodeId, over.nodeId))
      .reduce((sum, { measuredW, upperW }) => sum + (measuredW === null || upperW === null ? 0 : Math.max(0, measuredW - upperW)), 0),
  }))
}

const NOTHING = { baseW: 0, vehiclesW: 0, heldW: 0, plannedW: 0, charging: 0 }

/** A reading from before its limit fell tells what it drew then: since then it is taken at its word, until it tells otherwise. */
const drawnNow = (row: PortViewRow, now: Instant): number => {
  const powerW = powerNow(row, now) ?? 0
  if (row.sessionId === null || row.accepted === null || row.powerAt === null) return powerW
  const { acceptedW } = limitsNow(row, now)
  const then = limitsNow(row, row.powerAt).acceptedW
  const isOlder = (row.acceptedAt ?? 0) > row.powerAt || (then ?? 0) > (acceptedW ?? 0)
  return isOlder ? Math.min(powerW, acceptedW ?? powerW) : powerW
}

const mayW = (row: PortViewRow, now: Instant): number => (row.sessionId === null ? 0 : (limitsNow(row, now).acceptedW ?? row.maxW))

const drawerOf = (row: PortViewRow, powerW: number, now: Instant): Drawer => ({
  bay: row.bay,
  chargerId: row.chargerId,
  powerW,
  mayW: mayW(row, now),
})

/** What carries more than its cap for longer than chargers need to follow (server/planning/over-cap-watch.ts): with by how much, and who draws it. */
export async function overCapAlerts(ctx: Seeing, depotId: string): Promise<AlertView[]> {
  const since = await overCapSince(ctx.db, depotId)
  if (since.size === 0) return []
  return (await overNow(ctx, depotId)).flatMap((over): AlertView[] => {
    const from = since.get(over.nodeId)
    if (from === undefined) return []
    const [worst] = over.drawers
    const chargers = over.drawers.length > 0 ? ` ${over.drawers.slice(0, MOST_NAMED).map(drawerText).join(', ')}.` : ''
    const building = over.unforeseenW > 0 ? `, ${powerText(over.unforeseenW)} more than foreseen` : ''
    return [
      {
        key: `overCap:${over.nodeId}`,
        mark: 'critical',
        what: `${capital(over.name)} is ${powerText(over.overW)} over its cap of ${limitText(over.capW)}`,
        why: `The building draws ${powerText(over.baseW)}${building}, vehicles draw ${powerText(over.vehiclesW)}.${chargers}`,
        since: from,
        href: worst ? `/chargers/${encodeURIComponent(worst.chargerId)}` : '/site',
      },
    ]
  })
}

const MOST_NAMED = 3
const drawerText = ({ bay, powerW, mayW: may }: Drawer): string =>
  `Port ${bay} does not follow its limit: ${powerText(powerW)} where it may draw ${powerText(may)}`
