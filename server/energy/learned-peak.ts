import { demandCharges } from '#lib/energy/demand.ts'
import { daysLeft, expectedPeakW, neededPeakW, type SeenDay } from '#lib/energy/learned-peak.ts'
import type { Tariff } from '#lib/energy/tariff.ts'
import type { DemandCharge } from '#lib/planning/input.ts'
import { hours, type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { addDays, localDay, localInstant, monthInterval, type Zone } from '#lib/time/zone.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Ctx } from '../runtime.ts'
import type { Db } from '../store/database.ts'
import {
  firstSessionAt,
  type LearnedDays,
  type PeakSetting,
  readPeakMemory,
  visitsBetween,
  writeLearnedDays,
} from '../store/learned-peak.ts'
import { serviceNode } from '../store/site-power.ts'
import { depotZone, tariffInForce } from '../store/tariff.ts'
import { basePower15 } from './quarter-hours.ts'

/** A day begins when the night's last vehicles are home and the morning's first have not come. */
const DAY_BEGINS = '03:00'
const BEGINS_MS = hours(3)
/** Five weeks tell of the next four. */
const MEMORY_DAYS = 35
/** So many days are worked out at a time, for a large depot. */
const AT_ONCE = 7
const SLOT_MINUTES = 15
const SLOT_MS = minutes(SLOT_MINUTES)
/** What stays longer is not waited for. */
const LONGEST_SLOTS = hours(48) / SLOT_MS

const dayOf = (at: Instant, zone: Zone): string => localDay(plus(at, -BEGINS_MS), zone)

/**
 * Looks at the days that are over since the last look: what peak each would have needed, from the sessions and the base load that were measured.
 * Without a demand charge there is nothing to learn.
 */
export async function learnPeak(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string): Promise<void> {
  const { db } = ctx
  const now = ctx.clock.now()
  const depot = await depotZone(db.prisma, depotId)
  const tariff = await tariffInForce(db.prisma, depotId, now)
  const first = await firstSessionAt(db, depotId)
  if (!depot || !tariff || !first) return
  const { learned } = await readPeakMemory(db.prisma, depotId)
  if (tariff.windows.every(({ demandMicroPerKw }) => demandMicroPerKw === 0)) {
    if (learned && learned.days.length > 0) await writeLearnedDays(db.prisma, depotId, { tariffId: tariff.id, days: [] })
    return
  }
  const today = dayOf(now, depot.zone)
  const oldest = [addDays(today, -MEMORY_DAYS), addDays(dayOf(instant(first), depot.zone), 1)].toSorted().at(-1)!
  const known = learned?.tariffId === tariff.id ? learned.days.filter(({ day }) => day >= oldest) : []
  const missing: string[] = []
  // yesterday's vehicles are still there: their night is looked at when it is over
  for (let day = oldest; day < addDays(today, -1); day = addDays(day, 1)) if (!known.some((each) => each.day === day)) missing.push(day)
  const due = missing.slice(-AT_ONCE)
  if (due.length === 0 && known.length === learned?.days.length) return
  const siteW = (await serviceNode(db, depotId))?.limitW ?? Number.POSITIVE_INFINITY
  const seen: SeenDay[] = []
  for (const day of due) seen.push({ day, neededW: await neededOn(ctx, { depotId, zone: depot.zone, tariff, siteW }, day) })
  const days = [...known, ...seen].sort((a, b) => (a.day < b.day ? -1 : 1))
  await writeLearnedDays(db.prisma, depotId, { tariffId: tariff.id, days })
}

type Where = { depotId: string; zone: Zone; tariff: Tariff; siteW: number }

/** What peak a day would have needed, W; 0 where the charge counts none of its hours. */
async function neededOn({ db, clock }: Pick<Ctx, 'db' | 'clock'>, { depotId, zone, tariff, siteW }: Where, day: string): Promise<number> {
  const from = localInstant(day, DAY_BEGINS, zone)
  const visits = await visitsBetween(db, depotId, from, localInstant(addDays(day, 1), DAY_BEGINS, zone), clock.now())
  const last = Math.max(plus(from, hours(24)), ...visits.map(({ departs }) => departs))
  const slots = Math.min(LONGEST_SLOTS, Math.ceil((last - from) / SLOT_MS))
  const charges = demandCharges(tariff, { from, slotMinutes: SLOT_MINUTES, slots }, zone, 0 as Watts)
  if (charges.length === 0) return 0
  const { powerW } = await basePower15({ db }, depotId, from, slots)
  return neededPeakW({
    from,
    slotMs: SLOT_MS,
    baseW: powerW.map((w) => Math.round(w ?? 0)),
    charged: powerW.map((_, t) => charges.some((charge) => charge.slots[t])),
    siteW,
    visits,
  })
}

/** What is expected of what is left of the month that `inMonth` lies in, W; undefined: too little was seen. */
export function learnedW(learned: LearnedDays | undefined, now: Instant, zone: Zone, inMonth: Instant = now): number | undefined {
  const first = localDay(monthInterval(inMonth, zone).from, zone)
  const today = dayOf(now, zone)
  // in the first hours of a month the day that runs is still one of the month before
  return learned && expectedPeakW(learned.days, daysLeft(today.slice(0, 7) === first.slice(0, 7) ? today : first))
}

/** The peak in force for the month that `inMonth` lies in, W; undefined: none but the one made so far. */
export const targetOf = (
  { setting, learned }: { setting: PeakSetting; learned: LearnedDays | undefined },
  now: Instant,
  zone: Zone,
  inMonth: Instant = now,
): number | undefined => {
  if (setting.mode === 'off') return undefined
  return setting.mode === 'byHand' ? (setting.byHandW ?? undefined) : learnedW(learned, now, zone, inMonth)
}

/** Demand charges with the peak that each one's month is expected to make, as the depot has it. Their first slot begins at `from`. */
export async function withExpectedPeak(
  db: Db,
  depotId: string,
  charges: DemandCharge[],
  { now, from, slotMinutes }: { now: Instant; from: Instant; slotMinutes: number },
  zone: Zone,
): Promise<DemandCharge[]> {
  if (charges.length === 0) return charges
  const memory = await readPeakMemory(db, depotId)
  const isHard = memory.setting.mode === 'byHand' && memory.setting.isHard
  return charges.map((charge) => {
    const targetW = targetOf(memory, now, zone, plus(from, charge.slots.indexOf(true) * minutes(slotMinutes)))
    return targetW === undefined ? charge : { ...charge, targetW: targetW as Watts, ...(isHard ? { targetIsHard: true } : {}) }
  })
}
