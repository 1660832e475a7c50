import { notFound } from '#lib/api/problem.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { writeJournal } from '../store/journal.ts'
import { readVehicles, type VehicleRow, writeSoc, writeVehicleFacts } from '../store/vehicle.ts'

export type State = {
  depotId: string
  vehicleId: string
  actor: string
  /** The vehicle's own time (depot time), and when we received it (real time). */
  at: Instant
  receivedAt: Instant
  socPct?: number
  odometerM?: number
  pluggedIn?: boolean
  chargingState?: string
}
export type TakenState = { vehicleId: string; stored: boolean; reason: string | null }

/** State of a vehicle from telematics. A state older than the one known changes nothing. @throws Problem not-found */
export async function takeState(gateway: Gateway, state: State): Promise<TakenState> {
  const { depotId, vehicleId, at, socPct, odometerM, pluggedIn } = state
  const db = gateway.db.prisma
  const [vehicle] = await readVehicles(db, { id: vehicleId })
  if (vehicle?.depotId !== depotId) throw notFound('vehicle', vehicleId)
  const older = { vehicleId, stored: false, reason: 'A newer state is known.' }
  if (vehicle.socAt !== undefined && at <= vehicle.socAt) return older
  if (socPct !== undefined && !(await writeSoc(db, vehicleId, { socPct, at, receivedAt: gateway.clock.now(), source: 'telematics' })))
    return older
  if (odometerM !== undefined || pluggedIn !== undefined)
    await writeVehicleFacts(db, vehicleId, {
      ...(odometerM === undefined ? {} : { odometerM: BigInt(odometerM) }),
      ...(pluggedIn === undefined ? {} : { pluggedIn }),
    })
  await writeJournal(db, gateway.clock, {
    depotId,
    actor: state.actor,
    kind: 'vehicle.state',
    subject: vehicleId,
    data: { at, socPct, odometerM, pluggedIn },
  })
  if (isNews(vehicle, state)) gateway.wakes.replan(depotId, `telematics told of ${vehicle.name}`)
  gateway.feed.publish({ kind: 'changed', depotId, what: 'vehicles', id: vehicleId })
  if (vehicle.homePortId) gateway.wakes.touched(vehicle.homePortId)
  return { vehicleId, stored: true, reason: null }
}

/** Points of charge; what differs less from what was known waits for the plan that is made each minute. */
const NEWS_PCT = 1

const isNews = (known: VehicleRow, { socPct, pluggedIn }: State): boolean =>
  (pluggedIn !== undefined && pluggedIn !== known.pluggedIn) ||
  (socPct !== undefined && !(Math.abs(socPct - (known.socPct ?? Number.NaN)) < NEWS_PCT))
