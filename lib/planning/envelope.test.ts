import { describe, expect, test } from 'vitest'
import { type Instant, instant, plus } from '#lib/time/instant.ts'
import { type Circuit, type Milliamps, type Phase, type Watts, watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveOf, valueAt } from './curve.ts'
import { checkChange, checkEnvelope, type Envelope, followable, reservedW } from './envelope.ts'
import { clampToRoom, roomFor } from './envelope-room.ts'
import { partsOn } from './phase-parts.ts'
import { type PortHolding, pruned, withOutcome, withReading, withSent } from './port-holding.ts'

const t0 = instant('2026-11-23T18:00:00Z')
const second = (n: number): Instant => plus(t0, n * 1000)
const hour = (n: number): Instant => second(n * 3600)
const flat = (w: number): Curve => constantCurve(watts(w))
const port = (portId: string, change: Partial<PortHolding> = {}): PortHolding => ({
  portId,
  nodePath: ['circuit', 'service'],
  nameplateW: watts(19_200),
  fallbackConfirmed: true,
  fallbackW: watts(1_440),
  inoperative: false,
  sent: [],
  extraW: watts(0),
  ...change,
})
const now = (holding: PortHolding, at: Instant) => valueAt(followable(holding, at, 0), at)
const accepted = (holding: PortHolding, sequence: number, curve: Curve, at: Instant) =>
  withOutcome(withSent(holding, sequence, curve, at), sequence, 'accepted', at)
const depot = (limitW: number, holdings: PortHolding[], change: Partial<Envelope> = {}): Envelope => ({
  nodes: [{ id: 'service', limit: flat(limitW), baseLoad: flat(0) }],
  holdings,
  now: t0,
  skewMs: 0,
  ...change,
})

describe('what one port may be following', () => {
  test('its nameplate, until its fallback is confirmed; nothing while it is held inoperative', () => {
    expect(now(port('p', { fallbackConfirmed: false }), t0)).toBe(19_200)
    expect(now({ ...accepted(port('p'), 1, flat(5_000), t0), fallbackConfirmed: false }, second(60))).toBe(19_200)
    expect(now(port('p', { fallbackConfirmed: false, inoperative: true }), t0)).toBe(0)
  })
  test('the fallback always: a port paused at 0 that lapses to it adds power', () => {
    expect(now(accepted(port('p'), 1, flat(0), t0), second(60))).toBe(1_440)
  })
  test('a limit as soon as it is sent, and also when the answer times out, but not when it is refused', () => {
    const sent = withSent(port('p'), 1, flat(9_000), t0)
    expect(now(sent, t0)).toBe(9_000)
    expect(now(withOutcome(sent, 1, 'timeout', second(30)), second(300))).toBe(9_000)
    expect(now(withOutcome(sent, 1, 'refused', second(1)), second(1))).toBe(1_440)
  })
  test('never above its nameplate, whatever was sent', () => {
    expect(now(accepted(port('p'), 1, flat(50_000), t0), second(60))).toBe(19_200)
  })
  test('a limit that timed out until a later one is accepted', () => {
    const lost = withOutcome(withSent(port('p'), 1, flat(9_000), t0), 1, 'timeout', second(30))
    const next = withSent(lost, 2, flat(3_000), second(31))
    expect(now(next, second(31))).toBe(9_000)
    expect(now(withOutcome(next, 2, 'accepted', second(32)), second(42))).toBe(3_000)
  })
  test('an accepted cut counts after 10 s', () => {
    const cut = accepted(accepted(port('p'), 1, flat(9_000), t0), 2, flat(4_000), second(100))
    expect(now(cut, second(109))).toBe(9_000)
    expect(now(cut, second(110))).toBe(4_000)
  })
  test('… or on a later reading at or under it, never on a reading alone', () => {
    const full = accepted(port('p'), 1, flat(9_000), t0)
    const sent = withSent(full, 2, flat(4_000), second(100))
    expect(now(withReading(sent, watts(100), second(101), 0), second(101))).toBe(9_000)
    const acceptedCut = withOutcome(sent, 2, 'accepted', second(102))
    expect(now(withReading(acceptedCut, watts(4_100), second(103), 0), second(103))).toBe(9_000)
    expect(now(withReading(acceptedCut, watts(4_000), second(103), 0), second(103))).toBe(4_000)
  })
  test('a reading under a limit that cuts nothing yet proves nothing', () => {
    const rising = accepted(port('p'), 1, curveOf(watts(4_000), [{ from: second(105), limitW: watts(9_000) }]), t0)
    const flatNow = accepted(rising, 2, flat(4_000), second(100))
    expect(now(withReading(flatNow, watts(4_000), second(102), 0), second(106))).toBe(9_000)
  })
  test('curves widened by the clock skew', () => {
    const later = accepted(port('p'), 1, curveOf(watts(0), [{ from: hour(1), limitW: watts(9_000) }]), t0)
    expect(valueAt(followable(later, second(60), 5_000), plus(hour(1), -5_000))).toBe(9_000)
    expect(valueAt(followable(later, second(60), 5_000), plus(hour(1), -5_001))).toBe(1_440)
  })
  test('the excess of a charger that does not follow comes on top', () => {
    expect(now({ ...accepted(port('p'), 1, flat(5_000), t0), extraW: watts(2_500) }, second(60))).toBe(7_500)
  })
  test('records keep only what may still be followed, and mean the same', () => {
    let holding = port('p')
    for (let i = 1; i <= 5; i += 1) holding = accepted(holding, i, flat(i * 1_000), second(i * 20))
    const kept = pruned(holding, second(200))
    expect(kept.sent.map(({ sequence }) => sequence)).toEqual([5])
    expect(followable(kept, second(200), 0)).toEqual(followable(holding, second(200), 0))
  })
})

