import { describe, expect, test } from 'vitest'
import { depot, pricesBy, van } from './depot-fixture.ts'
import { plan } from './plan.ts'

const flat = { microPerKwh: new Array<number>(168).fill(200_000), demand: [] }
const because = (reason: ReturnType<typeof plan>['reasons'][string] | undefined) =>
  reason?.kind === 'waits' ? reason.because : `it does not wait: ${reason?.kind}`

describe('why a vehicle waits', () => {
  test('a cheaper price follows', () => {
    const microPerKwh = pricesBy(168, { '17:00': 300_000, '21:00': 120_000 })
    const p = plan(depot(40, [van('a', '05:00', 20)], { slots: 168, policy: 'cheapest', prices: { microPerKwh, demand: [] } }))
    expect(because(p.reasons.a)).toEqual([{ kind: 'price', nowMicroPerKwh: 300_000, thenMicroPerKwh: 120_000 }])
  })
  test('others leave earlier and the node is full', () => {
    const p = plan(depot(38.4, [van('a', '19:00', 30), van('b', '19:30', 30), van('c', '05:00', 30)], { slots: 168, prices: flat }))
    expect(because(p.reasons.c)).toEqual([{ kind: 'earlierDepartures', vehicles: ['a', 'b'], node: 'service' }])
  })
  test('a rest of room that is too small for its block is no time to spare: the node is as good as full', () => {
    // 45 kW: two vans at full power leave 6.6 kW, and the third waits for the 19.2 kW of its block
    const needs = [van('a', '19:00', 36), van('b', '19:30', 36), van('c', '05:00', 60)]
    const p = plan(depot(45, needs, { slots: 168, policy: 'cheapest', prices: flat }))
    const c = p.allocations.find(({ vehicle }) => vehicle === 'c')!
    expect(c.powerW[0]).toBe(0)
    expect(Math.max(...c.powerW)).toBeGreaterThan(6_600)
    expect(because(p.reasons.c)).toEqual([{ kind: 'earlierDepartures', vehicles: ['a', 'b'], node: 'service' }])
  })
  test('at a flat price, time to spare is the reason exactly where the power of its block is free now', () => {
    let waiting = 0
    for (const capKw of [20, 30, 45, 60, 80]) {
      const needs = ['19:00', '20:00', '21:00', '23:00', '02:00', '05:00'].map((at, i) => van(`v${i}`, at, 20 + 5 * i))
      const p = plan(depot(capKw, needs, { slots: 168, policy: 'cheapest', prices: flat }))
      const freeW = capKw * 1000 - p.allocations.reduce((sum, { powerW }) => sum + powerW[0]!, 0)
      for (const { vehicle, powerW } of p.allocations) {
        const reason = p.reasons[vehicle]!
        if (reason.kind !== 'waits' || reason.until === undefined) continue
        waiting += 1
        const hasTime = reason.because.some(({ kind }) => kind === 'hasTime')
        expect(hasTime, `${vehicle} under ${capKw} kW`).toBe(freeW >= (powerW.find((w) => w > 0) ?? 0))
      }
    }
    expect(waiting).toBeGreaterThan(10)
  })
})
