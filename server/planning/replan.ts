import { notFound } from '#lib/api/problem.ts'
import { demandCharges } from '#lib/energy/demand.ts'
import { pricePerSlot } from '#lib/energy/tariff.ts'
import { guestNeed, needOf } from '#lib/fleet/need.ts'
import { stepsOf } from '#lib/planning/depot-facts.ts'
import { depotInput, SLOT_MINUTES, slotsFor, wantedCurves } from '#lib/planning/depot-input.ts'
import { firstSlotAt, type Need, type PlanningInput, type Policy } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { days, hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { monthPeak } from '../energy/month-peak.ts'
import type { Ctx } from '../runtime.ts'
import { readDuties } from '../store/duty.ts'
import { writeJournalOnce } from '../store/journal.ts'
import { writeWanted } from '../store/limit.ts'
import { forgetPlans, latestPlan, storePlan } from '../store/plan.ts'
import { lastPlanAt } from '../store/plan-trouble.ts'
import type { Site } from '../store/site.ts'
import { tariffInForce } from '../store/tariff.ts'
import { readVehicles, type VehicleRow } from '../store/vehicle.ts'
import type { Drawn } from './drawn.ts'
import { type Reach, readFacts } from './facts.ts'
import type { Planner } from './planner.ts'
import type { Pass, Reconciler } from './reconcile.ts'
import { tellTrouble } from './tell-trouble.ts'
import { treeRefusal } from './wanted-fallbacks.ts'

const KEEP_MS = days(14)
const KEEP_ALL_MS = hours(24)

export type PlanHooks = { before?: () => void | Promise<void>; decided?: () => void | Promise<void>; stored?: () => void | Promise<void> }
export type Replanned = { planId: string; plan: Plan; pass: Pass }
export type PlanningRoom = { planner: Planner; reconciler: Reconciler; drawn: Drawn }

/**
 * A new plan for a depot: gather what is known, ask the planner, write the answer down, make the chargers follow.
 * `before` may write down what the plan has to know; `decided` is called when the plan is made (t3 of the commands that asked for it), `stored` when it is written down.
 * Where the planner fails, the last plan stays in force, and chargers are made to follow that.
 * @throws Problem not-found; what the planner failed with
 */
export async function replan(
  ctx: Ctx,
  { planner, reconciler, drawn }: PlanningRoom,
  depotId: string,
  cause: string,
  { before, decided, stored }: PlanHooks = {},
): Promise<Replanned> {
  await before?.()
  const { input, site, refusal } = await gathered(ctx, depotId, reconciler.reach, drawn)
  const { plan, tookMs } = await planner.plan(input).catch((error: unknown) => goOnWithout(ctx, reconciler, depotId, error))
  await decided?.()
  const planId = await store(ctx, { depotId, cause, input, plan, tookMs })
  await stored?.()
  const pass = await reconciler.depot(depotId)
  await tellTrouble(ctx, { site, refusal, waiting: pass.waiting })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'plan' })
  return { planId, plan, pass }
}

/** No new plan: what is wanted stays wanted. @throws the same again */
async function goOnWithout(ctx: Ctx, reconciler: Reconciler, depotId: string, error: unknown): Promise<never> {
  // once since the last plan that could be made
  const since = instant((await lastPlanAt(ctx.db.prisma, depotId)) ?? 0)
  const data = { reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }
  await writeJournalOnce(ctx.db.prisma, ctx.clock, since, {
    depotId,
    actor: 'system',
    kind: 'plan.failed',
    subject: `depot:${depotId}`,
    data,
  })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
  await reconciler.depot(depotId)
  throw error
}

/** Everything the plan depends on, read at one moment. */
export const gather = async (ctx: Ctx, depotId: string, reach: Reach): Promise<PlanningInput> => (await gathered(ctx, depotId, reach)).input