describe('the envelope', () => {
  const at9 = (id: string) => accepted(port(id), 1, flat(9_000), t0)
  test('is within its limit, or tells the first instant at which it is not', () => {
    const later = accepted(port('b'), 1, curveOf(watts(0), [{ from: hour(2), limitW: watts(9_000) }]), t0)
    expect(checkEnvelope(depot(18_000, [at9('a'), later]))).toEqual({ kind: 'within' })
    expect(checkEnvelope(depot(17_000, [at9('a'), later]))).toEqual({ kind: 'over', node: 'service', at: hour(2), overW: 1_000 })
  })
  test('counts the base load and a grid signal ahead', () => {
    const nodes = [{ id: 'service', limit: curveOf(watts(20_000), [{ from: hour(3), limitW: watts(15_000) }]), baseLoad: flat(8_000) }]
    expect(checkEnvelope(depot(0, [at9('a')], { nodes }))).toEqual({ kind: 'over', node: 'service', at: hour(3), overW: 2_000 })
  })
  test('a raise is refused where there is no room, also only later', () => {
    const world = depot(18_000, [at9('a'), port('b')])
    expect(checkChange(world, withSent(port('b'), 1, flat(9_000), t0))).toEqual({ kind: 'allowed' })
    const tooMuchLater = curveOf(watts(9_000), [{ from: hour(1), limitW: watts(9_001) }])
    expect(checkChange(world, withSent(port('b'), 1, tooMuchLater, t0))).toEqual({
      kind: 'refused',
      node: 'service',
      at: hour(1),
      overW: 1,
    })
  })
  test('a cut may always be sent, even while the limit is passed', () => {
    const world = depot(10_000, [at9('a'), at9('b')])
    expect(checkChange(world, withSent(at9('b'), 2, flat(1_000), t0)).kind).toBe('allowed')
  })
  test('releasing a port whose fallback is not confirmed needs room for its nameplate', () => {
    const held = port('b', { fallbackConfirmed: false, inoperative: true })
    expect(checkChange(depot(20_000, [at9('a'), held]), { ...held, inoperative: false }).kind).toBe('refused')
    expect(checkChange(depot(30_000, [at9('a'), held]), { ...held, inoperative: false }).kind).toBe('allowed')
  })
})

const on240 = ({ length }: Phase[]): Circuit =>
  length === 1 ? { volts: 240 / Math.sqrt(3), wiring: 'L-N', phases: 1 } : { volts: 240, wiring: 'L-L', phases: length as 2 | 3 }

