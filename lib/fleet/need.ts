import type { Need, PortId } from '#lib/planning/input.ts'
import { days, hours, type Instant, plus } from '#lib/time/instant.ts'
import { type WattHours, type Watts, wattHours } from '#lib/units/units.ts'
import { type Assumptions, USUAL_ASSUMPTIONS } from './assumptions.ts'

/** A vehicle as planning sees it. */
export type FleetVehicle = {
  id: string
  batteryWh: number
  maxW: number
  phases: number
  efficiencyPermille: number
  whPerKm: number
  targetSocPct: number
  socPct: number | null
  socAt: Instant | undefined
  /** What its depot assumes as long as it never told its charge. */
  assumedSocPct?: number
  homePortId: string | null
  priority: number
  priorityUntil: Instant | undefined
  /** It did not go on after a pause. */
  neverPauseSince?: Instant | undefined
}
export type FleetDuty = { vehicleId: string; departsAt: Instant; returnsAt: Instant; distanceM: number; energyWh: number }

/** Priority from which a person's wish goes before all others, at any price. */
export const CHARGE_FIRST = 10
/** A vehicle that did not go on after a pause is not paused for so long; then it is tried again. */
export const NEVER_PAUSE_MS = days(30)

/** Energy in the battery, Wh. Unknown: what its depot assumes. */
export const energyOf = ({ batteryWh, socPct, assumedSocPct }: Pick<FleetVehicle, 'batteryWh' | 'socPct' | 'assumedSocPct'>): number =>
  (batteryWh * (socPct ?? assumedSocPct ?? USUAL_ASSUMPTIONS.socPct)) / 100

/** What the battery must hold for a duty: its energy with reserve, never above the vehicle's target. */
export const requiredWh = (
  { batteryWh, targetSocPct }: Pick<FleetVehicle, 'batteryWh' | 'targetSocPct'>,
  duty: Pick<FleetDuty, 'energyWh'> | undefined,
): number => {
  const targetWh = (batteryWh * targetSocPct) / 100
  return duty ? Math.min(duty.energyWh, targetWh) : 0
}

/** Energy with which it stands at its port: what is in the battery now, less the way of the duty that it is under way on and has not told of since. */
export function comesWithWh(
  vehicle: Pick<FleetVehicle, 'batteryWh' | 'socPct' | 'socAt' | 'whPerKm' | 'assumedSocPct'>,
  underWay: Pick<FleetDuty, 'departsAt' | 'distanceM'> | undefined,
): number {
  const drivenWh =
    underWay && (vehicle.socAt === undefined || vehicle.socAt <= underWay.departsAt) ? (underWay.distanceM / 1000) * vehicle.whPerKm : 0
  return Math.max(0, energyOf(vehicle) - drivenWh)
}

/**
 * What a vehicle needs until its next departure. `at`: the port it is plugged into. A vehicle on the road comes back to its home port
 * with what its duty leaves; one that stands unplugged has a need without a port. `duties` by departure.
 */
export function needOf(
  vehicle: FleetVehicle,
  duties: FleetDuty[],
  at: PortId | undefined,
  now: Instant,
  { noDutyMs }: Pick<Assumptions, 'noDutyMs'> = USUAL_ASSUMPTIONS,
): Need {
  const underWay = at === undefined ? duties.find(({ departsAt, returnsAt }) => departsAt <= now && returnsAt > now) : undefined
  const next = duties.find(({ departsAt }) => departsAt > (underWay?.returnsAt ?? now))
  const hasWh = comesWithWh(vehicle, underWay)
  const mustWh = requiredWh(vehicle, next)
  const targetWh = (vehicle.batteryWh * vehicle.targetSocPct) / 100
  const port = at ?? (underWay ? (vehicle.homePortId ?? undefined) : undefined)
  const priority = vehicle.priorityUntil === undefined || vehicle.priorityUntil > now ? vehicle.priority : 0
  return {
    id: vehicle.id,
    ...(port === undefined ? {} : { port }),
    arrives: underWay?.returnsAt ?? now,
    departs: next?.departsAt ?? plus(underWay?.returnsAt ?? now, noDutyMs),
    energyWh: wattHours(Math.max(0, mustWh - hasWh)),
    extraWh: wattHours(Math.max(0, targetWh - Math.max(hasWh, mustWh))),
    maxW: vehicle.maxW as Watts,
    phases: vehicle.phases as 1 | 2 | 3,
    efficiency: vehicle.efficiencyPermille / 1000,
    priority,
    ...(priority >= CHARGE_FIRST ? { chargeFirst: true } : {}),
    mayPause: vehicle.neverPauseSince === undefined || now - vehicle.neverPauseSince > NEVER_PAUSE_MS,
  }
}

/** The id in plans of a vehicle that is not ours: its session's. */
export const guestId = (sessionId: number): string => `session-${sessionId}`
export const isGuest = (id: string): boolean => /^session-\d+$/.test(id)
/** What a vehicle of a plan is called: one that is not ours has no name. */
export const nameIn = (names: ReadonlyMap<string, string>, id: string): string => names.get(id) ?? (isGuest(id) ? 'A guest' : id)

/** A session of a vehicle that is not ours: charged as its depot assumes. */
export const guestNeed = (
  session: { id: number; portId: PortId; startedAt: Instant; energyWh: number },
  port: { maxW: Watts; phases: 1 | 2 | 3 },
  now: Instant,
  { guestWh, guestStayMs }: Pick<Assumptions, 'guestWh' | 'guestStayMs'> = USUAL_ASSUMPTIONS,
): Need => ({
  id: guestId(session.id),
  port: session.portId,
  arrives: now,
  departs: Math.max(plus(session.startedAt, guestStayMs), plus(now, hours(1))) as Instant,
  energyWh: Math.max(0, guestWh - session.energyWh) as WattHours,
  maxW: port.maxW,
  phases: port.phases,
  efficiency: 1,
  priority: 0,
  mayPause: true,
})
