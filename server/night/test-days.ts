import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import { judgeNights, outOfHand, TOLD_WH } from './days-hindsight.ts'
import { liveDays } from './days-live.ts'
import { drawDays, FROM } from './days-world.ts'

/** Chargers that come new have their first fallback by then. */
const BEGUN_MS = seconds(60)
/** What nobody could foresee is followed by then: in the books, and on the wires (source: spec "ocpp", The envelope). */
const NEWS_MS = seconds(60)
const WIRES_MS = seconds(90)

/** Days lived and judged; what is wrong is listed, so that a test says it all at once. */
export function judgedDays(count: number, seed: number) {
  const days = drawDays(count, seed)
  const lived = liveDays(days, seed)
  const { envelope, wires, outcomes, flowed, news, counts } = lived
  const within = (from: Instant, ms: number) => (at: number) => at >= from && at <= from + ms
  const toldOf = [within(FROM, BEGUN_MS), ...news.map((at) => within(at, NEWS_MS))]
  const explained = [
    ...days.faults.flatMap(({ kind, from }) => {
      if (kind === 'baseJumps') return [within(from, WIRES_MS)]
      // back within a minute, and its driver shows the tag again within another
      return kind === 'forgets' ? [within(from, seconds(120) + WIRES_MS)] : []
    }),
    ...lived.flagged.map((at) => within(plus(at, -WIRES_MS), seconds(120))),
  ]
  const late = judgeNights(days, outcomes, flowed, outOfHand(days))
  return {
    envelopePassed: envelope.passed.filter(({ knownAt }) => !toldOf.some((is) => is(knownAt))),
    wiresOver: wires.overs.filter((over) => over.seconds > WIRES_MS / 1000 || !explained.some((is) => is(over.from))),
    meansOver: wires.meansOver,
    lateAvoidably: late.filter(({ late: vans, missingWh, unavoidableWh }) => missingWh - unavoidableWh > TOLD_WH * vans.length),
    late,
    mostWrites: lived.mostWrites,
    says: [
      `${count} days: ${outcomes.length} stays, ${late.reduce((sum, night) => sum + night.late.length, 0)} vans late on ${late.length} nights`,
      `${counts.plans} plans, ${counts.sent} limits sent (${counts.refused} refused, ${counts.lost} lost), ${days.faults.length} faults, ${days.signals.length} grid signals`,
      `the envelope looked at ${envelope.looks()} times, ${news.length} times something unforeseen was told`,
      `wires above a limit ${wires.overs.length} times, ${Math.round(Math.max(0, ...wires.overs.map((over) => over.seconds)))} s at most; most power ${(wires.mostW() / 1000).toFixed(1)} kW; most writes to a charger in a day ${lived.mostWrites}`,
    ].join('\n'),
    faults: days.faults.map(({ kind }) => kind),
  }
}
