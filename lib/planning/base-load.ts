import { earliest, hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import type { Milliamps, Phase, Watts } from '#lib/units/units.ts'
import { type Curve, curveOf, mapCurve, maxOf } from './curve.ts'
import { ZERO } from './depot-facts.ts'

// The load of a node that nobody steers: foreseen, and as the site's meter has it (source: spec "ocpp", The envelope).

/** Some minutes of it: `upperW` is the most that was foreseen, `measuredW` what the meter told, the last time at `measuredAt`. In the order of time. */
export type KnownLoad = {
  startsAt: Instant
  minutes: number
  upperW: number
  measuredW: number | null
  measuredAt?: Instant | undefined
  measuredMa?: number[]
}

/** A load that is higher than foreseen may go on for so long, to the end of a quarter hour: no minute that it goes on is written to chargers. */
const JUMP_LASTS_MS = minutes(60)
const QUARTER_MS = minutes(15)
/** A meter that has told nothing for so long of the minutes that run is lost. */
const SILENT_MS = minutes(5)
/** What a meter told before that is forgotten. */
export const METER_MEMORY_MS = hours(24)

/**
 * Upper bound of a node's base load from `now` on: what is foreseen, and where nothing is, the most that is known of the node.
 * Measured more than foreseen: that may go on for an hour. A meter that is silent cannot tell that it ended: what it told last above its
 * forecast is added to every forecast until it is back.
 */
export const baseLoadCurve = (rows: KnownLoad[], now: Instant): Curve => {
  if (rows.length === 0) return ZERO
  const highest = Math.max(...rows.map(({ upperW }) => upperW)) as Watts
  const steps = rows.flatMap((row, i) => {
    const gap = rows[i + 1]?.startsAt === endOf(row) ? [] : [{ from: endOf(row), limitW: highest }]
    return [{ from: row.startsAt, limitW: row.upperW as Watts }, ...gap]
  })
  const curve = curveOf(highest, steps)
  const last = lastMeasured(rows, now)
  if (!last) return curve
  const told = last.measuredW!
  const goesOn = (row: KnownLoad) =>
    curveOf(0 as Watts, [
      { from: row.startsAt, limitW: row.measuredW as Watts },
      { from: quarterFrom(plus(earliest(now, endOf(row)), JUMP_LASTS_MS)), limitW: 0 as Watts },
    ])
  if (told <= last.upperW) return now < endOf(last) ? curve : maxOf([curve, goesOn(last)])
  // a little less than a moment before is no end of it
  const jumps = rows.filter(
    ({ startsAt, upperW, measuredW, ...row }) =>
      startsAt <= now && measuredW !== null && measuredW > upperW && now < plus(endOf({ startsAt, ...row }), JUMP_LASTS_MS),
  )
  const above = now < endOf(last) ? curve : mapCurve(curve, (w) => (w + told - last.upperW) as Watts)
  return maxOf([above, goesOn(last), ...jumps.map(goesOn)])
}

/**
 * What the meter told last of each phase above the mean of all. It stays until the meter tells otherwise: what hangs on one phase goes on hanging
 * there. Undefined: the meter tells the whole only.
 */
export const unevenLoad = (rows: KnownLoad[], now: Instant): Record<Phase, Milliamps> | undefined => {
  const [l1, l2, l3] =
    lastMeasured(
      rows.filter(({ measuredMa }) => measuredMa?.length === 3),
      now,
    )?.measuredMa ?? []
  if (l1 === undefined || l2 === undefined || l3 === undefined) return undefined
  const above = (current: number) => Math.max(0, Math.ceil(current - (l1 + l2 + l3) / 3)) as Milliamps
  return { l1: above(l1), l2: above(l2), l3: above(l3) }
}

/** Since when the meter of a node is silent; undefined: it tells, or there never was one. */
export const meterLostSince = (rows: KnownLoad[], now: Instant): Instant | undefined => {
  const last = lastMeasured(rows, now)
  const told = last && (last.measuredAt ?? endOf(last))
  return told !== undefined && now >= plus(told, SILENT_MS) ? told : undefined
}

const lastMeasured = (rows: KnownLoad[], now: Instant): KnownLoad | undefined =>
  rows.findLast(({ startsAt, measuredW }) => startsAt <= now && measuredW !== null)

const quarterFrom = (at: Instant): Instant => (Math.ceil(at / QUARTER_MS) * QUARTER_MS) as Instant

const endOf = ({ startsAt, minutes: length }: Pick<KnownLoad, 'startsAt' | 'minutes'>): Instant => plus(startsAt, minutes(length))
