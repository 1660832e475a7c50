import { type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { type Steps, stepAt } from './days-charger.ts'
import { CAPS, type NodeName, PORT_W, panelOf } from './days-world.ts'

// Judges the days by the words of the specification ("ocpp", The envelope) and none of the planner's code: at each look whatever a port may be
// following, now and at every later instant; and what really flowed on the wires.

type Written = {
  id: number
  kind: 'fallback' | 'session'
  session: number | undefined
  steps: Steps
  sentAt: Instant
  outcome: 'open' | 'accepted' | 'refused'
  countsAt: Instant | undefined
}
export type Passed = { node: NodeName; knownAt: Instant; at: Instant; overW: number }
export type Over = { node: NodeName; from: Instant; seconds: number; mostW: number }
/** A node's limit and what is known of its base load, from a moment on; `turns`: when either changes later. */
export type Known = { capW(node: NodeName, at: Instant): number; baseW(node: NodeName, at: Instant): number; turns: Instant[] }

const SKEW_MS = seconds(5)
const SETTLE_MS = seconds(10)
export const isUnder = (van: number, node: NodeName): boolean => node === 'service' || panelOf(van) === node

export function makeEnvelopeJudge(vans: number) {
  const written = Array.from({ length: vans }, (): Written[] => [])
  const over = new Set<number>()
  const wiped = new Map<number, Instant>()
  const out = new Set<number>()
  const passed: Passed[] = []
  const closestW = new Map<NodeName, number>()
  let looks = 0

  /** The set H of one port. */
  const mayFollow = (van: number, now: Instant): Steps[] => {
    const counting = (row: Written) => row.outcome === 'accepted' && row.countsAt !== undefined && row.countsAt <= now
    const settled = (kind: Written['kind']) => written[van - 1]!.findLast((row) => row.kind === kind && counting(row))?.id ?? 0
    const since = { fallback: settled('fallback'), session: settled('session') }
    // what was replaced, refused or belongs to a session that is over is never followed again
    const rows = written[van - 1]!.filter(
      (row) => row.id >= since[row.kind] && row.outcome !== 'refused' && !(row.session !== undefined && over.has(row.session)),
    )
    written[van - 1] = rows
    if (out.has(van)) return []
    const kept = rows.some((row) => row.kind === 'fallback' && counting(row) && row.sentAt >= (wiped.get(van) ?? 0))
    return kept ? rows.map(({ steps }) => steps) : [[{ from: 0, limitW: PORT_W }]]
  }

  return {
    passed,
    closestW,
    looks: () => looks,
    sent(van: number, row: Omit<Written, 'outcome' | 'countsAt'>): void {
      written[van - 1]!.push({ ...row, outcome: 'open', countsAt: undefined })
    },
    heard(van: number, id: number, outcome: 'accepted' | 'refused', at: Instant): void {
      const row = written[van - 1]!.find((each) => each.id === id)
      if (row) Object.assign(row, { outcome, countsAt: outcome === 'accepted' ? plus(at, SETTLE_MS) : undefined })
    },
    ended: (session: number) => void over.add(session),
    /** The charger has said that this port is out of use: it gives nothing. */
    outOfUse: (van: number, is: boolean) => void (is ? out.add(van) : out.delete(van)),
    forgot: (van: number, at: Instant) => void wiped.set(van, at),
    /** Is any node passed, now or at any later instant, by what may be followed? */
    look(knownAt: Instant, known: Known): void {
      looks += 1
      const curves = written.map((_, i) => mayFollow(i + 1, knownAt))
      for (const node of Object.keys(CAPS) as NodeName[]) {
        const changes: [number, number][] = []
        let sumW = 0
        for (const [i, mine] of curves.entries()) {
          if (!isUnder(i + 1, node)) continue
          let was = mostAround(mine, knownAt)
          sumW += was
          for (const at of turnsOf(mine, knownAt)) {
            const is = mostAround(mine, at)
            if (is !== was) changes.push([at, is - was])
            was = is
          }
        }
        for (const at of known.turns) if (at > knownAt) changes.push([at, 0])
        changes.sort(([a], [b]) => a - b)
        let i = 0
        for (const at of new Set([knownAt, ...changes.map(([turn]) => turn)]) as Set<Instant>) {
          while (i < changes.length && changes[i]![0] <= at) sumW += changes[i++]![1]
          const leftW = known.capW(node, at) - known.baseW(node, at) - sumW
          closestW.set(node, Math.min(closestW.get(node) ?? Number.POSITIVE_INFINITY, leftW))
          if (leftW >= 0) continue
          passed.push({ node, knownAt, at, overW: -leftW })
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

/** What really flows: every moment above a limit, and the mean of every quarter hour. */
export function makeWireJudge(capW: (node: NodeName, at: Instant) => number) {
  const overs: Over[] = []
  const open = new Map<NodeName, Over>()
  const quarterWh = new Map<NodeName, number>()
  const meansOver: { node: NodeName; at: Instant; overW: number }[] = []
  let quarterPeakW = 0
  let mostW = 0
  return {
    overs,
    meansOver,
    mostW: () => mostW,
    /** The mean of the last whole quarter hour at the connection, W. */
    lastQuarterW: () => quarterPeakW,
    /** Power at each node from `at` until `until`, within one quarter hour. */
    flows(at: Instant, until: Instant, powerW: (node: NodeName) => number): void {
      for (const node of Object.keys(CAPS) as NodeName[]) {
        const w = powerW(node)
        const cap = capW(node, at)
        if (node === 'service') mostW = Math.max(mostW, w)
        const now = open.get(node)
        if (w > cap + 1) {
          const over = now ?? { node, from: at, seconds: 0, mostW: 0 }
          over.seconds += (until - at) / 1000
          over.mostW = Math.max(over.mostW, w - cap)
          open.set(node, over)
        } else if (now) {
          overs.push(now)
          open.delete(node)
        }
        quarterWh.set(node, (quarterWh.get(node) ?? 0) + (w * (until - at)) / 3_600_000)
        if (until % QUARTER !== 0) continue
        const mean = quarterWh.get(node)! * 4
        if (node === 'service') quarterPeakW = mean
        if (mean > capW(node, plus(until, -QUARTER)) + 1) meansOver.push({ node, at: plus(until, -QUARTER), overW: mean - cap })
        quarterWh.set(node, 0)
      }
    },
  }
}
