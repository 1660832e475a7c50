import { type Instant, instant, plus, seconds } from '#lib/time/instant.ts'
import { type Milliamps, milliamps, type Phase, type Watts, watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveOf } from '../curve.ts'

// The worlds in which the reconcile protocol is checked (docs/control-loop.md): three ports on two nodes, and what may go wrong there.

export const BEGIN = instant('2026-11-23T18:00:00Z')
/** Time goes on in steps of this length; a charger that accepted a limit needs two of them at most to follow it. */
export const STEP_MS = seconds(5)
export const after = (ticks: number): Instant => plus(BEGIN, ticks * STEP_MS)

/** How often each thing may happen at most. Losing a message, answering late and answering never may happen always. */
export type Budget = {
  /** Steps of time. */
  ticks: number
  replans: number
  /** Limits and fallbacks that we write down. */
  sends: number
  refusals: number
  /** Frames that a charger handles twice. */
  repeats: number
  crashes: number
  /** Restarts of chargers, with what they hold. */
  reboots: number
  /** Restarts that lose the limit of the session, or everything in a model that forgets. */
  forgetfulReboots: number
  disconnects: number
  ends: number
  starts: number
}

export type WorldPort = {
  panel: boolean
  fallbackW: Watts
  /** The model keeps its profiles over a restart. */
  keeps: boolean
  /** It comes new: nobody knows its fallback. */
  fresh: boolean
  /** By how much its clock is wrong. */
  clockMs: number
  /** A vehicle is charging there at the beginning. */
  busy: boolean
}
export type World = {
  name: string
  serviceW: Watts
  panelW: Watts
  /** What each line of the panel carries, and which of them each port is on. Undefined: the panel's power is all that is kept. */
  lines?: { panelMa: Milliamps; of: Phase[] }
  ports: WorldPort[]
  /** What each plan wants of each port. */
  plans: Curve[][]
  skewMs: number
  /** Chargers that put a limit on whatever session is running, not on the one it names. */
  careless: boolean
  budget: Budget
}

export const NAMEPLATE_W = watts(9_600)
export const points = {
  minW: watts(1_440),
  maxW: NAMEPLATE_W,
  stepMa: 1000 as Milliamps,
  circuit: { volts: 240, wiring: 'L-N' as const, phases: 1 as const },
}

/** What a line carries, as power: each charger is on one of them. */
export const wattsOn = (line: Milliamps): Watts => watts(Math.round((line * points.circuit.volts) / 1000))

/** As often as it likes: then it does not tell states apart. */
const ANY = Number.POSITIVE_INFINITY

const nothing: Budget = {
  ticks: 0,
  replans: 0,
  sends: 0,
  refusals: 0,
  repeats: 0,
  crashes: 0,
  reboots: 0,
  forgetfulReboots: 0,
  disconnects: 0,
  ends: 0,
  starts: 0,
}
const port = (change: Partial<WorldPort> = {}): WorldPort => ({
  panel: true,
  fallbackW: watts(0),
  keeps: true,
  fresh: false,
  clockMs: 0,
  busy: true,
  ...change,
})
const plan = (...kw: number[]): Curve[] => kw.map((each) => constantCurve(watts(each * 1000)))
/** `first` until `at` steps have passed, then `then`. */
const changing = (first: number, at: number, then: number): Curve =>
  curveOf(watts(first * 1000), [{ from: after(at), limitW: watts(then * 1000) }])

const base = {
  serviceW: watts(16_800),
  panelW: watts(12_000),
  ports: [port({ fallbackW: watts(1_440) }), port(), port({ panel: false })],
  // two replans hand the panel's power over and back; the second wants more than p1's fallback leaves
  plans: [plan(9.6, 1.44, 4.8), plan(0, 9.6, 7.2), plan(7.2, 2.4, 4.8)],
  skewMs: 0,
  careless: false,
}

/** Two replans while messages are lost, late and repeated and the gateway dies. */
export const handOver = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'power is handed over twice; messages are lost, late and repeated, the gateway dies',
  budget: { ...nothing, ticks: 4, replans: 2, sends: 4, crashes: ANY, refusals: ANY, repeats: 1, ...budget },
})

/**
 * Two chargers are on one line of a panel whose power is never used up: what is handed over between them are that line's amperes, while the third, on
 * another one, has all it can take.
 */
export const onOneLine = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'two chargers share a line, whose amperes are handed over',
  serviceW: watts(28_800),
  panelW: watts(28_800),
  lines: { panelMa: milliamps(50_000), of: ['l1', 'l1', 'l2'] },
  ports: [port({ fallbackW: watts(1_440) }), port(), port()],
  plans: [plan(9.6, 1.44, 9.6), plan(0, 9.6, 9.6), plan(7.2, 2.4, 9.6)],
  budget: { ...nothing, ticks: 3, replans: 2, sends: 4, crashes: ANY, refusals: ANY, repeats: 1, ...budget },
})

/** A charger that was given less than its fallback may lapse to that at any instant. */
export const lapse = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'what is under its fallback may lapse to it',
  plans: [plan(0, 1.44, 4.8), plan(0, 9.6, 7.2), plan(0, 12, 4.8)],
  budget: { ...nothing, ticks: 4, replans: 2, sends: 4, refusals: ANY, crashes: ANY, ...budget },
})

/** A charger restarts with what it held, or without the limit of its session, or has been away. */
export const restarts = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'chargers restart with the old limit and with none, and go offline',
  budget: { ...nothing, ticks: 3, replans: 2, sends: 3, reboots: 1, forgetfulReboots: 1, disconnects: 1, ...budget },
})

/** Vehicles come and go while limits are under way; some chargers do not look which transaction a limit is for. */
export const sessions = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'transactions end and begin while limits are under way',
  careless: true,
  budget: { ...nothing, ticks: 3, replans: 2, sends: 3, ends: 1, starts: 1, crashes: ANY, repeats: 1, ...budget },
})

/** A new charger whose fallback nobody knows, and a model that forgets everything when it restarts. */
export const newcomer = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'a new charger, and a model that forgets',
  serviceW: watts(21_600),
  ports: [port({ fallbackW: watts(1_440), keeps: false }), port({ fresh: true, keeps: false }), port({ panel: false })],
  plans: [plan(2.4, 0, 4.8), plan(9.6, 0, 4.8), plan(1.44, 7.2, 9.6)],
  budget: { ...nothing, ticks: 3, replans: 2, sends: 4, forgetfulReboots: 1, refusals: ANY, crashes: ANY, ...budget },
})

/** Plans that change by themselves while clocks are wrong. */
export const clocks = (budget: Partial<Budget> = {}): World => ({
  ...base,
  name: 'plans with steps, and clocks that are wrong',
  skewMs: STEP_MS,
  ports: [port({ fallbackW: watts(1_440), clockMs: -STEP_MS }), port({ clockMs: STEP_MS }), port({ panel: false, clockMs: STEP_MS })],
  plans: [
    plan(9.6, 1.44, 4.8),
    [changing(9.6, 4, 1.44), changing(1.44, 4, 9.6), changing(4.8, 5, 7.2)],
    [changing(1.44, 4, 9.6), changing(9.6, 4, 1.44), changing(4.8, 5, 2.4)],
  ],
  budget: { ...nothing, ticks: 4, replans: 2, sends: 4, crashes: ANY, ...budget },
})
