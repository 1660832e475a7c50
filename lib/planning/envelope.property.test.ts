import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Instant, instant, plus } from '#lib/time/instant.ts'
import { type Circuit, type Milliamps, type Phase, type Watts, watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveOf, mapCurve, valueAt } from './curve.ts'
import { checkChange, type Envelope, ROUNDING_MA } from './envelope.ts'
import { clampToRoom, roomFor } from './envelope-room.ts'
import { type PhaseParts, partsOn } from './phase-parts.ts'
import { type PortHolding, pruned, withOutcome, withReading, withSent } from './port-holding.ts'

// Any interleaving of sending, answers that come, are lost or come late, crashes of our process, lapses to the fallback and
// charger reboots: what the chargers really do stays under every limit, at every later instant, while frames leave only as the
// envelope allows. The chargers here are written from the charger's side and know nothing of the holdings.

const SKEW = 3_000
const t0 = instant('2026-11-23T18:00:00Z')
const caps = { service: 20_000, left: 12_000, right: 14_000 }
const points = {
  minW: watts(1_440),
  maxW: watts(9_600),
  stepMa: 1000 as Milliamps,
  circuit: { volts: 240, wiring: 'L-L' as const, phases: 2 as const },
}
// mA
const conductors = {
  service: { l1: 72_000, l2: 65_000, l3: 58_000 },
  left: { l1: 50_000, l2: 47_000, l3: 43_000 },
  right: { l1: 43_000, l2: 50_000, l3: 47_000 },
}
type NodeName = keyof typeof caps
const NODES = Object.keys(caps) as NodeName[]
const base = { beforeW: watts(1_000), steps: [{ from: plus(t0, 300_000), limitW: watts(3_000) }] }
const none = constantCurve(0 as Watts)
/** What hangs on the first phase only. */
const UNEVEN_MA = 3_000
const TWO: Circuit = { volts: 240, wiring: 'L-L', phases: 1 }
const THREE: Circuit = { volts: 139, wiring: 'L-N', phases: 3 }
/** Two between two lines each; one on three lines, at which vehicles of one phase and of three charge; one that nobody told the lines of. */
const wired: { node: 'left' | 'right'; real: PhaseParts; told: PhaseParts }[] = [
  { node: 'left', real: partsOn(['l1', 'l2'], TWO), told: partsOn(['l1', 'l2'], TWO) },
  { node: 'left', real: partsOn(['l1', 'l3'], TWO), told: partsOn(['l1', 'l3'], TWO) },
  { node: 'right', real: partsOn(['l2', 'l3', 'l1'], THREE), told: partsOn(['l2', 'l3', 'l1'], THREE) },
  { node: 'right', real: partsOn(['l2', 'l3'], TWO), told: partsOn(undefined, TWO) },
]
const THIRD = partsOn(undefined, THREE).l1
const ON_ONE = partsOn(['l2'], { ...THREE, phases: 1 })

/** `parts`: where the vehicle that charges by this limit draws its current. */
type Follows = { curve: Curve; parts: PhaseParts }
type Charger = {
  clockMs: number
  installed?: Follows
  old: (Follows & { until: Instant })[]
  inFlight: (Follows & { sequence: number })[]
}
type Step =
  | { kind: 'want'; port: number; at: [number, number][]; clamp: boolean; one: boolean }
  | { kind: 'deliver'; port: number; answer: 'accepted' | 'refused' | 'lost'; lagMs: number }
  | { kind: 'timeout'; port: number }
  | { kind: 'reading'; port: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'crash' }
  | { kind: 'wiped'; port: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('want' as const),
      port: fc.nat(3),
      at: fc.array(fc.tuple(fc.nat(600), fc.nat(9_600)), { minLength: 1, maxLength: 4 }),
      clamp: fc.boolean(),
      one: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      port: fc.nat(3),
      answer: fc.constantFrom('accepted' as const, 'accepted' as const, 'refused' as const, 'lost' as const),
      lagMs: fc.oneof(fc.nat(10_000), fc.constant(10_000)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('timeout' as const), port: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reading' as const), port: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(60_000), fc.nat(3_000)) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wiped' as const), port: fc.nat(3) }) },
)

