import { randomBytes } from 'node:crypto'
import { notFound, problem } from '#lib/api/problem.ts'
import type { TokenInput } from '#lib/api/token.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import { momentOf } from '#lib/fleet/duty.ts'
import type { Instant } from '#lib/time/instant.ts'
import { dayInterval, type Zone } from '#lib/time/zone.ts'
import type { Db } from '#server/store/database.ts'
import { driverNamed, vehicleNames } from '#server/store/fleet.ts'
import { groupOfParent, parentOfGroup, type TokenFacts } from '#server/store/tokens.ts'

/** What the store keeps of what was entered. @throws Problem `invalid`, `not-found` for a vehicle of another depot */
export async function tokenFacts(
  db: Db,
  { id: depotId, zone }: { id: string; zone: Zone },
  input: Omit<TokenInput, 'idTag'>,
  tokenId?: string,
): Promise<TokenFacts> {
  if (input.vehicleId && !(await vehicleNames(db, depotId)).some(({ id }) => id === input.vehicleId))
    throw notFound('vehicle', input.vehicleId)
  const expiresAt = input.expires ? expiryOf(input.expires, zone) : null
  const groupName = input.group || null
  return {
    kind: input.kind,
    status: input.status,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    groupName,
    parentIdTag: await parentOf(db, depotId, groupName, input.parentIdTag, tokenId),
    vehicleId: input.vehicleId || null,
    driverId: input.driver ? await driverNamed(db, depotId, input.driver) : null,
    costCentre: input.costCentre || null,
  }
}

/** A day means its end. */
function expiryOf(text: string, zone: Zone): Instant {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? endOfDay(text, zone) : momentOf(text, zone)
  if (at === undefined)
    throw problem('invalid', `"${text.slice(0, 40)}" is not a day or moment. Write 2027-06-30.`, { expires: 'Such as 2027-06-30.' })
  return at
}

function endOfDay(day: string, zone: Zone): Instant | undefined {
  try {
    return dayInterval(day, zone).until
  } catch {
    return undefined // a RangeError: 30 February
  }
}

/** A group has one parent id tag, by which chargers know it: given, that of its other members, or a new one. @throws Problem `invalid` */
async function parentOf(
  db: Db,
  depotId: string,
  group: string | null,
  given: string | null,
  tokenId: string | undefined,
): Promise<string | null> {
  const mine = given ? sameTag(given) : null
  if (group === null) return mine
  const others = mine === null ? undefined : await groupOfParent(db, depotId, mine, tokenId)
  if (others !== undefined && others.toLowerCase() !== group.toLowerCase())
    throw problem('invalid', `The parent id ${mine} is that of the group ${others}. Leave it empty, or choose another.`, {
      parentIdTag: `That of ${others}.`,
    })
  const theirs = await parentOfGroup(db, depotId, group, tokenId)
  if (theirs !== undefined && mine !== null && theirs !== mine)
    throw problem('invalid', `The group ${group} has the parent id ${theirs}. Leave it empty, or name another group.`, {
      parentIdTag: `${group} has ${theirs}.`,
    })
  return mine ?? theirs ?? `GROUP${randomBytes(5).toString('hex').toUpperCase()}`
}
