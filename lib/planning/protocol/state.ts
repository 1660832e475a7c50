import type { Instant } from '#lib/time/instant.ts'
import type { Phase, Watts } from '#lib/units/units.ts'
import type { WrittenLimit } from '../books.ts'
import { breakpointsFrom, type Curve, constantCurve, maxOf, valueAt } from '../curve.ts'
import { PHASES } from '../phase-parts.ts'
import { after, BEGIN, type Budget, NAMEPLATE_W, type World, type WorldPort, wattsOn } from './world.ts'

// One instant of a world: what chargers really do, what is on the wire, and what the books say.

/** A message of ours that a charger has not handled yet. */
export type Frame =
  | { kind: 'fallback'; row: number; limitW: Watts }
  | { kind: 'limit'; row: number; sessionId: number; curve: Curve }
  | { kind: 'hold' }
  | { kind: 'release' }
/** A call of ours that the gateway waits for; `answer`: on its way back. */
export type Call = { frame: Frame; sentAt: Instant; answer?: 'accepted' | 'refused' | 'scheduled' }
/** A message of the charger that is not in the books yet. */
export type Said = { kind: 'started'; sessionId: number } | { kind: 'stopped'; sessionId: number; at: Instant } | { kind: 'booted' }

/** What a charger really does. */
export type Truth = {
  /** The transaction that runs; 0: none. */
  session: number
  /** Undefined: it holds none and may give its nameplate. */
  fallbackW: Watts | undefined
  limit: Curve | undefined
  /** What it may still give although it accepted something else. */
  lags: { curve: Curve; until: Instant }[]
  out: boolean
  /** It lost everything and gives nothing until its boot is answered. */
  dark: boolean
  frames: Frame[]
  said: Said[]
}
/** What the gateway has written down, and the calls it waits for. */
export type Books = {
  open: number[]
  /** When sessions ended that limits are kept of. */
  ended: Record<number, Instant>
  /** The newest session that was written down. */
  lastSession: number
  rows: WrittenLimit[]
  fallbackW: Watts
  confirmedAt: Instant | undefined
  bootedAt: Instant | undefined
  /** From when on the nameplate need not be counted, after a fallback that nobody had known. */
  settlesAt: Instant | undefined
  fallbackFailed: boolean
  inoperative: boolean
  heldReason: string | null
  online: boolean
  calls: Call[]
}
export type Port = { truth: Truth; books: Books; nextRow: number }
export type State = { tick: number; plan: number; nextSession: number; left: Budget; ports: Port[] }

/** The first plan is followed everywhere. */
export const firstState = (world: World): State => ({
  tick: 0,
  plan: 0,
  nextSession: world.ports.length + 1,
  left: world.budget,
  ports: world.ports.map(({ fallbackW, fresh, busy }, i): Port => {
    const curve = world.plans[0]![i]!
    const session = busy ? i + 1 : 0
    const held = busy && !fresh
    const row: WrittenLimit = {
      id: 1,
      kind: 'session',
      sessionId: session,
      curve,
      sentAt: BEGIN,
      outcome: 'accepted',
      answeredAt: BEGIN,
      countsAt: BEGIN,
    }
    return {
      nextRow: 2,
      truth: {
        session,
        fallbackW: fresh ? undefined : fallbackW,
        limit: held ? curve : undefined,
        lags: [],
        out: false,
        dark: false,
        frames: [],
        said: [],
      },
      books: {
        open: busy ? [session] : [],
        ended: {},
        lastSession: session,
        rows: held ? [row] : [],
        fallbackW,
        confirmedAt: fresh ? undefined : BEGIN,
        bootedAt: undefined,
        settlesAt: undefined,
        fallbackFailed: false,
        inoperative: false,
        heldReason: null,
        online: true,
        calls: [],
      },
    }
  }),
})

export const nowOf = ({ tick }: State): Instant => after(tick)

/** The most that a charger may really give from now on, when nothing more is said to it; by our clock. */
export const reallyGives = ({ truth }: Port, { clockMs }: Pick<WorldPort, 'clockMs'>, now: Instant): Curve => {
  const { session, fallbackW, limit, lags, out, dark } = truth
  if (dark || (out && session === 0)) return NONE
  const own = constantCurve(fallbackW ?? NAMEPLATE_W)
  // without a transaction one may begin at any instant, on the fallback; with one the limit may lapse to it
  if (session === 0 || fallbackW === undefined) return own
  // a lag is over soon: what it may give meanwhile is taken as one value
  const lagging = lags.filter(({ until }) => until > now).map(({ curve }) => constantCurve(valueAt(curve, (now + clockMs) as Instant)))
  const byClock = limit ? [{ ...limit, steps: limit.steps.map(({ from, limitW }) => ({ from: (from - clockMs) as Instant, limitW })) }] : []
  return maxOf([own, ...byClock, ...untilOver(lagging, now)])
}

const NONE = constantCurve(0 as Watts)
// the lag is judged at each instant by itself: at a later one it may be over
const untilOver = (curves: Curve[], now: Instant): Curve[] =>
  curves.map((curve) => ({ beforeW: curve.beforeW, steps: [{ from: (now + 1) as Instant, limitW: 0 as Watts }] }))

/** `line`: it is that line's amperes that are passed; what is drawn and what it carries are told as power on it. */
export type Breach = { node: 'service' | 'panel'; line?: Phase; inMs: number; powerW: number; limitW: number }

/** Is more than a node or one of its lines carries really drawn now, or at a later instant if nothing more is said to anybody? */
export const breachOf = (world: World, curves: Curve[], now: Instant): Breach | undefined => {
  const changes = curves.some(({ steps }) => steps.length > 0)
  for (const at of changes ? breakpointsFrom(now, curves) : [now]) {
    let service = 0
    let panel = 0
    const onLines = { l1: 0, l2: 0, l3: 0 }
    for (const [i, curve] of curves.entries()) {
      const powerW = valueAt(curve, at)
      service += powerW
      if (!world.ports[i]!.panel) continue
      panel += powerW
      if (world.lines) onLines[world.lines.of[i]!] += powerW
    }
    if (panel > world.panelW) return { node: 'panel', inMs: at - now, powerW: panel, limitW: world.panelW }
    if (service > world.serviceW) return { node: 'service', inMs: at - now, powerW: service, limitW: world.serviceW }
    if (!world.lines) continue
    const limitW = wattsOn(world.lines.panelMa)
    const line = PHASES.find((phase) => onLines[phase] > limitW)
    if (line) return { node: 'panel', line, inMs: at - now, powerW: onLines[line], limitW }
  }
  return undefined
}
