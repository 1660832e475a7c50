import { notFound } from '#lib/api/problem.ts'
import { carbonPerSlot } from '#lib/energy/carbon.ts'
import { demandCharges } from '#lib/energy/demand.ts'
import { pricePerSlot } from '#lib/energy/tariff.ts'
import { USUAL_ASSUMPTIONS } from '#lib/fleet/assumptions.ts'
import { guestNeed, needOf } from '#lib/fleet/need.ts'
import { cautious } from '#lib/planning/cautious.ts'
import { stepsOf } from '#lib/planning/depot-facts.ts'
import { depotInput, SLOT_MINUTES, slotsFor, wantedCurves } from '#lib/planning/depot-input.ts'
import { firstSlotAt, type Need, type PlanningInput, type Policy } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { days, hours, type Instant, instant, latest, minutes, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import { withExpectedPeak } from '../energy/learned-peak.ts'
import { monthPeak } from '../energy/month-peak.ts'
import type { Ctx } from '../runtime.ts'
import { readAssumptions } from '../store/assumptions.ts'
import { readCarbon } from '../store/carbon.ts'
import { planDays } from '../store/depot.ts'
import { readDuties } from '../store/duty.ts'
import { confirmedFallbacks } from '../store/fallback.ts'
import { writeJournal, writeJournalOnce } from '../store/journal.ts'
import { writeWanted } from '../store/limit.ts'
import { forgetPlans, keepPlan, latestPlan } from '../store/plan.ts'
import { failingSince, lastPlanAt, lastRefinedAt } from '../store/plan-trouble.ts'
import type { Site } from '../store/site.ts'
import { tariffInForce } from '../store/tariff.ts'
import { readVehicles, type VehicleRow } from '../store/vehicle.ts'
import type { Drawn } from './drawn.ts'
import { type Reach, readFacts } from './facts.ts'
import type { Pass, Reconciler } from './reconcile.ts'
import { tellTrouble } from './tell-trouble.ts'
import type { Refined, Tiers } from './two-tiers.ts'
import { vehiclesAt } from './vehicles-at.ts'
import { treeRefusal } from './wanted-fallbacks.ts'

/** How old the plan in force may be while the planner fails and nothing happens. */
const OLD_MS = minutes(5)
/** Older plans are thinned. */
const KEEP_ALL_MS = hours(24)

export type PlanHooks = { before?: () => void | Promise<void>; decided?: () => void | Promise<void>; stored?: () => void | Promise<void> }
/** `failure`: the planner failed; what is in force is the safe plan, or the one before. */
export type Replanned = { planId: string; plan: Plan; pass: Pass; failure?: Error }
/** `safePlan`: the planner's first answer, at once. */
export type PlanningRoom = { tiers: Tiers; safePlan(input: PlanningInput): Promise<Refined>; reconciler: Reconciler; drawn: Drawn }
/** Why a plan is made. An event is answered at once, if need be by a safe plan; what is asked for only by the clock waits for the planner. */
export type Why = { cause: string; isEvent: boolean }

/**
 * A new plan for a depot: gather what is known, ask the planner, write the answer down, make the chargers follow. Where a refined plan is not there
 * in time, an event is answered by a safe plan, which is followed until `takeLate` replaces it.
 * `before` may write down what the plan has to know; `decided` is called when a plan is made (t3 of the commands that asked for it), `stored` when it is written down.
 * Where nothing can be planned, the last plan stays in force, and chargers are made to follow that; `decided` and `stored` then wait for `takeLate`.
 * @throws Problem not-found; what the planner failed with, where there is no plan at all
 */
export async function replan(
  ctx: Ctx,
  room: PlanningRoom,
  depotId: string,
  { cause, isEvent }: Why,
  { before, decided, stored }: PlanHooks = {},
): Promise<Replanned> {
  await before?.()
  const known = await gathered(ctx, depotId, room.reconciler.reach, room.drawn)
  const { last } = known
  const asked = await room.tiers.ask(depotId, known.input)
  const inForce = async (answer: Refined, refined: boolean) => {
    await decided?.()
    const planId = await store(ctx, { depotId, cause, input: known.input, ...answer, refined })
    await stored?.()
    if (refined) await tellRecovery(ctx, depotId)
    const pass = await room.reconciler.depot(depotId)
    await tellTrouble(ctx, { site: known.site, refusal: known.refusal, waiting: pass.waiting })
    ctx.feed.publish({ kind: 'changed', depotId, what: 'plan' })
    return { planId, plan: answer.plan, pass }
  }
  if (asked.kind === 'refined') return inForce(asked.answer, true)
  const isOld = last === undefined || ctx.clock.now() - last.madeAt > OLD_MS
  const failure = asked.kind === 'failed' ? { failure: asked.error } : {}
  if (asked.kind === 'failed') await tellFailure(ctx, depotId, asked.error)
  // what nothing happened for goes on as it was planned
  const safe = isEvent || (isOld && asked.kind === 'failed') || last === undefined ? await safePlanFor(ctx, room, known) : undefined
  if (safe) return { ...(await inForce(safe, false)), ...failure }
  const pass = await room.reconciler.depot(depotId)
  if (!last) throw asked.kind === 'failed' ? asked.error : new Error('there is no plan yet, and no safe one could be made')
  return { planId: last.id, plan: last.plan, pass, ...failure }
}

/** A refined plan that came after its asker went on with a safe one. It replaces that, if nothing newer was asked. */
export async function takeLate(
  ctx: Ctx,
  { reconciler }: PlanningRoom,
  depotId: string,
  { cause, input, answer }: { cause: string; input: PlanningInput; answer: Refined },
  { decided, stored }: PlanHooks = {},
): Promise<Replanned> {
  await decided?.()
  const planId = await store(ctx, { depotId, cause, input, ...answer, refined: true })
  await stored?.()
  await tellRecovery(ctx, depotId)
  const pass = await reconciler.depot(depotId)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'plan' })
  return { planId, plan: answer.plan, pass }
}

