import { type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { type Steps, stepAt } from './days-charger.ts'
import { LINES, type Line, PORT_W, partOn } from './days-world.ts'

// Judges the days by the words of the specification ("ocpp", The envelope) and none of the planner's code: at each look whatever a port may be
// following, now and at every later instant; and what really flowed on the wires.

type Written = {
  id: number
  kind: 'fallback' | 'session'
  session: number | undefined
  steps: Steps
  sentAt: Instant
  outcome: 'open' | 'accepted' | 'refused'
  answeredAt: Instant | undefined
  countsAt: Instant | undefined
}
/** `over` and `most` in the unit of the line: W, or A. */
export type Passed = { line: Line; knownAt: Instant; at: Instant; over: number }
export type Over = { line: Line; from: Instant; seconds: number; most: number }
/** What a line carries and what is known of its base load, from a moment on; `turns`: when either changes later. */
export type Known = { limit(line: Line, at: Instant): number; base(line: Line, at: Instant): number; turns: Instant[] }

const SKEW_MS = seconds(5)
const SETTLE_MS = seconds(10)
/** Set points are whole watts: so many A, or W, are nothing. */
const ROUNDING = 0.005

export function makeEnvelopeJudge(vans: number) {
  const written = Array.from({ length: vans }, (): Written[] => [])
  const ended = new Map<number, Instant>()
  const wiped = new Map<number, Instant>()
  const out = new Set<number>()
  const passed: Passed[] = []
  const closest = new Map<Line, number>()
  let looks = 0

  /** The set H of one port. */
  const mayFollow = (van: number, now: Instant): Steps[] => {
    const counting = (row: Written) => row.outcome === 'accepted' && row.countsAt !== undefined && row.countsAt <= now
    const settled = (kind: Written['kind']) => written[van - 1]!.findLast((row) => row.kind === kind && counting(row))?.id ?? 0
    const since = { fallback: settled('fallback'), session: settled('session') }
    // what was replaced or refused is never followed again, nor what was accepted for a session that is over; what has no answer may be, in the next one
    const rows = written[van - 1]!.filter((row) => row.id >= since[row.kind] && row.outcome !== 'refused' && !isOver(row))
    written[van - 1] = rows
    if (out.has(van)) return []
    const kept = rows.some((row) => row.kind === 'fallback' && counting(row) && row.sentAt >= (wiped.get(van) ?? 0))
    return kept ? rows.map(({ steps }) => steps) : [[{ from: 0, limitW: PORT_W }]]
  }

  const isOver = ({ session, outcome, answeredAt }: Written): boolean =>
    session !== undefined && outcome === 'accepted' && answeredAt! < (ended.get(session) ?? Number.NEGATIVE_INFINITY)

  return {
    passed,
    closest,
    looks: () => looks,
    sent(van: number, row: Omit<Written, 'outcome' | 'answeredAt' | 'countsAt'>): void {
      written[van - 1]!.push({ ...row, outcome: 'open', answeredAt: undefined, countsAt: undefined })
    },
    heard(van: number, id: number, outcome: 'accepted' | 'refused', at: Instant): void {
      const row = written[van - 1]!.find((each) => each.id === id)
      if (row) Object.assign(row, { outcome, answeredAt: at, countsAt: outcome === 'accepted' ? plus(at, SETTLE_MS) : undefined })
    },
    ended: (session: number, at: Instant) => void ended.set(session, at),
    /** The charger has said that this port is out of use: it gives nothing. */
    outOfUse: (van: number, is: boolean) => void (is ? out.add(van) : out.delete(van)),
    forgot: (van: number, at: Instant) => void wiped.set(van, at),
    /** Is any line passed, now or at any later instant, by what may be followed? */
    look(knownAt: Instant, known: Known): void {
      looks += 1
      const curves = written.map((_, i) => mayFollow(i + 1, knownAt))
      const powers = curves.map((mine) => ({
        now: mostAround(mine, knownAt),
        later: turnsOf(mine, knownAt).map((at): [number, number] => [at, mostAround(mine, at)]),
      }))
      for (const line of LINES) {
        const changes: [number, number][] = []
        let sum = 0
        for (const [i, power] of powers.entries()) {
          const part = partOn(line, i + 1)
          if (part === 0) continue
          let was = power.now
          sum += was * part
          for (const [at, is] of power.later) {
            if (is !== was) changes.push([at, (is - was) * part])
            was = is
          }
        }
        for (const at of known.turns) if (at > knownAt) changes.push([at, 0])
        changes.sort(([a], [b]) => a - b)
        let i = 0
        for (const at of new Set([knownAt, ...changes.map(([turn]) => turn)]) as Set<Instant>) {
          while (i < changes.length && changes[i]![0] <= at) sum += changes[i++]![1]
          const left = known.limit(line, at) - known.base(line, at) - sum
          closest.set(line, Math.min(closest.get(line) ?? Number.POSITIVE_INFINITY, left))
          if (left >= -ROUNDING) continue
          passed.push({ line, knownAt, at, over: -left })
          break
        }
      }
    },
  }
}

/** The most that one of the curves allows within the bound of the clocks' skew. */
function mostAround(curves: Steps[], at: number): number {
  let most = 0
  for (const steps of curves) {
    most = Math.max(most, stepAt(steps, at - SKEW_MS), stepAt(steps, at + SKEW_MS))
    for (const { from, limitW } of steps) if (Math.abs(from - at) <= SKEW_MS) most = Math.max(most, limitW)
  }
  return Math.min(most, PORT_W)
}

/** Each later instant at which a curve may turn. */
const turnsOf = (curves: Steps[], now: number): number[] =>
  [...new Set(curves.flatMap((steps) => steps.flatMap(({ from }) => [from - SKEW_MS, from + SKEW_MS, from + SKEW_MS + 1])))]
    .filter((at) => at > now)
    .sort((a, b) => a - b)

const QUARTER = minutes(15)
/** No meter tells less, W or A. */
const MEASURED = 0.01

/** What really flows: every moment above a limit, and the mean of every quarter hour. */
export function makeWireJudge(limit: (line: Line, at: Instant) => number) {
  const overs: Over[] = []
  const open = new Map<Line, Over>()
  const quarter = new Map<Line, number>()
  const meansOver: { line: Line; at: Instant; over: number }[] = []
  let quarterPeakW = 0
  let mostW = 0
  return {
    overs,
    meansOver,
    mostW: () => mostW,
    /** The mean of the last whole quarter hour at the connection, W. */
    lastQuarterW: () => quarterPeakW,
    /** What is on each line from `at` until `until`, within one quarter hour. */
    flows(at: Instant, until: Instant, load: (line: Line) => number): void {
      for (const line of LINES) {
        const is = load(line)
        const most = limit(line, at)
        if (line === 'service') mostW = Math.max(mostW, is)
        const now = open.get(line)
        if (is > most + MEASURED) {
          const over = now ?? { line, from: at, seconds: 0, most: 0 }
          over.seconds += (until - at) / 1000
          over.most = Math.max(over.most, is - most)
          open.set(line, over)
        } else if (now) {
          overs.push(now)
          open.delete(line)
        }
        quarter.set(line, (quarter.get(line) ?? 0) + is * (until - at))
        if (until % QUARTER !== 0) continue
        const mean = quarter.get(line)! / QUARTER
        if (line === 'service') quarterPeakW = mean
        if (mean > limit(line, plus(until, -QUARTER)) + MEASURED) meansOver.push({ line, at: plus(until, -QUARTER), over: mean - most })
        quarter.set(line, 0)
      }
    },
    /** What is passed still when the days are over. */
    close: () => void overs.push(...open.values()),
  }
}
