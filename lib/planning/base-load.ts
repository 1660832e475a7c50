import { earliest, hours, type Instant, latest, minutes, plus } from '#lib/time/instant.ts'
import type { Milliamps, Phase, Watts } from '#lib/units/units.ts'
import { type Curve, curveOf, mapCurve, maxOf } from './curve.ts'
import { ZERO } from './depot-facts.ts'

// The load of a node that nobody steers: foreseen, and as the site's meter has it (source: spec "ocpp", The envelope).

/**
 * Some minutes of it: `upperW` is the most that was foreseen (null: nothing was), `measuredW` what the meter told, the last time at `measuredAt`, with the
 * highest of what it told in these minutes (unset: the last). In the order of time.
 */
export type KnownLoad = {
  startsAt: Instant
  minutes: number
  upperW: number | null
  measuredW: number | null
  measuredAt?: Instant | undefined
  measuredMa?: number[]
  measuredHighestW?: number | null
}

/** A load that is higher than foreseen may go on for so long, to the end of a quarter hour: no minute that it goes on is written to chargers. */
const JUMP_LASTS_MS = minutes(60)
const QUARTER_MS = minutes(15)
const DAY_MS = hours(24)
/** Further than any plan looks. */
const AHEAD_MS = hours(74)
/** A meter that has told nothing for so long of the minutes that run is lost. */
export const SILENT_MS = minutes(5)
/** What a meter told before that is forgotten. */
export const METER_MEMORY_MS = DAY_MS

/**
 * Upper bound of a node's base load from `now` on: what is foreseen, and where nothing is, what was measured lately.
 * Measured more than foreseen: that may go on for an hour, and so may the highest of the last hour where nothing is foreseen. A meter that is
 * silent cannot tell that it ended: what it told last above its forecast is added to every forecast until it is back.
 */
export const baseLoadCurve = (rows: KnownLoad[], now: Instant): Curve => {
  if (rows.length === 0) return ZERO
  const curve = expected(rows, now)
  const last = lastMeasured(rows, now)
  if (!last) return curve
  const told = last.measuredW!
  const silent = now >= endOf(last)
  const goesOn = (row: KnownLoad) =>
    curveOf(0 as Watts, [
      { from: row.startsAt, limitW: mostOf(row) as Watts },
      { from: quarterFrom(plus(earliest(now, endOf(row)), JUMP_LASTS_MS)), limitW: 0 as Watts },
    ])
  if (last.upperW !== null && told <= last.upperW) return silent ? maxOf([curve, goesOn(last)]) : curve
  // a little less than a moment before is no end of it
  const jumps = rows.filter(
    (row) => row.startsAt <= now && row.measuredW !== null && mostOf(row) > (row.upperW ?? 0) && now < plus(endOf(row), JUMP_LASTS_MS),
  )
  const { upperW } = last
  const above = silent ? mapCurve(curve, (w) => (upperW === null ? Math.max(w, told) : w + told - upperW) as Watts) : curve
  return maxOf([above, goesOn(last), ...jumps.map(goesOn)])
}

/** Where a forecast says when it is over, its last word counts; where nothing was foreseen its highest does. */
const mostOf = ({ upperW, measuredW, measuredHighestW }: KnownLoad): number =>
  upperW === null ? Math.max(measuredW!, measuredHighestW ?? 0) : measuredW!

const expected = (rows: KnownLoad[], now: Instant): Curve => {
  const usual = usualLoad(rows, now)
  const foreseen = rows.flatMap((row) => (row.upperW === null ? [] : [{ from: row.startsAt, until: endOf(row), upperW: row.upperW }]))
  const highest = foreseen.reduce((most, { upperW }) => Math.max(most, upperW), 0) as Watts
  // a forecast that ran out is not a building that draws less
  const unforeseen = (at: Instant) => Math.max(usual?.(at) ?? 0, highest) as Watts
  const start = quarterBefore(now)
  const between = (from: Instant, until: Instant): Curve['steps'] => {
    if (from >= until) return []
    const steps = [{ from, limitW: unforeseen(from) }]
    for (let at = latest(start, quarterFrom(plus(from, 1))); at < until; at = plus(at, QUARTER_MS))
      steps.push({ from: at, limitW: unforeseen(at) })
    return steps
  }
  let [steps, known]: [Curve['steps'], Instant] = [[], foreseen[0] ? earliest(start, foreseen[0].from) : start]
  for (const { from, until, upperW } of foreseen) {
    steps = [...steps, ...between(known, from), { from, limitW: upperW as Watts }]
    known = until
  }
  return curveOf(unforeseen(now), [...steps, ...between(known, latest(plus(known, 1), plus(start, AHEAD_MS)))])
}

/**
 * The most that a node draws where nothing is foreseen: as in the same quarter hour a day before, else what all but one of the quarters of its last
 * hour stayed under, so that one wild word is over when its hour is. Undefined: it has no meter.
 */
const usualLoad = (rows: KnownLoad[], now: Instant): ((at: Instant) => Watts) | undefined => {
  const measured = rows.filter(({ startsAt, measuredW }) => startsAt <= now && measuredW !== null)
  const last = measured.at(-1)
  if (!last) return undefined
  const highest = (row: KnownLoad) => Math.max(row.measuredW!, row.measuredHighestW ?? 0)
  const lastHour = measured.filter(({ startsAt }) => startsAt > last.startsAt - JUMP_LASTS_MS).map(highest)
  const lately = lastHour.toSorted((a, b) => b - a)[Math.min(1, lastHour.length - 1)]!
  const byQuarter = new Map<number, number>()
  for (const row of measured)
    for (let at = quarterBefore(row.startsAt); at < endOf(row); at = plus(at, QUARTER_MS)) byQuarter.set(at, highest(row))
  const today = quarterBefore(now)
  return (at) => {
    const quarter = quarterBefore(at)
    const daysBefore = Math.max(1, Math.ceil((quarter - today + 1) / DAY_MS))
    return Math.ceil(byQuarter.get(quarter - daysBefore * DAY_MS) ?? lately) as Watts
  }
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

const quarterBefore = (at: Instant): Instant => (Math.floor(at / QUARTER_MS) * QUARTER_MS) as Instant
const quarterFrom = (at: Instant): Instant => (Math.ceil(at / QUARTER_MS) * QUARTER_MS) as Instant

const endOf = ({ startsAt, minutes: length }: Pick<KnownLoad, 'startsAt' | 'minutes'>): Instant => plus(startsAt, minutes(length))