/** The safe plan; none, where the planner's faults are its as well. */
const safePlanFor = (ctx: Ctx, room: PlanningRoom, { input, site }: Gathered): Promise<Refined | undefined> =>
  room.safePlan(input).catch((error: unknown) => {
    ctx.log.error({ err: error, depotId: site.depot.id }, 'no safe plan could be made; the last one stays in force')
    return undefined
  })

/** Once since the last plan that the planner made. */
export async function tellFailure(ctx: Ctx, depotId: string, error: Error): Promise<void> {
  const since = instant((await lastRefinedAt(ctx.db.prisma, depotId)) ?? 0)
  const data = { reason: error.message.split('\n')[0] }
  await writeJournalOnce(ctx.db.prisma, ctx.clock, since, {
    depotId,
    actor: 'system',
    kind: 'plan.failed',
    subject: `depot:${depotId}`,
    data,
  })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
}

/** The first plan of the planner's own after it failed ends what was told of that. */
async function tellRecovery(ctx: Ctx, depotId: string): Promise<void> {
  const since = await failingSince(ctx.db.prisma, depotId)
  if (since === undefined) return
  const data = { since }
  await writeJournal(ctx.db.prisma, ctx.clock, { depotId, actor: 'system', kind: 'plan.recovered', subject: `depot:${depotId}`, data })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
}

/** Everything the plan depends on, read at one moment. */
export const gather = async (ctx: Ctx, depotId: string, reach: Reach): Promise<PlanningInput> => (await gathered(ctx, depotId, reach)).input

type Last = Awaited<ReturnType<typeof latestPlan>>
type Gathered = { input: PlanningInput; site: Site; refusal: string | undefined; last: Last }

