import type { PortView } from '#lib/api/board.ts'
import { requiredWh } from '#lib/fleet/need.ts'
import { type Readiness, readiness } from '#lib/fleet/readiness.ts'
import { explainCause } from '#lib/planning/explain.ts'
import { hours, type Instant } from '#lib/time/instant.ts'
import type { FleetRow } from '#server/store/fleet-view.ts'
import { planWords } from './plan-words.ts'
import type { PortSurroundings } from './port-view.ts'

/** A vehicle that leaves soon, with the verdict. */
export type Departing = { vehicle: FleetRow; departsAt: Instant; port: PortView | undefined; ready: Readiness }

/** Who leaves within a day, or as long as is said, the first one first. */
export const departing = (
  fleet: FleetRow[],
  ports: PortView[],
  around: PortSurroundings,
  now: Instant,
  withinMs: number = hours(24),
): Departing[] =>
  fleet.flatMap((vehicle) => {
    if (vehicle.departsAt === null || vehicle.departsAt > now + withinMs) return []
    const at = ports.find((port) => port.vehicle?.id === vehicle.id && port.vehicle.plugged)
    const port = at ?? ports.find(({ id }) => id === vehicle.homePortId)
    const planned = around.planned.get(vehicle.id)
    const ready = readiness({
      name: vehicle.name,
      departsAt: vehicle.departsAt,
      batteryWh: vehicle.batteryWh,
      maxW: Math.min(vehicle.maxW, port?.maxW ?? vehicle.maxW),
      efficiency: vehicle.efficiencyPermille / 1000,
      socPct: vehicle.socPct,
      requiredWh: requiredWh(vehicle, dutyOf(vehicle)),
      plugged: at !== undefined,
      dueAt: vehicle.onRoadUntil,
      port: port ? { bay: `port ${port.bay}`, online: port.online, state: port } : null,
      planned,
      now,
      zone: around.zone,
    })
    const shortfall = ready.verdict === 'late' && ready.cause === null ? planned?.shortfall : undefined
    const cause = shortfall ? explainCause(shortfall.cause, planWords(around, now)) : ready.cause
    return [{ vehicle, departsAt: vehicle.departsAt, port, ready: { ...ready, cause } }]
  })

const dutyOf = ({ energyWh }: FleetRow) => (energyWh === null ? undefined : { energyWh })
