import type { DutyInput } from '#lib/api/duty.ts'
import { problem } from '#lib/api/problem.ts'
import { dutyEnergyWh, dutyName, momentOf } from '#lib/fleet/duty.ts'
import { days, type Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'
import type { Db } from '#server/store/database.ts'
import { dutyInTheWay } from '#server/store/duty.ts'

export type DutyFacts = { name: string | null; departsAt: Instant; returnsAt: Instant; distanceM: number; energyWh: number }
type Driven = { id: string; name: string; whPerKm: number }

const LONGEST_MS = days(14)

/** A duty as entered: depot time or ISO. Energy at the battery with 15 % reserve. @throws Problem `invalid` */
export function dutyFacts({ name = null, departs, returns, km }: DutyInput, { whPerKm }: Driven, zone: Zone, now: Instant): DutyFacts {
  const departsAt = momentOf(departs, zone)
  if (departsAt === undefined) throw notAMoment('departs', departs)
  const returnsAt = momentOf(returns, zone)
  if (returnsAt === undefined) throw notAMoment('returns', returns)
  if (returnsAt <= departsAt) throw problem('invalid', 'It returns before it departs.', { returns: 'After the departure.' })
  if (returnsAt - departsAt > LONGEST_MS) throw problem('invalid', 'A duty lasts at most 14 days.', { returns: 'At most 14 days later.' })
  if (returnsAt <= now) throw problem('invalid', 'This duty is over already.', { returns: 'In the past.' })
  const distanceM = Math.round(km * 1000)
  return { name, departsAt, returnsAt, distanceM, energyWh: dutyEnergyWh(distanceM, whPerKm) }
}

const notAMoment = (field: string, text: string) =>
  problem('invalid', `"${text.slice(0, 40)}" is not a moment. Write 2026-11-24 06:30 in depot time.`, {
    [field]: 'Such as 2026-11-24 06:30.',
  })

/** One vehicle drives one duty at a time. @throws Problem `conflict` that names both (requirement R1) */
export async function refuseOverlap(db: Db, { id, name }: Driven, duty: DutyFacts, zone: Zone, exceptId?: string): Promise<void> {
  const other = await dutyInTheWay(db, id, { from: duty.departsAt, until: duty.returnsAt }, exceptId)
  if (other)
    throw problem('conflict', `${name} cannot do both: ${dutyName(duty, zone)} overlaps ${dutyName(other, zone)}. Change one of them.`, {
      departs: `Overlaps ${dutyName(other, zone)}.`,
    })
}