async function gathered(ctx: Ctx, depotId: string, reach: Reach, drawn?: Drawn): Promise<Gathered> {
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
  const carbonGPerKwh = carbonPerSlot(await readCarbon(db, depotId, now), from, SLOT_MINUTES, slots, zone)
  const { peakW } = await monthPeak(ctx, depotId, zone)
  const charges = demandCharges(tariff, { from, slotMinutes: SLOT_MINUTES, slots }, zone, (peakW ?? 0) as Watts)
  const last = await latestPlan(db, depotId)
  const question = depotInput(facts, {
    needs,
    slots,
    prices: {
      microPerKwh: pricePerSlot(tariff, from, SLOT_MINUTES, slots, zone),
      ...(carbonGPerKwh && { carbonGPerKwh }),
      demand: await withExpectedPeak(db, depotId, charges, { now, from, slotMinutes: SLOT_MINUTES }, zone),
    },
    policy: site.depot.policy as Policy,
    ...(last ? { previous: last.plan } : {}),
  })
  return { input: cautious(question), site, refusal: treeRefusal(facts, site.depot.fallbackPermille), last }
}

/** Vehicles at ports, on the road and standing about; and sessions of vehicles that are not ours. */
async function needsOf(ctx: Ctx, { site, vehicles }: { site: Site; vehicles: VehicleRow[] }, now: Instant): Promise<Need[]> {
  const duties = await readDuties(ctx.db.prisma, site.depot.id, now, plus(now, days(4)))
  const at = new Map([...vehiclesAt(site, vehicles)].map(([portId, vehicleId]) => [vehicleId, portId]))
  const taken = new Set(at.values())
  const assumed = (await readAssumptions(ctx.db.prisma, site.depot.id)) ?? USUAL_ASSUMPTIONS
  const ours = vehicles.map((vehicle) => {
    const need = needOf(
      vehicle,
      duties.filter(({ vehicleId }) => vehicleId === vehicle.id),
      at.get(vehicle.id),
      now,
      assumed,
    )
    // a bay that another vehicle stands in is not promised to the one that comes home
    return at.has(vehicle.id) || need.port === undefined || !taken.has(need.port) ? need : withoutPort(need)
  })
  const newest = new Map(site.sessions.toReversed().map((session) => [session.portId, session]))
  // a port has one vehicle: a session under its newest one is one whose stop never came
  const guests = site.sessions
    .filter((session) => session.vehicleId === null && newest.get(session.portId) === session)
    .flatMap((session) => {
      const port = site.ports.find(({ id }) => id === session.portId)
      const charger = site.chargers.find(({ id }) => id === port?.chargerId)
      return port && charger?.registration === 'accepted'
        ? [guestNeed(session, { maxW: port.maxW as Watts, phases: port.phases as 1 | 2 | 3 }, now, assumed)]
        : []
    })
  return [...ours, ...guests]
}

const withoutPort = ({ port: _, ...need }: Need): Need => need

/** The plan with its input, and what it wants of each port, in one transaction. */
async function store(
  ctx: Ctx,
  { input, ...made }: { depotId: string; cause: string; input: PlanningInput; plan: Plan; tookMs: number; refined: boolean },
): Promise<string> {
  const { plan } = made
  const { now } = input
  const planId = await ctx.db.prisma.$transaction(async (tx) => {
    // a reserve may be the nameplate or hold what a disobedient charger takes: where a curve ends it is what the charger falls back to
    const fallbacks = await confirmedFallbacks(tx, made.depotId)
    const curves = wantedCurves(
      plan,
      now,
      input.ports.map(({ id, offline }) => ({ id, fallbackW: (offline ? 0 : (fallbacks.get(id) ?? 0)) as Watts })),
    )
    // no two of a depot have one moment, for the newest is in force
    const madeAt = latest(now, plus(await lastPlanAt(tx, made.depotId), 1))
    const id = await keepPlan(tx, { ...made, input, madeAt })
    const wanted = [...curves].map(([portId, curve]) => ({ portId, steps: stepsOf(curve, plan.from) }))
    await writeWanted(tx, wanted, id, now)
    return id
  })
  return planId
}

/** Plans go when they are as old as the depot keeps them; of those older than a day one an hour stays, and each that a charger was told something of. */
export async function thinPlans(ctx: Ctx, depotId: string): Promise<void> {
  const [db, now] = [ctx.db.prisma, ctx.clock.now()]
  await forgetPlans(db, depotId, plus(now, -days(await planDays(db, depotId))), plus(now, -KEEP_ALL_MS))
}
