import { randomUUID } from 'node:crypto'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Db } from './database.ts'

export type LimitHoursRow = {
  id: string
  nodeId: string
  node: string
  from: Instant
  until: Instant
  limitW: Watts
  reason: string | null
  madeBy: string
}

type Row = {
  id: string
  nodeId: string
  limitW: number
  startsAt: Date
  endsAt: Date
  reason: string | null
  madeBy: string
  node: { name: string }
}
const plain = ({ id, nodeId, limitW, startsAt, endsAt, reason, madeBy, node }: Row): LimitHoursRow => ({
  ...{ id, nodeId, node: node.name, reason, madeBy },
  from: instant(startsAt),
  until: instant(endsAt),
  limitW: limitW as Watts,
})
const withNode = { node: { select: { name: true } } } as const

/** Hours of a depot's nodes that are not over at `from`, and begin before `until` if that is given; the first first. */
export async function limitHoursAhead(db: Db, depotId: string, from: Instant, until?: Instant): Promise<LimitHoursRow[]> {
  const rows = await db.limitHours.findMany({
    where: { node: { depotId }, endsAt: { gt: new Date(from) }, ...(until !== undefined && { startsAt: { lt: new Date(until) } }) },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    include: withNode,
  })
  return rows.map(plain)
}

export async function insertLimitHours(
  db: Db,
  { from, until, ...hours }: Pick<LimitHoursRow, 'nodeId' | 'from' | 'until' | 'limitW' | 'reason' | 'madeBy'>,
  now: Instant,
): Promise<string> {
  const id = randomUUID()
  await db.limitHours.create({ data: { id, ...hours, startsAt: new Date(from), endsAt: new Date(until), madeAt: new Date(now) } })
  return id
}

export async function limitHoursOf(db: Db, depotId: string, id: string): Promise<LimitHoursRow | undefined> {
  const row = await db.limitHours.findFirst({ where: { id, node: { depotId } }, include: withNode })
  return row ? plain(row) : undefined
}

/** Over from `at` on; such as have not begun never were. */
export const endLimitHours = (db: Db, { id, from }: Pick<LimitHoursRow, 'id' | 'from'>, at: Instant) =>
  from >= at ? db.limitHours.delete({ where: { id } }) : db.limitHours.update({ where: { id }, data: { endsAt: new Date(at) } })

/** Undefined: there are no such hours. */
export const depotOfLimitHours = async (db: Db, id: string): Promise<string | undefined> =>
  (await db.limitHours.findUnique({ where: { id }, select: { node: { select: { depotId: true } } } }))?.node.depotId
