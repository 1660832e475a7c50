import type { PortView } from '#lib/api/board.ts'
import type { DriverView } from '#lib/api/driver.ts'
import { notFound } from '#lib/api/problem.ts'
import { counted } from '#lib/format/number.ts'
import { nearText, spanText } from '#lib/format/time.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Person } from '#server/auth/who.ts'
import type { Ctx } from '#server/runtime.ts'
import { vehiclesOfDepots, vehiclesOfDriver } from '#server/store/driver-view.ts'
import type { FleetRow } from '#server/store/fleet-view.ts'
import { depotRows } from '#server/store/view.ts'
import { standing } from './alerts-now.ts'
import type { Departing } from './departures.ts'
import { depotClock } from './depot-clock.ts'

type Van = NonNullable<DriverView['van']>

/** The vehicles that this person may see and command from a driver's page: a driver's own, an operator's all, nobody else's. */
export const vehiclesOf = ({ db }: Pick<Ctx, 'db'>, { role, driverId, depots }: Person) => {
  if (role === 'admin' || role === 'manager') return vehiclesOfDepots(db, depots)
  return driverId === null ? Promise.resolve([]) : vehiclesOfDriver(db, driverId)
}

/** A driver's page: one van in big words. @throws Problem `not-found` for a van that is not theirs */
export async function driverView(ctx: Ctx, person: Person, wanted: string | undefined): Promise<DriverView> {
  const vehicles = await vehiclesOf(ctx, person)
  const vehicle = wanted === undefined ? vehicles[0] : vehicles.find(({ id }) => id === wanted)
  if (wanted !== undefined && !vehicle) throw notFound('vehicle', wanted)
  const depots = await depotRows(ctx.db, person.depots)
  const depot = depots.find(({ id }) => id === vehicle?.depotId) ?? depots[0]
  const shown = vehicles.map(({ id, name }) => ({ id, name }))
  if (!depot || !vehicle)
    return {
      depotName: depot?.name ?? '',
      clock: depotClock(ctx, depot ?? { zone: 'UTC', demo: ctx.env.demo }),
      vehicles: shown,
      van: null,
    }
  const { fleet, ports, leaving } = await standing(ctx, depot)
  const row = fleet.find(({ id }) => id === vehicle.id)!
  const departure = leaving.find((each) => each.vehicle.id === vehicle.id)
  const at = ports.find((port) => port.vehicle?.id === vehicle.id && port.vehicle.plugged)
  const home = at ?? ports.find(({ id }) => id === row.homePortId)
  const facts = { row, departure, at, home, now: ctx.clock.now(), zone: depot.zone }
  return { depotName: depot.name, clock: depotClock(ctx, depot), vehicles: shown, van: vanOf(facts) }
}

type Facts = {
  row: FleetRow
  departure: Departing | undefined
  at: PortView | undefined
  home: PortView | undefined
  now: Instant
  zone: string
}

function vanOf(facts: Facts): Van {
  const { row, departure, at, home } = facts
  const { mark, word } =
    at ?? (row.onRoadUntil ? { mark: 'standby' as const, word: 'On the road' } : { mark: 'standby' as const, word: 'Not plugged in' })
  return {
    id: row.id,
    name: row.name,
    bay: home?.bay ?? null,
    portId: home?.id ?? null,
    mark,
    word,
    say: sayOf(facts),
    note: noteOf(facts),
    socPct: row.socPct,
    targetPct: row.targetSocPct,
    powerW: at?.powerW ?? null,
    rangeKm: rangeKm(row),
    why: at?.why ?? departure?.ready.cause ?? '',
    departsAt: row.departsAt,
    whyNotStart: whyNotStart(at),
    whyNotStop: at?.session ? (at.online ? null : 'The charger cannot be reached. Unplug at the van.') : 'It is not charging.',
  }
}

/** Five words or so that tell what to do. */
function sayOf({ row, departure, at, home, now, zone }: Facts): string {
  const bay = home ? ` at bay ${home.bay}` : ''
  if (!at) return row.onRoadUntil ? `Plug in${bay} when you are back` : `Plug in now${bay}`
  if (at.needsAction) return at.act?.kind === 'startForDriver' ? 'Show your card' : `Tell the yard: ${at.word.toLowerCase()}`
  if (departure?.ready.verdict === 'ready') return 'Ready. Unplug when you leave'
  if (departure?.ready.verdict === 'late') return `Leave plugged. ${departure.ready.atDeparture ?? 'Late'}`
  const readyAt = at.vehicle?.readyAt
  return readyAt && readyAt > now ? `Leave plugged. Ready ${nearText(readyAt, now, zone)}` : 'Leave plugged'
}

function noteOf({ row, departure, at, now, zone }: Facts): string {
  if (row.departsAt === null) return 'No departure is planned for this van.'
  const leaves = `You leave at ${nearText(row.departsAt, now, zone)}.`
  if (!at) return row.onRoadUntil ? `Due back ${nearText(row.onRoadUntil, now, zone)}. ${leaves}` : leaves
  if (departure?.ready.verdict === 'atRisk') return `${leaves} It would have ${departure.ready.atDeparture} then.`
  const readyAt = at.vehicle?.readyAt
  if (!readyAt || departure?.ready.verdict !== 'onTrack') return leaves
  const spareMs = row.departsAt - Math.max(now, readyAt)
  if (spareMs < 60_000) return `${leaves} It is ready just in time.`
  const hoursToSpare = Math.floor(spareMs / 3_600_000)
  return `${leaves} That is ${hoursToSpare >= 1 ? counted(hoursToSpare, 'hour') : spanText(spareMs)} to spare.`
}

const whyNotStart = (at: PortView | undefined): string | null => {
  if (!at) return 'Plug in first.'
  if (at.session) return 'It has started: the plan decides when power flows.'
  if (!at.online) return 'The charger cannot be reached. Show your card at it.'
  return at.word === 'Stopped' || at.word.startsWith('Locked out') ? at.why : null
}

/** With what is in the battery, and with the target. Null: how full it is, is not known. */
const rangeKm = ({ socPct, batteryWh, whPerKm, targetSocPct }: FleetRow): [number, number] | null => {
  if (socPct === null || whPerKm <= 0) return null
  const km = (pct: number) => Math.round((batteryWh * pct) / 100 / whPerKm)
  return [km(socPct), km(Math.max(socPct, targetSocPct))]
}
