import type { z } from 'zod'
import type { DutyFeasibility, DutyRow, getDuties } from '#lib/api/duty.ts'
import type { FleetView, VehicleRow } from '#lib/api/fleet.ts'
import { problem } from '#lib/api/problem.ts'
import { type Mark, marks } from '#lib/api/words.ts'
import { requiredWh } from '#lib/fleet/need.ts'
import { socIsStale } from '#lib/fleet/soc-freshness.ts'
import { earliest, type Instant, instant } from '#lib/time/instant.ts'
import { type DutyAhead, dutiesAhead } from '#server/store/duty.ts'
import { type FleetVehicle, fleetOf, homePorts } from '#server/store/fleet.ts'
import { type Standing, standing } from './alerts-now.ts'
import { judgedDuties, rankOf } from './feasibility-view.ts'
import { type Seeing, theDepot } from './views.ts'

/** Every vehicle of the depot: those that need a person first, then by departure. @throws Problem `not-found` */
export async function fleetView(ctx: Seeing, depotId: string): Promise<FleetView> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [stands, vehicles, ports, duties] = await Promise.all([
    standing(ctx, depot),
    fleetOf(ctx.db.prisma, { depotId }),
    homePorts(ctx.db.prisma, depotId),
    dutiesAhead(ctx.db.prisma, { depotId, now }),
  ])
  const judged = await judgedDuties(ctx, depotId, vehicles, duties)
  const nextOf = (id: string) => duties.find(({ vehicleId, departsAt }) => vehicleId === id && departsAt > now)
  return {
    vehicles: vehicles
      .map((vehicle) => {
        const duty = nextOf(vehicle.id)
        return shown(vehicle, duty, (duty && judged.get(duty.id)) ?? null, stands, now)
      })
      .sort(byUrgency),
    bays: ports.map(({ id, bay, charger, homeOf }) => ({ id, bay, charger: charger.name, homeOf: homeOf[0]?.name ?? null })),
  }
}

function shown(
  vehicle: FleetVehicle,
  duty: DutyAhead | undefined,
  feasibility: DutyFeasibility | null,
  { leaving, fleet, ports, around }: Standing,
  now: Instant,
): VehicleRow {
  const departure = leaving.find((each) => each.vehicle.id === vehicle.id)
  const at = ports.find((port) => port.vehicle?.id === vehicle.id && port.vehicle.plugged)
  const dueAt = fleet.find(({ id }) => id === vehicle.id)?.onRoadUntil ?? null
  const {
    id,
    name,
    batteryWh,
    maxW,
    phases,
    whPerKm,
    targetSocPct,
    socPct,
    socAt,
    socReceivedAt,
    socSource,
    homePortId,
    homePort,
    tokens,
  } = vehicle
  const targetWh = (batteryWh * targetSocPct) / 100
  return {
    ...{ id, name, batteryWh, maxW, phases, whPerKm, targetSocPct, socPct, homePortId },
    socAt: socAt && instant(socAt),
    socStale: socIsStale({ at: socAt && instant(socAt), saidAt: socReceivedAt && instant(socReceivedAt), source: socSource }, now),
    bay: at?.bay ?? homePort?.bay ?? null,
    plugged: at !== undefined,
    driver: tokens.find(({ driver }) => driver)?.driver?.name ?? null,
    tags: tokens.map((token) => ({ id: token.id, idTag: token.idTag, blocked: token.status !== 'accepted' })),
    duty: duty
      ? {
          id: duty.id,
          name: duty.name,
          departsAt: duty.departsAt,
          returnsAt: duty.returnsAt,
          distanceM: duty.distanceM,
          energyWh: duty.energyWh,
        }
      : null,
    dueAt: dueAt === null ? null : instant(dueAt),
    readyAt: readyBy(around.planned.get(id)?.readyAt, duty),
    neededPct: duty ? Math.ceil((requiredWh(vehicle, duty) / batteryWh) * 100) : null,
    feasibility,
    mark: departure?.ready.mark ?? 'off',
    word: departure ? WORD[departure.ready.verdict] : duty ? 'Leaves later' : 'No duty',
    note:
      departure?.ready.cause ??
      departure?.ready.atDeparture ??
      (duty && duty.energyWh > targetWh
        ? `The duty takes ${Math.round(duty.energyWh / 1000)} kWh with reserve, its target charge holds ${Math.round(targetWh / 1000)} kWh.`
        : null),
  }
}

