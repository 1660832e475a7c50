import { hours, type Instant, instant, minutes } from '#lib/time/instant.ts'
import { comesWithWh, type FleetDuty, type FleetVehicle } from './need.ts'

// Can a vehicle drive what it is to drive? (source: requirement R1). Energies are Wh at the battery, powers W at the port.

/** Power at the port from `from` until `until`. */
export type Gives = { from: Instant; until: Instant; powerW: number }

/** What a vehicle stands with before a duty, and must leave with. */
export type Stay = {
  from: Instant
  departsAt: Instant
  hasWh: number
  /** Reserve included. */
  neededWh: number
  /** Charged no further than this. */
  mostWh: number
  /** Battery energy ÷ energy at the port, 0 … 1. */
  efficiency: number
  whPerKm: number
}

/** What comes of a stay with a given power. */
export type Outcome = {
  ready: boolean
  /** Could reach the battery until the departure, were it never full. */
  givesWh: number
  /** In the battery at the departure. */
  leavesWithWh: number
  /** Null: not before the departure, and it is not known when. */
  readyAt: Instant | null
  /** Time left over when it is ready; under 0: so much later it would be. Null with `readyAt`. */
  marginMs: number | null
  /** What it leaves with above its need, as distance; under 0: so far it would not come with the reserve untouched. */
  marginM: number
  /** Missing at the departure; 0 when it is ready. */
  shortWh: number
}

export type Verdict = 'ready' | 'tight' | 'shortByPlan' | 'short' | 'unknown'

export type Feasibility = {
  verdict: Verdict
  stay: Stay
  batteryWh: number
  /** Nobody told its charge: it is taken for low. */
  isAssumed: boolean
  /** What its bay and itself can take; null: it has no bay. */
  portW: number | null
  /** At full power from when it stands there; null without a bay. */
  alone: Outcome | null
  /** By the plan in force; null where that does not reach, or the vehicle is not at a port. */
  byPlan: Outcome | null
  /** No charging helps: the battery, or what it may be charged to, holds less than is needed. */
  tooSmall: 'battery' | 'target' | null
}

type Judged = Pick<
  FleetVehicle,
  'batteryWh' | 'maxW' | 'efficiencyPermille' | 'whPerKm' | 'targetSocPct' | 'socPct' | 'socAt' | 'assumedSocPct'
>
/** What the plan gives for one departure. */
export type PlannedStay = { departsAt: Instant; gives: Gives[] }

/** Less spare time than this at full power is worth a look. */
const TIGHT_MS = minutes(15)
/** No gauge tells less of a battery. */
const UNSEEN = 0.01

/**
 * Each duty of a vehicle that has not left, by departure: what it needs, what it comes back with from the one before, when it is ready and what
 * is left over; with its port alone, and by the plan in force. `portW`: its bay's power. `isHere`: it stands at a port, whatever its duty says.
 */
export function feasibilityOf(
  vehicle: Judged,
  duties: readonly FleetDuty[],
  { portW, isHere, planned, now }: { portW: number | null; isHere: boolean; planned: PlannedStay | undefined; now: Instant },
): Map<FleetDuty, Feasibility> {
  const underWay = isHere ? undefined : duties.find(({ departsAt, returnsAt }) => departsAt <= now && returnsAt > now)
  const targetWh = (vehicle.batteryWh * vehicle.targetSocPct) / 100
  const powerW = portW === null ? null : Math.min(portW, vehicle.maxW)
  const judged = new Map<FleetDuty, Feasibility>()
  let hasWh = comesWithWh(vehicle, underWay)
  let from = underWay?.returnsAt ?? now
  for (const duty of duties.filter(({ departsAt }) => departsAt > now)) {
    const stay: Stay = {
      from: instant(Math.min(from, duty.departsAt)),
      departsAt: duty.departsAt,
      hasWh,
      neededWh: duty.energyWh,
      mostWh: Math.max(targetWh, hasWh),
      efficiency: vehicle.efficiencyPermille / 1000,
      whPerKm: vehicle.whPerKm,
    }
    const alone = powerW === null ? null : outcomeOf(stay, [{ from: stay.from, until: stay.departsAt, powerW }], vehicle.batteryWh, powerW)
    const byPlan = planned?.departsAt === duty.departsAt ? outcomeOf(stay, planned.gives, vehicle.batteryWh) : null
    const tooSmall = duty.energyWh > vehicle.batteryWh ? 'battery' : duty.energyWh > stay.mostWh ? 'target' : null
    judged.set(duty, {
      ...{ stay, alone, byPlan, tooSmall, portW: powerW, batteryWh: vehicle.batteryWh },
      verdict: alone === null && hasWh >= duty.energyWh ? 'ready' : verdictOf(alone, byPlan),
      isAssumed: vehicle.socPct === null,
    })
    const leavesWithWh = (byPlan ?? alone)?.leavesWithWh ?? hasWh
    hasWh = Math.max(0, leavesWithWh - (duty.distanceM / 1000) * vehicle.whPerKm)
    from = duty.returnsAt
  }
  return judged
}

const verdictOf = (alone: Outcome | null, byPlan: Outcome | null): Verdict => {
  if (alone === null) return 'unknown'
  if (!alone.ready) return 'short'
  if (byPlan && !byPlan.ready) return 'shortByPlan'
  return (alone.marginMs ?? 0) < TIGHT_MS ? 'tight' : 'ready'
}

/** `onwardW`: power that goes on after the departure, to tell how late it would be; none for a plan, which ends there. */
function outcomeOf(stay: Stay, gives: readonly Gives[], batteryWh: number, onwardW = 0): Outcome {
  const { from, departsAt, hasWh, neededWh, mostWh, efficiency, whPerKm } = stay
  const missingWh = Math.max(0, neededWh - hasWh)
  let givesWh = 0
  let readyAt: Instant | null = missingWh === 0 ? from : null
  for (const part of gives) {
    const start = Math.max(part.from, from)
    const spanMs = Math.min(part.until, departsAt) - start
    if (spanMs <= 0 || part.powerW <= 0) continue
    const partWh = (part.powerW * efficiency * spanMs) / hours(1)
    if (readyAt === null && givesWh + partWh >= missingWh) readyAt = instant(Math.round(start + (spanMs * (missingWh - givesWh)) / partWh))
    givesWh += partWh
  }
  const leavesWithWh = Math.min(Math.max(mostWh, hasWh), hasWh + givesWh)
  const shortWh = Math.max(0, neededWh - leavesWithWh)
  const ready = shortWh <= batteryWh * UNSEEN
  if (readyAt === null && ready) readyAt = departsAt
  if (!ready) {
    const canCome = onwardW > 0 && neededWh <= mostWh
    readyAt = canCome ? instant(Math.round(departsAt + (shortWh / (onwardW * efficiency)) * hours(1))) : null
  }
  return {
    ready,
    givesWh,
    leavesWithWh,
    readyAt,
    marginMs: readyAt === null ? null : departsAt - readyAt,
    marginM: ready && shortWh > 0 ? 0 : ((leavesWithWh - neededWh) / whPerKm) * 1000,
    shortWh: ready ? 0 : shortWh,
  }
}
