import type { DutyFeasibility } from '#lib/api/duty.ts'
import type { Mark } from '#lib/api/words.ts'
import { type Feasibility, feasibilityOf, type Gives, type PlannedStay, type Verdict } from '#lib/fleet/feasibility.ts'
import { outcomeText, reckoning, VERDICT_WORDS } from '#lib/fleet/feasibility-words.ts'
import { slotAt } from '#lib/planning/input.ts'
import { instant } from '#lib/time/instant.ts'
import { readAssumptions } from '#server/store/assumptions.ts'
import type { DutyAhead } from '#server/store/duty.ts'
import { type FleetVehicle, homePorts } from '#server/store/fleet.ts'
import { planInForce, type StoredPlan } from '#server/store/plan.ts'
import type { Seeing } from './views.ts'

const MARKS: Record<Verdict, Mark> = { short: 'critical', shortByPlan: 'serious', unknown: 'caution', tight: 'caution', ready: 'normal' }
/** Those in danger first. */
const RANK: Record<Verdict, number> = { short: 0, shortByPlan: 1, unknown: 2, tight: 3, ready: 4 }
export const rankOf = (feasibility: DutyFeasibility | null): number => (feasibility ? RANK[feasibility.verdict] : RANK.ready)

/** Each duty that has not left with whether its vehicle can drive it, by its id. `duties`: all that are under way or to come, by departure. */
export async function judgedDuties(
  ctx: Seeing,
  depotId: string,
  vehicles: readonly FleetVehicle[],
  duties: readonly DutyAhead[],
): Promise<Map<string, DutyFeasibility>> {
  const now = ctx.clock.now()
  const { prisma } = ctx.db
  const [stored, ports, assumed] = await Promise.all([
    planInForce(ctx.db, depotId),
    homePorts(prisma, depotId),
    readAssumptions(prisma, depotId),
  ])
  const power = new Map(ports.map((port) => [port.id, Math.min(port.maxW, port.charger.maxW)]))
  const needs = new Map(stored?.input.needs.map((need) => [need.id, need]))
  const allocations = new Map(stored?.plan.allocations.map((each) => [each.vehicle, each.powerW]))
  const byVehicle = Map.groupBy(duties, ({ vehicleId }) => vehicleId)
  return new Map(
    vehicles.flatMap((vehicle) => {
      const need = needs.get(vehicle.id)
      const portId = need?.port ?? vehicle.homePortId
      const facts = {
        portW: (portId !== null && power.get(portId)) || null,
        isHere: need?.port !== undefined && need.arrives <= now,
        planned: stored && plannedStay(stored, vehicle.id, needs, allocations),
        now,
      }
      const judged = feasibilityOf(
        { ...vehicle, socAt: vehicle.socAt ? instant(vehicle.socAt) : undefined, assumedSocPct: assumed?.socPct },
        byVehicle.get(vehicle.id) ?? [],
        facts,
      )
      return [...judged].map(([duty, feasibility]) => [(duty as DutyAhead).id, shown(feasibility)] as const)
    }),
  )
}

type Needs = Map<string, StoredPlan['input']['needs'][number]>

/** What the plan in force gives a vehicle until its next departure; undefined: it stands at no port, or leaves after the plan ends. */
function plannedStay(
  { plan, input }: StoredPlan,
  vehicleId: string,
  needs: Needs,
  allocations: Map<string, number[]>,
): PlannedStay | undefined {
  const need = needs.get(vehicleId)
  if (!need?.port || need.departs > slotAt(input, input.slots)) return undefined
  const follows = input.ports.find(({ id }) => id === need.port)?.offline?.followsW
  const powerW: number[] = follows?.map((w) => Math.min(w, need.maxW)) ?? allocations.get(vehicleId) ?? []
  const slotMs = plan.slotMinutes * 60_000
  const gives = powerW.map(
    (w, slot): Gives => ({ from: instant(plan.from + slot * slotMs), until: instant(plan.from + (slot + 1) * slotMs), powerW: w }),
  )
  return { departsAt: need.departs, gives }
}

function shown(feasibility: Feasibility): DutyFeasibility {
  const { verdict, stay, batteryWh, alone, byPlan } = feasibility
  const best = byPlan ?? alone
  const share = (wh: number) => Math.round((wh / batteryWh) * 1000) / 10
  return {
    verdict,
    mark: MARKS[verdict],
    word: VERDICT_WORDS[verdict],
    neededWh: Math.round(stay.neededWh),
    neededPct: share(stay.neededWh),
    hasPct: share(stay.hasWh),
    readyAt: alone?.ready ? alone.readyAt : null,
    readyByPlanAt: byPlan?.ready ? byPlan.readyAt : null,
    marginMs: best?.marginMs ?? null,
    marginM: best ? Math.round(best.marginM) : null,
    alone: alone && outcomeText(alone),
    byPlan: byPlan && outcomeText(byPlan),
    reckoning: reckoning(feasibility),
  }
}
