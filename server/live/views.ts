import type { BoardView, PortView, SupplyView } from '#lib/api/board.ts'
import { notFound } from '#lib/api/problem.ts'
import { type Tariff, windowsBetween } from '#lib/energy/tariff.ts'
import { counted } from '#lib/format/number.ts'
import { actorWords } from '#lib/live/journal-words.ts'
import { valueAt } from '#lib/planning/curve.ts'
import { firmLimitW, ratingOf } from '#lib/planning/firm-limit.ts'
import { loweredIn } from '#lib/planning/limit-hours.ts'
import { byVehicle } from '#lib/planning/plan-index.ts'
import { hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { monthPeak } from '#server/energy/month-peak.ts'
import type { Ctx } from '#server/runtime.ts'
import { limitHoursAhead } from '#server/store/limit-hours.ts'
import { plannedNeeds } from '#server/store/plan.ts'
import { baseSlots, type ServiceNodeRow, serviceNode } from '#server/store/site-power.ts'
import { tariffInForce } from '#server/store/tariff.ts'
import { namesOfUsers } from '#server/store/user.ts'
import {
  type DepotRow,
  depotPortRows,
  depotRow,
  type LockOutRow,
  lockOutRows,
  namesOf,
  type PortViewRow,
  portRows,
} from '#server/store/view.ts'
import { depotClock } from './depot-clock.ts'
import { heldNow, type PortSurroundings, portView } from './port-view.ts'

// What screens and the live feed show of a depot. Runs in the web process and in the gateway: it needs database and clock only.

export type Seeing = Pick<Ctx, 'db' | 'clock'>

/** Views of these ports, in no order; ports that are gone are left out. */
export async function portViews(ctx: Seeing, portIds: string[]): Promise<PortView[]> {
  const now = ctx.clock.now()
  const rows = await portRows(ctx.db, portIds, now)
  const depotIds = [...new Set(rows.map(({ depotId }) => depotId))]
  const around = new Map(await Promise.all(depotIds.map(async (id) => [id, await surroundings(ctx, await theDepot(ctx, id))] as const)))
  return rows.map((row) => portView(row, around.get(row.depotId)!, now))
}

/** What flows through the service connection now. @throws Problem `not-found` */
export async function supplyView(ctx: Seeing, depotId: string): Promise<SupplyView> {
  const [depot, rows] = await Promise.all([theDepot(ctx, depotId), depotPortRows(ctx.db, depotId, ctx.clock.now())])
  return supplyOf(ctx, depot, rows)
}

/** The board: every port and the supply. @throws Problem `not-found` */
export async function boardView(ctx: Seeing, depotId: string): Promise<BoardView> {
  const now = ctx.clock.now()
  const [depot, rows] = await Promise.all([theDepot(ctx, depotId), depotPortRows(ctx.db, depotId, now)])
  const [around, supply] = await Promise.all([surroundings(ctx, depot), supplyOf(ctx, depot, rows)])
  return { depot: depotRef(depot), clock: depotClock(ctx, depot), supply, ports: rows.map((row) => portView(row, around, now)) }
}

/** @throws Problem `not-found` */
export async function theDepot({ db }: Seeing, depotId: string): Promise<DepotRow> {
  const depot = await depotRow(db, depotId)
  if (!depot) throw notFound('depot', depotId)
  return depot
}

export const depotRef = ({ id, name, zone, currency }: DepotRow) => ({ id, name, zone, currency })

export async function surroundings({ db }: Seeing, depot: DepotRow): Promise<PortSurroundings> {
  const [latest, names, locked] = await Promise.all([plannedNeeds(db, depot.id), namesOf(db, depot.id), lockOutRows(db, depot.id)])
  const actors = [...new Set(locked.flatMap(({ by }) => by ?? []))]
  const people = actors.length === 0 ? new Map<string, string>() : await namesOfUsers(db.prisma, actors)
  const lockOut = ({ nodeId, node, since, by }: LockOutRow) => ({
    ...{ nodeId, node, since: instant(since) },
    by: by === null ? null : (people.get(by) ?? actorWords(by)),
  })
  return {
    zone: depot.zone,
    currency: depot.currency,
    stoppedAt: depot.stoppedAt && instant(depot.stoppedAt),
    lockOuts: new Map(locked.map((row) => [row.chargerId, lockOut(row)])),
    planned: latest ? byVehicle(latest) : new Map(),
    names,
  }
}

export async function supplyOf(ctx: Seeing, depot: DepotRow, rows: PortViewRow[]): Promise<SupplyView> {
  const now = ctx.clock.now()
  const [node, slots, tariff, peak, lowered] = await Promise.all([
    serviceNode(ctx.db, depot.id),
    baseSlots(ctx.db, depot.id, now, plus(now, 1)),
    tariffInForce(ctx.db.prisma, depot.id, now),
    monthPeak(ctx, depot.id, depot.zone),
    limitHoursAhead(ctx.db.prisma, depot.id, now),
  ])
  const base = slots.at(-1)
  const drawing = rows.filter(({ online, powerW, sessionId }) => online && sessionId !== null && (powerW ?? 0) > 0)
  const held = rows.map((row) => ({ row, heldW: heldNow(row, now) })).filter(({ heldW }) => heldW > 0)
  const heldW = held.reduce((sum, each) => sum + each.heldW, 0)
  const mine = lowered.filter(({ nodeId }) => nodeId === node?.id)
  const capW = valueAt(loweredIn(capOf(node) as Watts, mine), now)
  const baseW = base?.measuredW ?? base?.forecastW ?? 0
  const vehiclesW = drawing.reduce((sum, { powerW }) => sum + powerW!, 0)
  return {
    capW,
    baseW,
    baseIsForecast: base !== undefined && base.measuredW === null,
    vehiclesW,
    charging: drawing.length,
    heldW,
    heldFor: heldFor(held.map(({ row }) => row)),
    freeW: Math.max(0, capW - baseW - vehiclesW - heldW),
    peakW: peak.peakW,
    peakAt: peak.peakAt,
    price: priceNow(tariff, now, depot.zone),
    stoppedAt: depot.stoppedAt && instant(depot.stoppedAt),
  }
}

/** The firm limit of the service connection in W: contract or breaker, whichever is smaller. */
export const capOf = (node: ServiceNodeRow | null): number => {
  if (!node) return 0
  return firmLimitW(ratingOf(node)) ?? 0
}

const heldFor = (rows: PortViewRow[]): string | null => {
  if (rows.length === 0) return null
  const offline = rows.filter(({ online }) => !online)
  const what = offline.length === rows.length ? 'offline port' : offline.length === 0 ? 'unconfirmed port' : 'offline or unconfirmed port'
  return rows.length <= 3 ? `${what}${rows.length > 1 ? 's' : ''} ${rows.map(({ bay }) => bay).join(', ')}` : counted(rows.length, what)
}

/** The price of this moment, and the next other one within two days. */
export function priceNow(tariff: Tariff | null, now: Instant, zone: string): SupplyView['price'] {
  if (!tariff) return null
  const [current, ...later] = windowsBetween(tariff, now, plus(now, hours(48)), zone)
  if (!current?.window) return null
  const microPerKwh = current.window.priceMicroPerKwh
  const next = later.find(({ window }) => window && window.priceMicroPerKwh !== microPerKwh)
  return {
    microPerKwh,
    window: current.window.name,
    nextAt: next?.from ?? null,
    nextMicroPerKwh: next?.window?.priceMicroPerKwh ?? null,
  }
}
