import { describe, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { amperes, type Milliamps, type Phase, powerAt, type Watts, watts } from '#lib/units/units.ts'
import { constantCurve } from './curve.ts'
import { type DepotFacts, envelopeOf, type FactNode, type FactPort, inUse, ZERO } from './depot-facts.ts'
import { depotInput } from './depot-input.ts'
import { checkEnvelope } from './envelope.ts'
import { roomFor } from './envelope-room.ts'
import { steer } from './steer.ts'

const now = instant('2026-11-23T18:00:00Z')
const service: FactNode = {
  id: 'service',
  name: 'Grid',
  limitW: watts(55_200),
  limitMa: amperes(80),
  baseLoad: ZERO,
  volts: 230,
  wiring: 'L-N',
  phases: 3,
  stopped: false,
}
const circuit = { volts: 230, wiring: 'L-N' as const, phases: 3 as const }
const port = (id: string, change: Partial<FactPort> = {}): FactPort => ({
  id,
  chargerId: id,
  number: 1,
  node: 'service',
  points: { minW: powerAt(amperes(6), circuit), maxW: powerAt(amperes(32), circuit), stepMa: 1000 as Milliamps, circuit },
  mostW: powerAt(amperes(32), circuit),
  phases: ['l1', 'l2', 'l3'],
  maxPeriods: 24,
  online: true,
  known: true,
  bootedAt: undefined,
  fallbackW: watts(0),
  fallbackConfirmedAt: now,
  wantedFallbackW: watts(0),
  refusesZero: false,
  fallbacks: [],
  inoperative: false,
  heldReason: null,
  extraW: watts(0),
  sessions: [1],
  limits: [],
  wanted: undefined,
  fallbackTries: { failures: 0, lastSentAt: undefined },
  limitTries: { failures: 0, lastSentAt: undefined },
  writesToday: 0,
  inFlight: false,
  asked: false,
  stopped: false,
  ...change,
})
/** It follows so many amperes on the phases that its vehicle uses. */
const follows = (each: FactPort, current: number): FactPort => {
  const { points, parts } = inUse(each)
  const curve = constantCurve(powerAt(amperes(current), points.circuit))
  const sent = { sequence: 1, curve, sentAt: now, outcome: 'accepted' as const, acceptedAt: now, countsAt: now, sessionId: 1 }
  return { ...each, limits: [{ ...sent, ...(parts ? { parts } : {}) }] }
}
const facts = (ports: FactPort[], nodes: FactNode[] = [service]): DepotFacts => ({ now, skewMs: 0, nodes, ports })
const check = (ports: FactPort[], nodes?: FactNode[]) => checkEnvelope(envelopeOf(facts(ports, nodes)))
const input = (ports: FactPort[], nodes?: FactNode[]) =>
  depotInput(facts(ports, nodes), { needs: [], slots: 4, prices: { microPerKwh: [1, 1, 1, 1], demand: [] }, policy: 'cheapest' })

describe('a site of 80 A on each phase, line to neutral', () => {
  test('three even phases need no lines of their own: what keeps the power keeps them', () => {
    const even = [follows(port('a'), 32), follows(port('b'), 32)]
    expect(envelopeOf(facts(even)).nodes[0]!.phases).toBeUndefined()
    expect(check(even)).toEqual({ kind: 'within' })
  })
  test('vehicles of one phase: three at ports that begin alike are too much for l1, turned they are not', () => {
    const one = (id: string, phases: Phase[]) => follows(port(id, { usedPhases: 1, phases }), 32)
    expect(check([one('a', ['l1', 'l2', 'l3']), one('b', ['l1', 'l2', 'l3']), one('c', ['l1', 'l2', 'l3'])])).toMatchObject({
      kind: 'over',
      phase: 'l1',
      overW: 16 * 230,
    })
    expect(check([one('a', ['l1', 'l2', 'l3']), one('b', ['l2', 'l3', 'l1']), one('c', ['l3', 'l1', 'l2'])])).toEqual({ kind: 'within' })
  })
  test('one of three phases and two of one: the amperes on the phase that they share are what counts', () => {
    const three = follows(port('a'), 32)
    const one = port('b', { usedPhases: 1, phases: ['l2', 'l3', 'l1'] })
    const other = follows(port('c', { usedPhases: 1, phases: ['l2', 'l1', 'l3'] }), 32)
    const envelope = envelopeOf(facts([three, one, other]))
    // 32 + 32 of 80 A are gone on l2
    expect(roomFor('b', envelope, inUse(one).parts)).toEqual(constantCurve(watts(16 * 230)))
    expect(check([three, follows(one, 16), other])).toEqual({ kind: 'within' })
    expect(check([three, follows(one, 17), other])).toMatchObject({ kind: 'over', phase: 'l2' })
  })
  test('two vehicles of one phase that begin in one pass at ports of three share their phase already in that pass', () => {
    const site: FactNode = { ...service, limitW: watts(40 * 690), limitMa: amperes(40) }
    const wanted = { curve: constantCurve(powerAt(amperes(32), { ...circuit, phases: 1 })), planId: null }
    const both = (usedPhases: 1 | 3) => ['a', 'b'].map((id) => port(id, { usedPhases, wanted }))
    const sent = (ports: FactPort[]) =>
      steer(facts(ports, [site])).actions.flatMap((action) => (action.kind === 'limit' ? [action.curve.beforeW] : []))
    // of three phases, both get what they want: 10.7 A on each of them
    expect(sent(both(3)).map((w) => Math.round(w / 690))).toEqual([10, 10])
    const onOne = sent(both(1))
    expect(onOne.reduce((sum, w) => sum + w, 0) / 230).toBeLessThanOrEqual(40)
    expect(onOne.length).toBeGreaterThan(0)
  })
  test('the excess of a charger that does not follow may be on any of its phases', () => {
    const ports = [follows(port('a'), 32), follows(port('b', { extraW: watts(2_300) }), 32)]
    expect(check(ports)).toEqual({ kind: 'within' })
    expect(check([...ports, follows(port('c', { usedPhases: 1 }), 7)])).toMatchObject({ kind: 'over', phase: 'l1' })
  })
})

test('a node that is named by 400 V between its lines: ports of 230 V to neutral draw their own amperes there', () => {
  const node: FactNode = { ...service, volts: 400, wiring: 'L-L', limitMa: amperes(64), limitW: watts(100_000) }
  const two = [follows(port('a'), 32), follows(port('b'), 32)]
  expect(check(two, [node])).toEqual({ kind: 'within' })
  expect(check([...two, follows(port('c', { usedPhases: 1 }), 6)], [node])).toMatchObject({ kind: 'over', phase: 'l1' })
  expect(input(two, [node]).nodes[0]!.limitMa!.l1[0]).toBe(64_000)
})

describe('line to line', () => {
  const panel: FactNode = { ...service, limitW: watts(115_261), limitMa: amperes(320), volts: 208, wiring: 'L-L' }
  const between = { volts: 208, wiring: 'L-L' as const, phases: 1 as const }
  const two = (id: string, phases: Phase[], change: Partial<FactPort> = {}) =>
    port(id, {
      points: { minW: powerAt(amperes(6), between), maxW: powerAt(amperes(80), between), stepMa: 1000 as Milliamps, circuit: between },
      mostW: powerAt(amperes(80), between),
      phases,
      ...change,
    })
  test('80 A on a circuit of 80 A is within, to the ampere', () => {
    const own = { ...panel, limitW: powerAt(amperes(80), between), limitMa: amperes(80), phases: 1 as const }
    expect(check([follows(two('a', ['l2', 'l3']), 80)], [own])).toEqual({ kind: 'within' })
  })
  test('four between the same two lines fill 320 A; a fifth fits on others only', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => follows(two(id, ['l1', 'l2']), 80))
    expect(check(four, [panel])).toEqual({ kind: 'within' })
    expect(check([...four, follows(two('e', ['l2', 'l3']), 6)], [panel])).toMatchObject({ kind: 'over', phase: 'l2' })
  })
  test('the planner is told the same: amperes on each phase, less what a building loads unevenly', () => {
    const uneven = { l1: amperes(20), l2: amperes(0), l3: amperes(0) }
    const loaded = { ...panel, baseLoad: constantCurve(watts(36_027)), unevenMa: uneven }
    const [node] = input([two('a', ['l1', 'l2'])], [loaded]).nodes
    expect(node!.limitMa!.l1[0]).toBeGreaterThanOrEqual(299_998)
    expect(node!.limitMa!.l1[0]).toBeLessThanOrEqual(300_001)
    expect(node!.limitMa!.l2[0]).toBeGreaterThanOrEqual(319_998)
    expect(node!.baseLoadW).toEqual([36_027, 36_027, 36_027, 36_027] as Watts[])
  })
  test('with a port whose lines nobody told the planner gets the power that the fullest phase leaves', () => {
    const [node] = input([two('a', ['l1', 'l2'], { linesKnown: false })], [panel]).nodes
    expect(node!.limitMa).toBeUndefined()
    // 320 A between two lines
    expect(node!.limitW[0]).toBe(66_560)
    const all = ['a', 'b', 'c', 'd'].map((id) => follows(two(id, ['l1', 'l2'], { linesKnown: false }), 80))
    expect(check(all, [panel])).toEqual({ kind: 'within' })
    expect(check([...all, follows(two('e', ['l2', 'l3'], { linesKnown: false }), 6)], [panel]).kind).toBe('over')
  })
})
