import type { Carbon } from '#lib/energy/carbon.ts'
import { days, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** An hour that is not told is like one of a week before at most. */
const BACK_MS = days(8)

/** How clean the energy of a depot is, as far as a plan from `now` on may ask. */
export async function readCarbon(db: Db, depotId: string, now: Instant): Promise<Carbon> {
  const [depot, rows] = await Promise.all([
    db.depot.findUnique({ where: { id: depotId }, select: { carbonDay: true } }),
    db.carbonHour.findMany({ where: { depotId, startsAt: { gte: new Date(plus(now, -BACK_MS)) } }, orderBy: { startsAt: 'asc' } }),
  ])
  return { day: depot?.carbonDay ?? [], hours: new Map(rows.map(({ startsAt, gPerKwh }) => [instant(startsAt), gPerKwh])) }
}

/** An hour that was told before has the newer value. */
export async function writeCarbonHours(db: Db, depotId: string, hours: ReadonlyMap<Instant, number>): Promise<void> {
  const at = [...hours.keys()].map((each) => new Date(each))
  await db.carbonHour.deleteMany({ where: { depotId, startsAt: { in: at } } })
  await db.carbonHour.createMany({ data: [...hours].map(([from, gPerKwh]) => ({ depotId, startsAt: new Date(from), gPerKwh })) })
}

export const writeCarbonDay = (db: Db, depotId: string, day: number[]) =>
  db.depot.update({ where: { id: depotId }, data: { carbonDay: day } })
