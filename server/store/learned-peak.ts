import type { SeenDay, Visit } from '#lib/energy/learned-peak.ts'
import type { PeakMode } from '#lib/energy/peak-words.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'

/** What the depot's people said of the month's peak. */
export type PeakSetting = { mode: PeakMode; byHandW: number | null; isHard: boolean }
/** Days that are over, as seen under a tariff: another one may count other hours. */
export type LearnedDays = { tariffId: string; days: SeenDay[] }

const settingKey = (depotId: string) => `peakTarget:${depotId}`
const daysKey = (depotId: string) => `peakDays:${depotId}`

/** Where nobody said anything the peak is learned. */
export const UNSAID: PeakSetting = { mode: 'learned', byHandW: null, isHard: false }

export async function readPeakMemory(db: Db, depotId: string): Promise<{ setting: PeakSetting; learned: LearnedDays | undefined }> {
  const rows = await db.setting.findMany({ where: { key: { in: [settingKey(depotId), daysKey(depotId)] } } })
  const value = (key: string) => rows.find((row) => row.key === key)?.value
  return {
    setting: (value(settingKey(depotId)) as PeakSetting | undefined) ?? UNSAID,
    learned: value(daysKey(depotId)) as LearnedDays | undefined,
  }
}

export const writePeakSetting = (db: Db, depotId: string, value: PeakSetting) => write(db, settingKey(depotId), value)
export const writeLearnedDays = (db: Db, depotId: string, value: LearnedDays) => write(db, daysKey(depotId), value)

const write = (db: Db, key: string, value: PeakSetting | LearnedDays) =>
  db.setting.upsert({ where: { key }, create: { key, value }, update: { value } })

/** Sessions that began in `[from, until)`, as stays with what they took; one that is open ends `now`. */
export const visitsBetween = async ({ pool }: Database, depotId: string, from: Instant, until: Instant, now: Instant): Promise<Visit[]> =>
  (
    await pool.query<Visit>(
      `SELECT (extract(epoch FROM s.started_at) * 1000)::float8 AS arrives,
         (extract(epoch FROM coalesce(s.stopped_at, $4)) * 1000)::float8 AS departs,
         s.energy_wh::float8 AS "energyWh", least(p.max_w, coalesce(v.max_w, p.max_w))::float8 AS "maxW"
       FROM session s JOIN port p ON p.id = s.port_id LEFT JOIN vehicle v ON v.id = s.vehicle_id
       WHERE s.depot_id = $1 AND s.started_at >= $2 AND s.started_at < $3 AND s.energy_wh > 0
       ORDER BY s.started_at, s.id`,
      [depotId, new Date(from), new Date(until), new Date(now)],
    )
  ).rows

/** When the depot's first session began; undefined: there was none. */
export const firstSessionAt = async ({ prisma }: Database, depotId: string): Promise<Date | undefined> =>
  (await prisma.session.findFirst({ where: { depotId }, orderBy: { startedAt: 'asc' }, select: { startedAt: true } }))?.startedAt
