import type { Instant } from '#lib/time/instant.ts'
import { seconds } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { readSetting, writeSetting } from '#server/store/setting.ts'

/** t0 … t1 of a command in real time (source: spec "kpis" 3.4, Clock). */
export type Issued = { t0: Instant; t0FromSource: boolean; t1: Instant }

const MOST_SKEW_MS = seconds(2)
/** Requests of a source by which its clock is judged. */
const JUDGED_BY = 20

/**
 * When a command was issued: the source's own moment counts as t0 only if its clock agrees with ours within 2 s, judged by the median of
 * its last 20 requests that carried one: a single one that was held up on its way is latency, not a wrong clock. Else t0 is when we received it.
 */
export async function issued({ db }: Pick<Ctx, 'db'>, actor: string, said: Instant | undefined, receivedAt: Instant): Promise<Issued> {
  if (said === undefined) return { t0: receivedAt, t0FromSource: false, t1: receivedAt }
  const key = `skew:${actor}`
  const known = (await readSetting(db.prisma, key)) as number[] | null
  const differences = [...(known ?? []), receivedAt - said].slice(-JUDGED_BY)
  await writeSetting(db.prisma, key, differences)
  const skewMs = differences.toSorted((a, b) => a - b)[Math.floor(differences.length / 2)]!
  const believed = Math.abs(skewMs) <= MOST_SKEW_MS
  return { t0: believed ? (Math.min(said, receivedAt) as Instant) : receivedAt, t0FromSource: believed, t1: receivedAt }
}
