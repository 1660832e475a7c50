import { randomUUID } from 'node:crypto'
import type { DutyInput } from '#lib/api/duty.ts'
import { dutyName } from '#lib/fleet/duty.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Db } from '#server/store/database.ts'
import { dutyInTheWay, insertDuty } from '#server/store/duty.ts'
import { type DutyFacts, dutyFacts, refuseOverlap } from './duty-facts.ts'

export type Placed = { outcome: 'added' | 'same'; id: string; text: string; duty: DutyFacts }

/**
 * A duty of another system: added, or there already with the same times and distance, so that the same file or batch may be sent again.
 * @throws Problem `invalid`, `conflict` for an overlap with another one
 */
export async function placeDuty(
  db: Db,
  vehicle: { id: string; name: string; whPerKm: number },
  input: DutyInput,
  { zone, now, source }: { zone: Zone; now: Instant; source: string },
): Promise<Placed> {
  const duty = dutyFacts(input, vehicle, zone, now)
  const text = `${vehicle.name}, ${dutyName(duty, zone)}`
  const there = await dutyInTheWay(db, vehicle.id, { from: duty.departsAt, until: duty.returnsAt })
  if (there?.departsAt === duty.departsAt && there.returnsAt === duty.returnsAt && there.distanceM === duty.distanceM)
    return { outcome: 'same', id: there.id, text, duty }
  await refuseOverlap(db, vehicle, duty, zone)
  const id = randomUUID()
  await insertDuty(db, { id, vehicleId: vehicle.id, source, ...duty }, now)
  return { outcome: 'added', id, text, duty }
}
