import { SILENT_MS } from '#lib/planning/base-load.ts'
import { type Instant, instant, minutes } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** A measurement stands in its quarter of an hour, of which the mean is billed. */
const QUARTER_MIN = 15
const QUARTER_MS = minutes(QUARTER_MIN)

/**
 * What a meter measured, in the quarter hour of its moment: its last word, the highest, and the mean over time, in which each word goes on until the
 * next; an older one never takes the place of a newer one. @returns whether it was stored
 */
export async function writeMeasuredLoad(
  db: Db,
  nodeId: string,
  { powerW, phasesMa, measuredAt }: { powerW: number; phasesMa: number[]; measuredAt: Instant },
): Promise<boolean> {
  const at = new Date(measuredAt)
  await cutToQuarters(db, nodeId, at)
  const [here] = await db.$queryRaw<{ startsAt: Date; minutes: number }[]>`
    SELECT starts_at AS "startsAt", minutes FROM base_load
    WHERE node_id = ${nodeId} AND starts_at <= ${at} AND starts_at + minutes * interval '1 minute' > ${at} ORDER BY starts_at DESC LIMIT 1`
  const slot = here ?? { startsAt: new Date(Math.floor(measuredAt / QUARTER_MS) * QUARTER_MS), minutes: QUARTER_MIN }
  const from = instant(slot.startsAt)
  const until = from + minutes(slot.minutes)
  // what it told at the end of the quarter before went on to this word
  const before = await db.baseLoad.findFirst({
    where: { nodeId, startsAt: { lt: slot.startsAt }, measuredAt: { gte: new Date(measuredAt - SILENT_MS), lt: at } },
    orderBy: { startsAt: 'desc' },
  })
  const since = before ? from : measuredAt
  const mean = ((before?.measuredW ?? 0) * (measuredAt - since) + powerW * (until - measuredAt)) / (until - since)
  const leftMs = until - measuredAt
  const written = await db.$executeRaw`
    INSERT INTO base_load AS b (node_id, starts_at, minutes, measured_w, measured_at, measured_ma, measured_from, measured_mean_w, measured_highest_w)
    VALUES (${nodeId}, ${slot.startsAt}, ${slot.minutes}, ${powerW}, ${at}, ${phasesMa}, ${new Date(since)}, ${mean}::float8, ${powerW})
    ON CONFLICT (node_id, starts_at) DO UPDATE SET measured_w = excluded.measured_w, measured_at = excluded.measured_at,
      measured_ma = excluded.measured_ma, measured_from = coalesce(b.measured_from, excluded.measured_from),
      measured_mean_w = CASE WHEN b.measured_from IS NULL THEN excluded.measured_mean_w ELSE b.measured_mean_w
        + (excluded.measured_w - b.measured_w) * ${leftMs}::float8 / (${until}::float8 - extract(epoch FROM b.measured_from) * 1000) END,
      measured_highest_w = greatest(b.measured_highest_w, excluded.measured_w)
    WHERE b.measured_at IS NULL OR b.measured_at < excluded.measured_at`
  return written > 0
}

/** A forecast for longer than a quarter of an hour is cut, so that each quarter has what was measured in it. */
const cutToQuarters = (db: Db, nodeId: string, at: Date) =>
  db.$executeRaw`
    WITH long AS (
      SELECT starts_at, minutes, forecast_w, upper_w FROM base_load WHERE node_id = ${nodeId} AND starts_at <= ${at}
        AND starts_at + minutes * interval '1 minute' > ${at} AND minutes > ${QUARTER_MIN} FOR UPDATE
    ), first AS (
      UPDATE base_load b SET minutes = ${QUARTER_MIN} FROM long WHERE b.node_id = ${nodeId} AND b.starts_at = long.starts_at
    )
    INSERT INTO base_load (node_id, starts_at, minutes, forecast_w, upper_w)
    SELECT ${nodeId}, starts_at + past * interval '1 minute', least(${QUARTER_MIN}, minutes - past), forecast_w, upper_w
    FROM long, generate_series(${QUARTER_MIN}::int, minutes - 1, ${QUARTER_MIN}::int) AS past
    ON CONFLICT DO NOTHING`
