import type { z } from 'zod'
import type { DutyRow, getDuties } from '#lib/api/duty.ts'
import type { FleetView, VehicleRow } from '#lib/api/fleet.ts'
import { problem } from '#lib/api/problem.ts'
import { type Mark, marks } from '#lib/api/words.ts'
import { requiredWh } from '#lib/fleet/need.ts'
import { socIsStale } from '#lib/fleet/soc-freshness.ts'
import { earliest, type Instant, instant } from '#lib/time/instant.ts'
import { dutiesAhead, nextDuties, type DutyRow as StoredDuty } from '#server/store/duty.ts'
import { type FleetVehicle, fleetOf, homePorts } from '#server/store/fleet.ts'
import { type Standing, standing } from './alerts-now.ts'
import { type Seeing, theDepot } from './views.ts'

/** Every vehicle of the depot: those that need a person first, then by departure. @throws Problem `not-found` */
export async function fleetView(ctx: Seeing, depotId: string): Promise<FleetView> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [stands, vehicles, ports, duties] = await Promise.all([
    standing(ctx, depot),
    fleetOf(ctx.db.prisma, { depotId }),
    homePorts(ctx.db.prisma, depotId),
    nextDuties(ctx.db.prisma, depotId, now),
  ])
  return {
    vehicles: vehicles.map((vehicle) => shown(vehicle, duties.get(vehicle.id), stands, now)).sort(byUrgency),
    bays: ports.map(({ id, bay, charger, homeOf }) => ({ id, bay, charger: charger.name, homeOf: homeOf[0]?.name ?? null })),
  }
}

function shown(vehicle: FleetVehicle, duty: StoredDuty | undefined, { leaving, fleet, ports, around }: Standing, now: Instant): VehicleRow {
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
      ? { id: duty.id, departsAt: duty.departsAt, returnsAt: duty.returnsAt, distanceM: duty.distanceM, energyWh: duty.energyWh }
      : null,
    dueAt: dueAt === null ? null : instant(dueAt),
    readyAt: readyBy(around.planned.get(id)?.readyAt, duty),
    neededPct: duty ? Math.ceil((requiredWh(vehicle, duty) / batteryWh) * 100) : null,
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
const readyBy = (readyAt: Instant | undefined, duty: StoredDuty | undefined): Instant | null =>
  readyAt === undefined ? null : duty ? earliest(readyAt, duty.departsAt) : readyAt

const WORD = { ready: 'Ready', onTrack: 'On track', atRisk: 'At risk', late: 'Late' } as const
const URGENT: Mark[] = ['critical', 'serious', 'caution']
const rank = (mark: Mark) => (URGENT.includes(mark) ? marks.indexOf(mark) : marks.length)

const byUrgency = (a: VehicleRow, b: VehicleRow): number =>
  rank(a.mark) - rank(b.mark) ||
  (a.duty?.departsAt ?? Number.MAX_SAFE_INTEGER) - (b.duty?.departsAt ?? Number.MAX_SAFE_INTEGER) ||
  a.name.localeCompare(b.name, 'en', { numeric: true })

const PAGE = 100

/** Duties under way and to come. @throws Problem `not-found`, `invalid` for a cursor that is not ours */
export async function dutiesView(
  ctx: Seeing,
  depotId: string,
  { vehicle, cursor }: { vehicle?: string; cursor?: string },
): Promise<z.output<(typeof getDuties)['output']>> {
  await theDepot(ctx, depotId)
  const now = ctx.clock.now()
  const after = cursor === undefined ? undefined : fromCursor(cursor)
  const { rows, total } = await dutiesAhead(ctx.db.prisma, { depotId, vehicleId: vehicle, now, after, take: PAGE + 1 })
  const items = rows.slice(0, PAGE).map(
    ({ id, vehicleId, vehicleName, departsAt, returnsAt, distanceM, energyWh, source }): DutyRow => ({
      ...{ id, vehicleId, vehicleName, departsAt, returnsAt, distanceM, energyWh, source },
      left: departsAt <= now,
    }),
  )
  const last = items.at(-1)
  return { items, next: rows.length > PAGE && last ? `${last.departsAt}.${last.id}` : null, total }
}

const fromCursor = (cursor: string) => {
  const parts = /^(\d{1,15})\.(.{1,100})$/.exec(cursor)
  if (!parts) throw problem('invalid', 'cursor: take it from the answer before.', { cursor: 'Not one of ours.' })
  return { departsAt: instant(Number(parts[1])), id: parts[2]! }
}
