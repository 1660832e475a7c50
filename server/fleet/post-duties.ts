import type { z } from 'zod'
import { isProblem } from '#lib/api/problem.ts'
import { type postDuties as contract, type PostedDuties, postedDuty } from '#lib/api/v1-duty.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import { parsed } from '#server/http/parsed.ts'
import type { Ctx } from '#server/runtime.ts'
import { vehiclesById } from '#server/store/dispatch.ts'
import { lockFleet } from '#server/store/fleet.ts'
import { appendJournal, type JournalLine } from '#server/store/journal.ts'
import { placeDuty } from './place-duty.ts'

type Posted = z.output<typeof postedDuty>
type Result = PostedDuties['results'][number]
type Vehicle = Awaited<ReturnType<typeof vehiclesById>>[number]

/** Duties from another system, each taken or refused by itself; plans of the depots are made again. A vehicle that is not theirs is as if it were not there. */
export async function postDuties(
  ctx: Pick<Ctx, 'db' | 'clock' | 'wakes' | 'feed'>,
  who: Who,
  { duties }: z.output<NonNullable<(typeof contract)['input']>>,
): Promise<PostedDuties> {
  const now = ctx.clock.now()
  const results: Result[] = []
  const read = duties.map(wellFormed)
  const touched = new Set<string>()
  await ctx.db.prisma.$transaction(
    async (db) => {
      const vehicles = (await vehiclesById(db, [...new Set(read.flatMap((each) => ('vehicleId' in each ? each.vehicleId : [])))])).filter(
        ({ depotId }) => seesDepot(who, depotId),
      )
      const known = new Map(vehicles.map((vehicle) => [vehicle.id, vehicle]))
      // always in the same order, so that two batches cannot wait for each other
      for (const depotId of [...new Set(vehicles.map(({ depotId }) => depotId))].sort()) await lockFleet(db, depotId)
      const journal: JournalLine[] = []
      for (const posted of read) results.push('outcome' in posted ? posted : await judged(posted))
      await appendJournal(db, now, ctx.clock.real(), journal)

      async function judged(posted: Posted): Promise<Result> {
        const vehicle = known.get(posted.vehicleId)
        return vehicle ? taken(vehicle, posted) : refused(`There is no vehicle "${posted.vehicleId.slice(0, 60)}" among yours.`)
      }

      async function taken(vehicle: Vehicle, { name, departsAt, returnsAt, distanceM }: Posted): Promise<Result> {
        try {
          const input = { name, departs: departsAt, returns: returnsAt, km: distanceM / 1000 }
          const { outcome, id, text, duty } = await placeDuty(db, vehicle, input, { zone: vehicle.depot.zone, now, source: 'dispatch' })
          if (outcome === 'added') {
            touched.add(vehicle.depotId)
            journal.push({
              depotId: vehicle.depotId,
              actor: who.actor,
              kind: 'duty.added',
              subject: vehicle.id,
              data: { dutyId: id, ...duty },
            })
          }
          return { outcome, id, text }
        } catch (error) {
          if (!isProblem(error)) throw error
          return refused(error.message)
        }
      }
    },
    { timeout: 60_000 },
  )
  for (const depotId of touched) {
    ctx.wakes.replan(depotId, 'duties came from dispatch')
    ctx.feed.publish({ kind: 'changed', depotId, what: 'vehicles' })
  }
  const count = (outcome: Result['outcome']) => results.filter((each) => each.outcome === outcome).length
  return { added: count('added'), same: count('same'), refused: count('refused'), results }
}

const refused = (text: string): Result => ({ outcome: 'refused', id: null, text })

function wellFormed(given: unknown): Posted | Result {
  try {
    return parsed(postedDuty, given)!
  } catch (error) {
    if (!isProblem(error)) throw error
    return refused(error.message)
  }
}