/** The plan counts whole slots: one that ends after the departure is cut off by it. */
const readyBy = (readyAt: Instant | undefined, duty: DutyAhead | undefined): Instant | null =>
  readyAt === undefined ? null : duty ? earliest(readyAt, duty.departsAt) : readyAt

const WORD = { ready: 'Ready', onTrack: 'On track', atRisk: 'At risk', late: 'Late' } as const
const URGENT: Mark[] = ['critical', 'serious', 'caution']
const rank = (mark: Mark) => (URGENT.includes(mark) ? marks.indexOf(mark) : marks.length)

const byUrgency = (a: VehicleRow, b: VehicleRow): number =>
  rank(a.mark) - rank(b.mark) ||
  rankOf(a.feasibility) - rankOf(b.feasibility) ||
  (a.duty?.departsAt ?? Number.MAX_SAFE_INTEGER) - (b.duty?.departsAt ?? Number.MAX_SAFE_INTEGER) ||
  a.name.localeCompare(b.name, 'en', { numeric: true })

const PAGE = 100

/** Duties under way and to come, those in danger first. @throws Problem `not-found`, `invalid` for a cursor that is not ours */
export async function dutiesView(
  ctx: Seeing,
  depotId: string,
  { vehicle, cursor }: { vehicle?: string; cursor?: string },
): Promise<z.output<(typeof getDuties)['output']>> {
  await theDepot(ctx, depotId)
  const rows = await judgedRows(ctx, depotId, vehicle)
  const after = cursor === undefined ? undefined : fromCursor(cursor)
  const begins = after === undefined ? 0 : rows.findIndex((row) => compare(placeOf(row), after) > 0)
  const items = begins < 0 ? [] : rows.slice(begins, begins + PAGE)
  const last = items.at(-1)
  return { items, next: last && begins + PAGE < rows.length ? placeOf(last).join('.') : null, total: rows.length }
}

/** The duties of a depot or of one vehicle as screens and other systems see them, those in danger first, then by departure. */
export async function judgedRows(ctx: Seeing, depotId: string, vehicleId?: string): Promise<DutyRow[]> {
  const now = ctx.clock.now()
  const { prisma } = ctx.db
  const [vehicles, duties] = await Promise.all([
    fleetOf(prisma, { depotId, ...(vehicleId && { id: vehicleId }) }),
    dutiesAhead(prisma, { depotId, vehicleId, now }),
  ])
  const judged = await judgedDuties(ctx, depotId, vehicles, duties)
  const names = new Map(vehicles.map(({ id, name }) => [id, name]))
  return duties
    .map(
      ({ id, name, vehicleId, departsAt, returnsAt, distanceM, energyWh, source }): DutyRow => ({
        ...{ id, name, vehicleId, departsAt, returnsAt, distanceM, energyWh, source },
        vehicleName: names.get(vehicleId) ?? '',
        left: departsAt <= now,
        feasibility: judged.get(id) ?? null,
      }),
    )
    .sort((a, b) => compare(placeOf(a), placeOf(b)))
}

type Place = [rank: number, departsAt: number, id: string]
const placeOf = ({ feasibility, departsAt, id }: DutyRow): Place => [rankOf(feasibility), departsAt, id]
const compare = (a: Place, b: Place): number => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0)

const fromCursor = (cursor: string): Place => {
  const parts = /^(\d)\.(\d{1,15})\.(.{1,100})$/.exec(cursor)
  if (!parts) throw problem('invalid', 'cursor: take it from the answer before.', { cursor: 'Not one of ours.' })
  return [Number(parts[1]), Number(parts[2]), parts[3]!]
}
