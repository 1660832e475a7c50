import { expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { watts } from '#lib/units/units.ts'
import { constantCurve, curveOf } from './curve.ts'
import { type Envelope, type EnvelopeNode, nodesOver, type PortHolding } from './envelope.ts'

const NOW = instant('2026-11-23T18:00:00Z')
const flat = (w: number) => constantCurve(watts(w))
const node = (id: string, limitW: number, change: Partial<EnvelopeNode> = {}): EnvelopeNode => ({
  id,
  limit: flat(limitW),
  baseLoad: flat(0),
  ...change,
})
/** May draw its nameplate: nothing is confirmed. */
const port = (portId: string, circuit: string, nameplateW: number): PortHolding => ({
  portId,
  nodePath: [circuit, 'service'],
  nameplateW: watts(nameplateW),
  fallbackConfirmed: false,
  fallbackW: watts(0),
  inoperative: false,
  sent: [],
  extraW: watts(0),
})
const over = (nodes: EnvelopeNode[], holdings: PortHolding[]) => {
  const envelope: Envelope = { nodes, holdings, now: NOW, skewMs: 0 }
  return [...nodesOver(envelope)].sort()
}
const holdings = [port('p1', 'left', 10_000), port('p2', 'right', 10_000)]

test('only the circuit that its ports may pass is over, not its neighbour and not what feeds both', () => {
  expect(over([node('service', 30_000), node('left', 9_000), node('right', 10_000)], holdings)).toEqual(['left'])
  expect(over([node('service', 19_000), node('left', 10_000), node('right', 10_000)], holdings)).toEqual(['service'])
  expect(over([node('service', 19_000), node('left', 9_000), node('right', 10_000)], holdings)).toEqual(['left', 'service'])
  expect(over([node('service', 20_000), node('left', 10_000), node('right', 10_000)], holdings)).toEqual([])
})

test('the building counts, and a limit that falls later counts from now on', () => {
  expect(over([node('service', 20_000, { baseLoad: flat(1) })], holdings)).toEqual(['service'])
  const later = curveOf(watts(20_000), [{ from: instant(NOW + 3_600_000), limitW: watts(19_000) }])
  expect(over([node('service', 0, { limit: later })], holdings)).toEqual(['service'])
})
