import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Instant, instant, plus } from '#lib/time/instant.ts'
import { type Milliamps, type Watts, watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveOf, valueAt } from './curve.ts'
import { checkChange, type Envelope } from './envelope.ts'
import { clampToRoom, roomFor } from './envelope-room.ts'
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
// the service's conductors: current × 139 V
const perPhase = { l1: 9_000, l2: 6_000, l3: 6_000 }
const perPhaseCurves = {
  l1: constantCurve(watts(perPhase.l1)),
  l2: constantCurve(watts(perPhase.l2)),
  l3: constantCurve(watts(perPhase.l3)),
}
const base = { beforeW: watts(1_000), steps: [{ from: plus(t0, 300_000), limitW: watts(3_000) }] }

type Charger = {
  clockMs: number
  installed?: Curve
  old: { curve: Curve; until: Instant }[]
  inFlight: { sequence: number; curve: Curve }[]
}
type Step =
  | { kind: 'want'; port: number; at: [number, number][]; clamp: boolean }
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
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }),
      fc.array(fc.integer({ min: -SKEW, max: SKEW }), { minLength: 4, maxLength: 4 }),
      (steps, clocks) => {
        const fallbacks = [1_440, 0, 1_440, 0]
        let holdings: PortHolding[] = fallbacks.map((w, i) => ({
          portId: `p${i}`,
          nodePath: [i < 2 ? 'left' : 'right', 'service'],
          phases: i % 2 === 0 ? ['l1', 'l2'] : ['l1', 'l3'],
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
          nodes: Object.entries(caps).map(([id, w]) => ({
            id,
            limit: constantCurve(watts(w)),
            baseLoad: id === 'service' ? base : constantCurve(0 as Watts),
            ...(id === 'service' ? { phaseLimit: perPhaseCurves } : {}),
          })),
          holdings,
          now,
          skewMs: SKEW,
        })
        const replace = (holding: PortHolding) => {
          holdings = holdings.map((each) => (each.portId === holding.portId ? holding : each))
        }
        /** The most a charger really gives at `t`: its limit by its own clock, the old one while it lags, or the fallback after a lapse. */
        const gives = ({ clockMs, installed, old }: Charger, fallbackW: number, t: Instant): number => {
          const own = plus(t, clockMs)
          const lagging = old.filter(({ until }) => t < until).map(({ curve }) => valueAt(curve, own))
          return Math.max(fallbackW, ...lagging, installed ? valueAt(installed, own) : 0)
        }
        const judge = () => {
          let over = 0
          for (let ms = 0; ms <= 620_000; ms += ms < 30_000 ? 499 : 1_997) {
            const t = plus(now, ms)
            const power = chargers.map((charger, i) => gives(charger, fallbacks[i]!, t))
            over = Math.max(over, power[0]! + power[1]! - caps.left, power[2]! + power[3]! - caps.right)
            const third = valueAt(base, t) / 3
            const between = (a: number, b: number) => (a + b) / Math.sqrt(3) + third
            over = Math.max(over, between(power[0]! + power[2]!, power[1]! + power[3]!) - perPhase.l1)
            over = Math.max(over, between(power[0]!, power[2]!) - perPhase.l2, between(power[1]!, power[3]!) - perPhase.l3)
            over = Math.max(over, power[0]! + power[1]! + power[2]! + power[3]! + valueAt(base, t) - caps.service)
          }
          expect(over).toBe(0)
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
              const curve = event.clamp ? clampToRoom(wanted, roomFor(holding!.portId, envelope()), points, SKEW) : wanted
              const next = withSent(holding!, ++sequence, curve, now)
              const allowed = checkChange(envelope(), next).kind === 'allowed'
              if (event.clamp) expect(allowed).toBe(true)
              if (!allowed) refusedSends += 1
              if (!allowed) break
              sends += 1
              replace(next)
              charger!.inFlight.push({ sequence, curve })
              break
            }
            case 'deliver': {
              const frame = charger!.inFlight.shift()
              if (!frame) break
              if (event.answer !== 'refused') {
                // while it lags it may give what it gave before, or what the limit before that allowed
                const before = charger!.installed ?? constantCurve(0 as Watts)
                charger!.old.push({ curve: before, until: plus(now, event.lagMs) })
                charger!.installed = frame.curve
              }
              if (event.answer === 'lost') replace(withOutcome(holding!, frame.sequence, 'timeout', now))
              else replace(withOutcome(holding!, frame.sequence, event.answer, now))
              break
            }
            case 'timeout':
              for (const { sequence } of charger!.inFlight) replace(withOutcome(holdings[event.port]!, sequence, 'timeout', now))
              break
            case 'reading':
              replace(withReading(holding!, watts(gives(charger!, fallbacks[event.port]!, now)), now, SKEW))
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
}, 60_000)