async function gathered(
  ctx: Ctx,
  depotId: string,
  reach: Reach,
  drawn?: Drawn,
): Promise<{ input: PlanningInput; site: Site; refusal: string | undefined }> {
  const now = ctx.clock.now()
  const db = ctx.db.prisma
  const read = await readFacts(db, depotId, now, reach)
  if (!read) throw notFound('depot', depotId)
  const { facts, site } = read
  const vehicles = await readVehicles(db, { depotId })
  const known = await needsOf(ctx, { site, vehicles }, now)
  const needs = drawn ? await drawn.asDrawn({ facts, site, vehicles }, known) : known
  const slots = slotsFor(
    now,
    needs.map(({ departs }) => departs),
  )
  const from = firstSlotAt(now, SLOT_MINUTES)
  const { zone } = site.depot
  const tariff = await tariffInForce(db, depotId, now)
  const { peakW } = await monthPeak(ctx, depotId, zone)
  const previous = await latestPlan(db, depotId)
  const input = depotInput(facts, {
    needs,
    slots,
    prices: {
      microPerKwh: pricePerSlot(tariff, from, SLOT_MINUTES, slots, zone),
      demand: demandCharges(tariff, { from, slotMinutes: SLOT_MINUTES, slots }, zone, (peakW ?? 0) as Watts),
    },
    policy: site.depot.policy as Policy,
    ...(previous ? { previous: previous.plan } : {}),
  })
  return { input, site, refusal: treeRefusal(facts, site.depot.fallbackPermille) }
}

/** Vehicles at ports, on the road and standing about; and sessions of vehicles that are not ours. */
async function needsOf(ctx: Ctx, { site, vehicles }: { site: Site; vehicles: VehicleRow[] }, now: Instant): Promise<Need[]> {
  const duties = await readDuties(ctx.db.prisma, site.depot.id, now, plus(now, days(4)))
  const at = new Map<string, string>()
  for (const port of site.ports) {
    const vehicle = vehicleAt(site, port.id, vehicles)
    if (vehicle) at.set(vehicle, port.id)
  }
  const taken = new Set(at.values())
  const ours = vehicles.map((vehicle) => {
    const need = needOf(
      vehicle,
      duties.filter(({ vehicleId }) => vehicleId === vehicle.id),
      at.get(vehicle.id),
      now,
    )
    // a bay that another vehicle stands in is not promised to the one that comes home
    return at.has(vehicle.id) || need.port === undefined || !taken.has(need.port) ? need : withoutPort(need)
  })
  const guests = site.sessions
    .filter(({ vehicleId }) => vehicleId === null)
    .flatMap((session) => {
      const port = site.ports.find(({ id }) => id === session.portId)
      return port ? [guestNeed(session, { maxW: port.maxW as Watts, phases: port.phases as 1 | 2 | 3 }, now)] : []
    })
  return [...ours, ...guests]
}

/** Which vehicle stands at a port: that of its session, else the one at home there while something is plugged in. */
export function vehicleAt(site: Site, portId: string, vehicles: { id: string; homePortId: string | null }[]): string | undefined {
  const session = site.sessions.find((each) => each.portId === portId)
  if (session) return session.vehicleId ?? undefined
  const port = site.ports.find(({ id }) => id === portId)
  if (!port || !PLUGGED.has(port.status)) return undefined
  const charging = new Set(site.sessions.map(({ vehicleId }) => vehicleId))
  return vehicles.find(({ id, homePortId }) => homePortId === portId && !charging.has(id))?.id
}

const PLUGGED = new Set(['plugged', 'charging', 'pausedByCharger', 'pausedByVehicle', 'finishing'])

const withoutPort = ({ port: _, ...need }: Need): Need => need

/** The plan with its input, and what it wants of each port, in one transaction. */
async function store(
  ctx: Ctx,
  { depotId, cause, input, plan, tookMs }: { depotId: string; cause: string; input: PlanningInput; plan: Plan; tookMs: number },
): Promise<string> {
  const { now } = input
  const curves = wantedCurves(
    plan,
    now,
    input.ports.map(({ id, reservedW, offline }) => ({ id, fallbackW: offline ? (0 as Watts) : (reservedW.at(-1) ?? (0 as Watts)) })),
  )
  const planId = await ctx.db.prisma.$transaction(async (tx) => {
    const id = await storePlan(tx, { depotId, madeAt: now, cause, input, plan, tookMs })
    const wanted = [...curves].map(([portId, curve]) => ({ portId, steps: stepsOf(curve, plan.from) }))
    await writeWanted(tx, wanted, id, now)
    return id
  })
  return planId
}

/** Old plans go: hourly ones stay for two weeks. */
export const thinPlans = (ctx: Ctx, depotId: string): Promise<void> =>
  forgetPlans(ctx.db.prisma, depotId, plus(ctx.clock.now(), -KEEP_MS), plus(ctx.clock.now(), -KEEP_ALL_MS))
