import type { DutyInput } from '#lib/api/duty.ts'
import { changedSince, notFound, problem } from '#lib/api/problem.ts'
import type { Ctx } from '#server/runtime.ts'
import { dutyOf, updateDuty } from '#server/store/duty.ts'
import { fleetOf, lockFleet } from '#server/store/fleet.ts'
import { writeJournal } from '#server/store/journal.ts'
import { theDepot } from '../live/views.ts'
import { type DutyFacts, dutyFacts, refuseOverlap } from './duty-facts.ts'

/** Changes a duty; of one that has left only the return. `ifStill`: only while it is as given there. @throws Problem `not-found`, `invalid`, `conflict` */
export async function changeDuty(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  depotId: string,
  dutyId: string,
  { ifStill, ...input }: DutyInput & { ifStill?: DutyInput | undefined },
  actor: string,
): Promise<void> {
  const { zone } = await theDepot(ctx, depotId)
  const now = ctx.clock.now()
  const vehicle = await ctx.db.prisma.$transaction(async (db) => {
    await lockFleet(db, depotId)
    const before = await dutyOf(db, depotId, dutyId)
    if (!before) throw notFound('duty', dutyId)
    if (before.returnsAt <= now) throw problem('conflict', 'This duty is over: what happened stays as it was.')
    const [driven] = await fleetOf(db, { depotId, id: before.vehicleId })
    if (ifStill && !isSame(before, dutyFacts(ifStill, driven!, zone, now))) throw changedSince(`The duty of ${driven!.name}`)
    const after = dutyFacts({ ...input, name: input.name === undefined ? before.name : input.name }, driven!, zone, now)
    // a minute is the finest that forms know
    if (before.departsAt <= now && Math.abs(after.departsAt - before.departsAt) >= 60_000)
      throw problem('conflict', `${driven!.name} has left: only the return can be changed.`, { departs: 'It has left already.' })
    if (before.departsAt <= now) after.departsAt = before.departsAt
    await refuseOverlap(db, driven!, after, zone, dutyId)
    await updateDuty(db, dutyId, after, now)
    const { name, departsAt, returnsAt, distanceM, energyWh } = before
    const data = { dutyId, before: { name, departsAt, returnsAt, distanceM, energyWh }, after }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'duty.changed', subject: before.vehicleId, data })
    return driven!
  })
  ctx.wakes.replan(depotId, `a duty of ${vehicle.name} was changed`)
  ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles', id: vehicle.id })
}

// a minute is the finest that forms know
const isSame = (one: DutyTimes, other: DutyTimes): boolean =>
  Math.abs(one.departsAt - other.departsAt) < 60_000 &&
  Math.abs(one.returnsAt - other.returnsAt) < 60_000 &&
  one.distanceM === other.distanceM
type DutyTimes = Pick<DutyFacts, 'departsAt' | 'returnsAt' | 'distanceM'>
