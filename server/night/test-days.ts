import { expect } from 'vitest'
import { iso, plus, seconds } from '#lib/time/instant.ts'
import type { News } from './days-faults.ts'
import { judgeNights, outOfHand, TOLD_WH } from './days-hindsight.ts'
import type { Passed } from './days-judge.ts'
import { liveDays } from './days-live.ts'
import { drawDays, FROM, VANS } from './days-world.ts'

/** Chargers that come new have their first fallback by then. */
const BEGUN_MS = seconds(60)
/** What nobody could foresee is followed by then: in the books, and on the wires (source: spec "ocpp", The envelope). */
const NEWS_MS = seconds(60)
const WIRES_MS = seconds(90)
/** A charger that is flagged drew more than its limit for a minute, and is stopped half a minute later. */
const DISOBEYED_MS = seconds(60)

/** What is passed at one moment, since when it was known and how long: one line for all the looks at it. */
const spansOf = (passed: Passed[]) =>
  [...Map.groupBy(passed, ({ line, at }) => `${line} is passed at ${iso(at)}`)].map(
    ([what, looks]) => `${what} by ${looks[0]!.over.toFixed(2)}, known ${iso(looks[0]!.knownAt)} to ${iso(looks.at(-1)!.knownAt)}`,
  )

/** Days lived and judged; what is wrong is listed, so that a test says it all at once. */
export async function judgedDays(count: number, seed: number) {
  const days = drawDays(count, seed)
  const { envelope, wires, outcomes, flowed, news, counts, mostWrites, writes } = liveDays(days, seed)
  const within = (from: number, ms: number) => (at: number) => at >= from && at <= from + ms
  const of = (kind: News['kind']) => news.filter((each) => each.kind === kind).map(({ at }) => at)
  const toldOf = [within(FROM, BEGUN_MS), ...news.map(({ at }) => within(at, NEWS_MS))]
  const explained = [
    // from the moment in which the building takes more, or a charger that has forgotten begins to give all it has
    ...days.faults.flatMap(({ kind, from }) => (kind === 'baseJumps' ? [within(from, WIRES_MS)] : [])),
    ...of('forgot').map((at) => within(at, WIRES_MS)),
    ...of('disobeys').map((at) => within(plus(at, -DISOBEYED_MS - seconds(20)), WIRES_MS + seconds(20))),
  ]
  const late = await judgeNights(days, outcomes, flowed, outOfHand(days))
  return {
    envelopePassed: spansOf(envelope.passed.filter(({ knownAt }) => !toldOf.some((is) => is(knownAt)))),
    wiresOver: wires.overs.filter((over) => over.seconds > WIRES_MS / 1000 || !explained.some((is) => is(over.from))),
    meansOver: wires.meansOver,
    lateAvoidably: late.filter(({ late: vans, missingWh, unavoidableWh }) => missingWh - unavoidableWh > TOLD_WH * vans.length),
    late,
    mostWrites,
    counts,
    says: [
      `${count} days: ${outcomes.length} stays, ${late.reduce((sum, night) => sum + night.late.length, 0)} vans late on ${late.length} nights`,
      `${counts.refined} refined plans, ${counts.safe} safe ones, ${counts.thrownAway} thrown away as something had happened`,
      `${counts.sent} limits sent (${counts.refused} refused, ${counts.lost} lost), ${days.faults.length} faults, ${days.signals.length} grid signals`,
      `the envelope looked at ${envelope.looks()} times, ${news.length} times something unforeseen was told`,
      `wires above a limit ${wires.overs.length} times, ${Math.round(Math.max(0, ...wires.overs.map((over) => over.seconds)))} s at most; most power ${(wires.mostW() / 1000).toFixed(1)} kW`,
      `${(writes / VANS / count).toFixed(1)} writes to a charger in a day in the mean, ${mostWrites} at most outside safety`,
    ].join('\n'),
    faults: days.faults.map(({ kind }) => kind),
  }
}

/** Nothing was passed but what nobody could know, nobody was late who need not be, and no flash is worn. */
export function expectHeld({
  envelopePassed,
  wiresOver,
  meansOver,
  lateAvoidably,
  mostWrites,
  counts,
}: Awaited<ReturnType<typeof judgedDays>>) {
  expect(envelopePassed).toEqual([])
  expect(wiresOver.slice(0, 3)).toEqual([])
  expect(meansOver.slice(0, 3)).toEqual([])
  expect(lateAvoidably.slice(0, 3)).toEqual([])
  expect(mostWrites).toBeLessThanOrEqual(100)
  // both tiers were there, and plans that came too late
  expect(Math.min(counts.refined, counts.safe, counts.thrownAway)).toBeGreaterThan(0)
}
