import { type Instant, minutes } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** Where nothing was foreseen, a measurement stands for a quarter of an hour. */
const QUARTER_MIN = 15

/** What a meter measured, in the row of its moment; an older one never takes the place of a newer one. @returns whether it was stored */
export async function writeMeasuredLoad(
  db: Db,
  nodeId: string,
  { powerW, phasesMa, measuredAt }: { powerW: number; phasesMa: number[]; measuredAt: Instant },
): Promise<boolean> {
  const at = new Date(measuredAt)
  const known = await db.$queryRaw<{ stored: boolean }[]>`
    WITH here AS (
      SELECT starts_at FROM base_load WHERE node_id = ${nodeId} AND starts_at <= ${at} AND starts_at + minutes * interval '1 minute' > ${at}
      ORDER BY starts_at DESC LIMIT 1
    ), written AS (
      UPDATE base_load b SET measured_w = ${powerW}, measured_at = ${at}, measured_ma = ${phasesMa} FROM here
      WHERE b.node_id = ${nodeId} AND b.starts_at = here.starts_at AND (b.measured_at IS NULL OR b.measured_at < ${at})
      RETURNING b.starts_at
    )
    SELECT EXISTS (SELECT FROM written) AS stored FROM here`
  if (known[0]) return known[0].stored
  const startsAt = new Date(Math.floor(measuredAt / minutes(QUARTER_MIN)) * minutes(QUARTER_MIN))
  const row = {
    nodeId,
    startsAt,
    minutes: QUARTER_MIN,
    forecastW: powerW,
    upperW: powerW,
    measuredW: powerW,
    measuredAt: at,
    measuredMa: phasesMa,
  }
  await db.baseLoad.createMany({ data: [row], skipDuplicates: true })
  return true
}