describe('phases', () => {
  // two 19.2 kW ports between the same two lines load those as much as three on all lines would: 80 A each
  const limit = flat(60_000)
  // mA at 240 V between two lines
  const toNeutralV = 240 / Math.sqrt(3)
  const line = { limit: flat(115_470), baseLoad: flat(7_217) }
  const phases = { toNeutralV, l1: line, l2: line, l3: line }
  const nodes = [{ id: 'service', limit, baseLoad: flat(3_000), phases }]
  const on = (id: string, phases: ('l1' | 'l2' | 'l3')[], w: number) =>
    accepted(port(id, { parts: partsOn(phases, on240(phases)) }), 1, flat(w), t0)
  test('the node is within its power, one of its conductors is not', () => {
    const both = depot(0, [on('a', ['l1', 'l2'], 19_200), on('b', ['l1', 'l2'], 9_600)], { nodes })
    expect(checkEnvelope(both)).toEqual({ kind: 'over', node: 'service', phase: 'l1', at: t0, overW: 1_628 })
    const spread = depot(0, [on('a', ['l1', 'l2'], 19_200), on('b', ['l3'], 9_600)], { nodes })
    expect(checkEnvelope(spread)).toEqual({ kind: 'within' })
  })
  test('room on the fullest conductor is what counts, and can be used whole', () => {
    const world = depot(
      0,
      [on('a', ['l1', 'l2'], 19_200), port('b', { parts: partsOn(['l2', 'l3'], on240(['l2', 'l3'])), fallbackW: watts(0) })],
      { nodes },
    )
    const room = valueAt(roomFor('b', world), t0)
    expect(room).toBe(6_780)
    expect(checkChange(world, withSent(world.holdings[1]!, 1, flat(room), t0)).kind).toBe('allowed')
    expect(checkChange(world, withSent(world.holdings[1]!, 1, flat(room + 2), t0))).toMatchObject({ kind: 'refused', phase: 'l2' })
  })
  test('phases that are not known count on each', () => {
    expect(checkEnvelope(depot(0, [accepted(port('a'), 1, flat(15_500), t0)], { nodes })).kind).toBe('over')
  })
})

describe('room', () => {
  const points = {
    minW: watts(1_440),
    maxW: watts(19_200),
    stepMa: 1000 as Milliamps,
    circuit: { volts: 240, wiring: 'L-L' as const, phases: 2 as const },
  }
  test('is what the others leave, at every node', () => {
    const world = depot(20_000, [accepted(port('a'), 1, flat(9_000), t0), port('b')])
    expect(valueAt(roomFor('b', world), t0)).toBe(11_000)
    const small = { id: 'circuit', limit: flat(16_000), baseLoad: flat(1_000) }
    expect(valueAt(roomFor('b', { ...world, nodes: [...world.nodes, small] }), t0)).toBe(6_000)
  })
  test('a wanted limit is lowered to a whole-ampere set point in the room, or to 0', () => {
    const room = curveOf(watts(1_000), [
      { from: hour(1), limitW: watts(8_000) },
      { from: hour(2), limitW: watts(30_000) },
    ])
    const given = clampToRoom(flat(19_200), room, points, 0)
    expect([hour(0), hour(1), hour(2)].map((t) => valueAt(given, t))).toEqual([0, 7_920, 19_200])
  })
})

test('the planner counts the fallback of a port we can reach, and the whole plan of one we cannot', () => {
  const holding = accepted(port('p'), 1, curveOf(watts(9_000) as Watts, [{ from: hour(1), limitW: watts(0) }]), plus(t0, -60_000))
  const grid = { now: t0, from: t0, slotMs: 1_800_000, slots: 4, skewMs: 0 }
  expect(reservedW(holding, { ...grid, reachable: true })).toEqual([1_440, 1_440, 1_440, 1_440])
  expect(reservedW(holding, { ...grid, reachable: false })).toEqual([9_000, 9_000, 1_440, 1_440])
  expect(reservedW({ ...holding, fallbackConfirmed: false }, { ...grid, reachable: true })).toEqual([19_200, 19_200, 19_200, 19_200])
})