test('no cap is ever passed, in any order of messages', () => {
  let sends = 0
  let refusedSends = 0
  let ones = 0
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }),
      fc.array(fc.integer({ min: -SKEW, max: SKEW }), { minLength: 4, maxLength: 4 }),
      (steps, clocks) => {
        const fallbacks = [1_440, 0, 1_440, 0]
        let holdings: PortHolding[] = fallbacks.map((w, i) => ({
          portId: `p${i}`,
          nodePath: [wired[i]!.node, 'service'],
          parts: wired[i]!.told,
          nameplateW: watts(9_600),
          fallbackConfirmed: true,
          fallbackW: watts(w),
          inoperative: false,
          sent: [],
          extraW: watts(0),
        }))
        const chargers: Charger[] = clocks.map((clockMs) => ({ clockMs, old: [], inFlight: [] }))
        let now = t0
        let sequence = 0
        const envelope = (): Envelope => ({
          nodes: NODES.map((id) => {
            const baseLoad = id === 'service' ? base : none
            const phase = (name: Phase) => ({
              limit: constantCurve(watts(conductors[id][name])),
              baseLoad: mapCurve(baseLoad, (w) => watts(w * THIRD + (id === 'service' && name === 'l1' ? UNEVEN_MA : 0))),
            })
            const phases = { toNeutralV: 139, l1: phase('l1'), l2: phase('l2'), l3: phase('l3') }
            return { id, limit: constantCurve(watts(caps[id])), baseLoad, phases }
          }),
          holdings,
          now,
          skewMs: SKEW,
        })
        const replace = (holding: PortHolding) => {
          holdings = holdings.map((each) => (each.portId === holding.portId ? holding : each))
        }
        /** What a charger may really give at `t`: its limit by its own clock, the old one while it lags, or the fallback after a lapse. */
        const maybe = (i: number, t: Instant): { w: number; parts: PhaseParts }[] => {
          const { clockMs, installed, old } = chargers[i]!
          const own = plus(t, clockMs)
          const followed = [...old.filter(({ until }) => t < until), ...(installed ? [installed] : [])]
          return [{ w: fallbacks[i]!, parts: wired[i]!.real }, ...followed.map(({ curve, parts }) => ({ w: valueAt(curve, own), parts }))]
        }
        const gives = (given: ReturnType<typeof maybe>, phase?: Phase) =>
          given.reduce((most, { w, parts }) => Math.max(most, phase === undefined ? w : w * parts[phase]), 0)
        const judge = () => {
          let over = 0
          // everything is constant between these moments
          const moments = chargers.flatMap(({ clockMs, installed, old }) => [
            ...[...old, ...(installed ? [installed] : [])].flatMap(({ curve }) => curve.steps.map(({ from }) => plus(from, -clockMs))),
            ...old.map(({ until }) => until),
          ])
          for (const t of new Set([now, base.steps[0]!.from, ...moments].filter((at) => at >= now))) {
            const all = wired.map((_, i) => maybe(i, t))
            for (const phase of [undefined, 'l1', 'l2', 'l3'] as const) {
              const each = all.map((given) => gives(given, phase))
              const load = { service: valueAt(base, t) * (phase ? THIRD : 1) + (phase === 'l1' ? UNEVEN_MA : 0), left: 0, right: 0 }
              for (const node of NODES) {
                const sum = each.reduce((all, w, i) => (node === 'service' || wired[i]!.node === node ? all + w : all), load[node])
                over = Math.max(over, sum - (phase ? conductors[node][phase] : caps[node]))
              }
            }
          }
          expect(over).toBeLessThanOrEqual(ROUNDING_MA)
        }
        for (const event of steps) {
          const charger = 'port' in event ? chargers[event.port]! : undefined
          const holding = 'port' in event ? holdings[event.port]! : undefined
          switch (event.kind) {
            case 'want': {
              const wanted = curveOf(
                watts(0),
                event.at.map(([s, w]) => ({ from: plus(s < 300 ? t0 : now, (s % 300) * 1000), limitW: watts(w) })),
              )
              // a vehicle of one phase at the port of three
              const parts = event.port === 2 && event.one ? ON_ONE : undefined
              const curve = event.clamp ? clampToRoom(wanted, roomFor(holding!.portId, envelope(), parts), points, SKEW) : wanted
              const next = withSent(holding!, ++sequence, curve, now, parts)
              if (parts) ones += 1
              const allowed = checkChange(envelope(), next).kind === 'allowed'
              if (event.clamp) expect(allowed).toBe(true)
              if (!allowed) refusedSends += 1
              if (!allowed) break
              sends += 1
              replace(next)
              charger!.inFlight.push({ sequence, curve, parts: parts ?? wired[event.port]!.real })
              break
            }
            case 'deliver': {
              const frame = charger!.inFlight.shift()
              if (!frame) break
              if (event.answer !== 'refused') {
                // while it lags it may give what it gave before, or what the limit before that allowed
                if (charger!.installed) charger!.old.push({ ...charger!.installed, until: plus(now, event.lagMs) })
                charger!.installed = frame
              }
              if (event.answer === 'lost') replace(withOutcome(holding!, frame.sequence, 'timeout', now))
              else replace(withOutcome(holding!, frame.sequence, event.answer, now))
              break
            }
            case 'timeout':
              for (const { sequence } of charger!.inFlight) replace(withOutcome(holdings[event.port]!, sequence, 'timeout', now))
              break
            case 'reading':
              replace(withReading(holding!, watts(gives(maybe(event.port, now))), now, SKEW))
              break
            case 'wait':
              now = plus(now, event.ms)
              break
            case 'crash': // our process: all it knows afterwards is what was written down
              holdings = (JSON.parse(JSON.stringify(holdings)) as PortHolding[]).map((each) => pruned(each, now))
              break
            case 'wiped': // a reboot that forgot the limit: the charger is on its fallback, we may not know
              charger!.installed = undefined
              break
          }
          judge()
        }
      },
    ),
    { seed: 20261123, numRuns: 300 },
  )
  // the test would prove nothing if nothing were sent or nothing refused
  expect(sends).toBeGreaterThan(600)
  expect(refusedSends).toBeGreaterThan(50)
  expect(ones).toBeGreaterThan(50)
}, 60_000)
