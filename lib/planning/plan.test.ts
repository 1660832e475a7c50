import { describe, expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowattHours, kilowatts, type Watts, watts } from '#lib/units/units.ts'
import { clock, depot, five, portOf, pricesBy, van, zerega } from './depot-fixture.ts'
import { type PlanningInput, slotAt } from './input.ts'
import { plan } from './plan.ts'
import type { Plan } from './plan-result.ts'

const siteW = (p: Plan) => p.allocations[0]!.powerW.map((_, t) => p.allocations.reduce((sum, { powerW }) => sum + powerW[t]!, 0))
const energyKwh = (input: PlanningInput, p: Plan, vehicle: string) => {
  const { powerW } = p.allocations.find((each) => each.vehicle === vehicle)!
  return powerW.reduce((sum, w) => sum + (w * input.slotMinutes) / 60_000, 0)
}
const startOf = (input: PlanningInput, p: Plan, vehicle: string) =>
  slotAt(
    input,
    p.allocations.find((each) => each.vehicle === vehicle)!.powerW.findIndex((w) => w > 0),
  )
const slotOf = (time: string) => (clock(time) - five) / minutes(5)
const blocks = (p: Plan) => p.allocations.map(({ powerW }) => powerW.filter((w, t) => w > 0 && !(powerW[t - 1]! > 0)).length)

describe('F1: fourteen 19.2 kW ports under 80 kW, 55 kWh each, plugged 17:00–20:00, leaving 05:00–07:00', () => {
  test('un-managed they would draw 268.8 kW', () => {
    const input = zerega()
    const unmanaged = Array.from({ length: input.slots }, (_, t) =>
      input.needs.reduce((sum, { arrives, energyWh, maxW }) => {
        const done = plus(arrives, (energyWh / maxW) * 3_600_000)
        return sum + (slotAt(input, t) >= arrives && slotAt(input, t) < done ? maxW : 0)
      }, 0),
    )
    // plugged over three hours with 2 h 52 min of charging each, they overlap almost wholly; the connected load is the rating of all ports
    expect(input.ports.reduce((sum, { maxW }) => sum + maxW, 0)).toBe(268_800)
    expect(Math.max(...unmanaged)).toBeGreaterThan(3 * 80_000 - 1)
  })
  test.each(['readyFirst', 'cheapest'] as const)('planned %s, they stay at or under 80 kW and all are ready', (policy) => {
    const input = zerega({
      policy,
      prices: { microPerKwh: pricesBy(168, { '17:00': 300_000, '21:00': 180_000, '00:00': 120_000 }), demand: [] },
    })
    const p = plan(input)
    expect(Math.max(...siteW(p))).toBeLessThanOrEqual(80_000)
    expect(p.shortfalls).toEqual([])
    for (const { id } of input.needs) expect(energyKwh(input, p, id)).toBeGreaterThan(54.9)
    expect(Math.max(...p.allocations.map(({ periods }) => periods.length))).toBeLessThanOrEqual(24)
    expect(blocks(p).toSorted((a, b) => a - b)[7]).toBeLessThanOrEqual(2)
  })
  test('without managed charging energy costs more: the plan uses the night', () => {
    const prices = { microPerKwh: pricesBy(168, { '17:00': 300_000, '21:00': 180_000, '00:00': 120_000 }), demand: [] }
    const cheap = plan(zerega({ policy: 'cheapest', prices }))
    const ready = plan(zerega({ policy: 'readyFirst', prices }))
    expect(cheap.costMicro).toBeLessThan(ready.costMicro * 0.75)
    expect(cheap.lowerBoundMicro).toBeLessThanOrEqual(cheap.costMicro)
    expect(cheap.gap).toBeLessThan(0.03)
  })
})

describe('who is served first', () => {
  test('R12 AT1: of two equal vehicles the one that leaves at 04:00 goes before the one that leaves at 07:00', () => {
    const input = depot(19.2, [van('late', '07:00', 60), van('early', '04:00', 60)])
    const p = plan(input)
    expect(startOf(input, p, 'early')).toBe(five)
    expect(startOf(input, p, 'late')).toBeGreaterThan(five)
    expect(p.reasons.late).toMatchObject({ kind: 'waits', because: [{ kind: 'earlierDepartures', vehicles: ['early'], node: 'service' }] })
  })
  test('R12 AT2: with the same departure, 15 % goes before 60 % of the same battery', () => {
    const input = depot(19.2, [van('at60', '06:00', 40), van('at15', '06:00', 85)])
    const p = plan(input)
    expect(startOf(input, p, 'at15')).toBe(five)
    expect(startOf(input, p, 'at60')).toBeGreaterThan(five)
    expect(p.reasons.at60).toMatchObject({ kind: 'waits', because: [{ kind: 'lessSlack', vehicles: ['at15'] }] })
  })
  test('higher priority first, also when it leaves later; when both cannot be ready, it is the one that is', () => {
    const input = depot(19.2, [van('plain', '21:00', 60), van('first', '22:00', 60, { priority: 5 })])
    const p = plan(input)
    expect(p.shortfalls.map(({ vehicle }) => vehicle)).toEqual(['plain'])
    expect(p.shortfalls[0]!.cause).toEqual({ kind: 'nodeFull', node: 'service' })
  })
  test('where two are nearly equally short in all, the lower priority is the one that is: also when the greenest is preferred', () => {
    const [plain, first] = [van('plain', '18:26', 3, { mayPause: false }), van('first', '17:46', 3, { priority: 1 })]
    const input = depot(22, [plain, first], {
      ...{ now: plus(five, minutes(3)), slots: 48, policy: 'greenest' },
      nodes: [
        {
          ...{ id: 'service', volts: 208, wiring: 'L-L', limitW: new Array<Watts>(48).fill(kilowatts(22)) },
          limitMa: { l1: new Array(48).fill(20_000), l2: new Array(48).fill(20_000), l3: new Array(48).fill(18_000) },
        },
      ],
      ports: [plain, first].map(({ id }) => portOf(id, { maxW: watts(6_656), minW: watts(1_248), maxPeriods: 4 })),
      prices: { microPerKwh: new Array(48).fill(0), carbonGPerKwh: Array.from({ length: 48 }, (_, t) => (t * 7) % 50), demand: [] },
    })
    expect(plan(input).shortfalls.map(({ vehicle }) => vehicle)).toEqual(['plain'])
  })
  test('R12 AT4: "charge first" beats the policy: at once, at any price', () => {
    const prices = { microPerKwh: pricesBy(168, { '17:00': 300_000, '00:00': 100_000 }), demand: [] }
    const input = depot(19.2, [van('other', '07:00', 40), van('asked', '07:00', 40, { chargeFirst: true })], { policy: 'cheapest', prices })
    const p = plan(input)
    expect(startOf(input, p, 'asked')).toBe(five)
    expect(startOf(input, p, 'other')).toBe(clock('00:00'))
  })
})

describe('price', () => {
  const prices = { microPerKwh: pricesBy(168, { '17:00': 300_000, '00:00': 100_000 }), demand: [] }
  test('R12 AT3: with slack, charging starts when the price drops at 00:00', () => {
    const input = depot(80, [van('a', '07:00', 50), van('b', '06:00', 50)], { policy: 'cheapest', prices })
    const p = plan(input)
    expect(startOf(input, p, 'a')).toBe(clock('00:00'))
    expect(p.reasons.a).toEqual({
      kind: 'waits',
      until: clock('00:00'),
      because: [{ kind: 'price', nowMicroPerKwh: 300_000, thenMicroPerKwh: 100_000 }],
    })
    expect(p.costMicro).toBeCloseTo(10_000_000, -5)
  })
  test('… and earlier when the slack is lost; what that costs more is told', () => {
    const input = depot(80, [van('a', '02:00', 100)], { policy: 'cheapest', prices })
    const p = plan(input)
    expect(startOf(input, p, 'a')).toBeLessThan(clock('00:00'))
    expect(p.shortfalls).toEqual([])
    const later = { ...input, now: startOf(input, p, 'a'), previous: p }
    expect(plan({ ...later, policy: 'readyFirst' }).reasons.a).toMatchObject({ kind: 'charging', limitedBy: { kind: 'port' } })
    const both = plan(depot(19.2, [van('a', '02:00', 80), van('b', '02:00', 80)], { policy: 'cheapest', prices }))
    const extra = Object.values(both.reasons).flatMap((reason) => (reason.kind === 'charging' ? [reason.extraCostMicro] : []))
    expect(Math.max(...extra)).toBeGreaterThan(0)
  })
  test('R12 AT5: price never makes a vehicle late', () => {
    // the cheap hours are after the departure of one and just enough for the other
    const needs = [van('a', '00:30', 60), van('b', '01:00', 60), van('c', '05:00', 90)]
    const without = plan(depot(24, needs, { policy: 'readyFirst', prices }))
    const withPrices = plan(depot(24, needs, { policy: 'cheapest', prices }))
    expect(without.shortfalls).toEqual([])
    expect(withPrices.shortfalls).toEqual([])
  })
  test('welcome energy is taken only where it is worth its price', () => {
    const needs = [van('a', '07:00', 20, { extraWh: kilowattHours(300) })]
    const input = depot(80, needs, { policy: 'cheapest', prices: { ...prices, reserveMicroPerKwh: 150_000 } })
    const { powerW } = plan(input).allocations[0]!
    expect(powerW.slice(0, slotOf('00:00')).every((w) => w === 0)).toBe(true)
    expect(powerW.slice(slotOf('00:00'), slotOf('07:00')).every((w) => w === 19_200)).toBe(true)
  })
  test('greenest uses the cleanest hours', () => {
    const carbonGPerKwh = prices.microPerKwh.map((_, t) => (t >= slotOf('03:00') && t < slotOf('05:00') ? 50 : 400))
    const input = depot(80, [van('a', '07:00', 30)], { policy: 'greenest', prices: { ...prices, carbonGPerKwh } })
    const p = plan(input)
    expect(startOf(input, p, 'a')).toBe(clock('03:00'))
    expect(p.reasons.a).toMatchObject({ because: [{ kind: 'carbon', nowGPerKwh: 400, thenGPerKwh: 50 }] })
  })
})

describe('demand charge', () => {
  const demand = (peakSoFarKw: number) => [
    { microPerKw: 20_000_000, slots: new Array<boolean>(168).fill(true), peakSoFarW: kilowatts(peakSoFarKw) },
  ]
  const microPerKwh = pricesBy(168, { '17:00': 200_000, '00:00': 190_000 })
  const needs = [1, 2, 3, 4].map((n) => van(`v${n}`, '06:00', 40))
  test('a peak that costs more than the cheap hours save is not made', () => {
    const input = depot(80, needs, { policy: 'cheapest', prices: { microPerKwh, demand: demand(0) } })
    const p = plan(input)
    // 160 kWh in 13 hours need 12.3 kW at least
    expect(Math.max(...siteW(p))).toBeLessThanOrEqual(14_000)
    expect(p.shortfalls).toEqual([])
    expect(p.gap).toBeLessThan(0.15)
  })
  test('what a van at a charger out of reach draws is in the peak of the site', () => {
    const input = depot(80, [van('v1', '22:00', 20), van('away', '22:00', 30)], { policy: 'cheapest', slots: 60 })
    input.prices = {
      microPerKwh: pricesBy(60, { '17:00': 200_000 }),
      demand: [{ microPerKw: 10_000_000, slots: new Array(60).fill(true), peakSoFarW: kilowatts(0) }],
    }
    input.ports[1]!.offline = { followsW: new Array<Watts>(60).fill(kilowatts(6)) }
    const [own] = plan(input).allocations
    // five hours for 20 kWh: 4 kW, and 6 kW of the other one
    const peakW = Math.max(...own!.powerW) + 6_000
    expect(peakW).toBeLessThan(10_400)
    expect(plan(input).costMicro).toBeGreaterThan(peakW * 10_000)
    // the month has it already: nothing is added
    input.prices.demand[0]!.peakSoFarW = watts(peakW)
    expect(plan(input).costMicro).toBeLessThan(4_100_000)
  })
  test('up to the peak of the month so far power costs nothing more', () => {
    const p = plan(depot(80, needs, { policy: 'cheapest', prices: { microPerKwh, demand: demand(60) } }))
    expect(Math.max(...siteW(p))).toBeLessThanOrEqual(60_000)
    expect(p.costMicro).toBeCloseTo(160 * 190_000, -6)
  })
})

describe('never "infeasible": a shortfall with its cause', () => {
  const causeOf = (input: PlanningInput, vehicle = 'a') => plan(input).shortfalls.find((each) => each.vehicle === vehicle)
  test('too little time', () => {
    const short = causeOf(depot(80, [van('a', '18:00', 50)]))!
    expect(short).toMatchObject({ missingWh: 30_800, cause: { kind: 'tooLittleTime', neededMinutes: 157, availableMinutes: 60 } })
    expect(short.remedies).toEqual([{ kind: 'departLater', at: clock('19:40') }])
  })
  test('a port too weak for the vehicle', () => {
    const input = depot(80, [van('a', '18:00', 15)], { ports: [portOf('a', { maxW: kilowatts(7.2) })] })
    expect(causeOf(input)).toMatchObject({
      cause: { kind: 'portPower', port: 'a', maxW: 7_200 },
      remedies: [{ kind: 'useStrongerPort', minW: 15_000 }, {}],
    })
  })
  test('a full node', () => {
    const input = depot(10, [van('a', '19:00', 15), van('b', '19:00', 15, { chargeFirst: true })])
    expect(causeOf(input)).toMatchObject({ cause: { kind: 'nodeFull', node: 'service' } })
    expect(causeOf(input)!.remedies.map(({ kind }) => kind)).toEqual(['chargeFirst', 'departLater', 'raiseLimit'])
  })
  test('not plugged in', () => {
    expect(causeOf(depot(80, [van('a', '06:00', 19.2, { port: undefined })]))).toMatchObject({
      missingWh: 19_200,
      cause: { kind: 'notPlugged' },
      remedies: [{ kind: 'plugIn', by: clock('05:00') }],
    })
  })
  test('a charger that cannot be reached: what it follows by itself counts', () => {
    const offline = (w: number) =>
      depot(80, [van('a', '19:00', 10)], { ports: [portOf('a', { offline: { followsW: new Array(168).fill(watts(w)) } })] })
    expect(causeOf(offline(0))).toMatchObject({ missingWh: 10_000, cause: { kind: 'chargerOffline', port: 'a' } })
    expect(causeOf(offline(5_000))).toBeUndefined()
  })
  test('a departure beyond the horizon is no shortfall while there is time after it', () => {
    expect(plan(depot(80, [van('a', '07:00', 60)], { slots: 12 })).shortfalls).toEqual([])
  })
})

describe('what ports and envelopes allow', () => {
  test('what the envelope keeps for one port is not given to another', () => {
    const reservedW = new Array<Watts>(168).fill(watts(15_000))
    const p = plan(depot(20, [van('a', '06:00', 55), van('b', '06:00', 0)], { ports: [portOf('a'), portOf('b', { reservedW })] }))
    expect(Math.max(...p.allocations.find(({ vehicle }) => vehicle === 'a')!.powerW)).toBe(4_800)
  })
  test('what it keeps for a port is there for that port', () => {
    const reservedW = new Array<Watts>(168).fill(watts(4_800))
    const p = plan(depot(19.2, [van('a', '06:00', 30)], { ports: [portOf('a', { reservedW })] }))
    expect(Math.max(...p.allocations[0]!.powerW)).toBe(19_200)
  })
  test('a limit in amperes per phase binds before the kilowatts', () => {
    const phase = new Array(168).fill(40_000)
    const input = depot(80, [van('a', '06:00', 30), van('b', '06:00', 30)])
    input.nodes[0]!.limitMa = { l1: phase, l2: phase, l3: phase }
    expect(Math.max(...siteW(plan(input)))).toBe(9_600)
    input.ports[1]!.phases = ['l3']
    input.nodes[0]!.wiring = 'L-N'
    expect(Math.max(...siteW(plan(input)))).toBe(19_200)
  })
  test('base load at a panel passes the service above it', () => {
    const input = depot(20, [van('a', '06:00', 30)])
    input.nodes.push({ ...input.nodes[0]!, id: 'shop', parent: 'service', baseLoadW: new Array(168).fill(watts(12_000)) })
    expect(Math.max(...siteW(plan(input)))).toBe(7_920)
  })
  test('a vehicle that may not pause charges in one block', () => {
    const microPerKwh = Array.from({ length: 168 }, (_, t) => (t % 24 < 12 ? 100_000 : 300_000))
    const p = plan(depot(80, [van('a', '06:00', 50, { mayPause: false })], { policy: 'cheapest', prices: { microPerKwh, demand: [] } }))
    expect(blocks(p)).toEqual([1])
  })
  test('one that tapers is given what it takes: the rest is for others, and is not paid for', () => {
    const taper = [{ afterWh: kilowattHours(10), maxW: kilowatts(5) }]
    const { allocations, gap, shortfalls } = plan(depot(30, [van('a', '20:00', 20, { taper }), van('b', '20:00', 50)], { slots: 36 }))
    expect(shortfalls).toEqual([])
    expect(gap).toBeLessThan(0.01)
    let takenWh = 0
    for (const powerW of allocations.find(({ vehicle }) => vehicle === 'a')!.powerW) {
      // 5 kW and what the next whole ampere adds
      if (takenWh >= 10_000) expect(powerW).toBeLessThan(5_240)
      takenWh += Math.min(powerW, takenWh >= 10_000 ? 5_000 : powerW) / 12
    }
  })
  test('a taper is counted: a full battery takes longer', () => {
    const taper = [{ afterWh: kilowattHours(20), maxW: kilowatts(4.8) }]
    expect(plan(depot(80, [van('a', '20:00', 30, { taper })])).shortfalls).toMatchObject([])
    expect(plan(depot(80, [van('a', '19:00', 30, { taper })])).shortfalls).toMatchObject([{ cause: { kind: 'tooLittleTime' } }])
  })
  test('losses: 50 kWh into the battery at 90 % take 55.6 kWh at the port', () => {
    const input = depot(80, [van('a', '06:00', 50, { efficiency: 0.9 })])
    expect(energyKwh(input, plan(input), 'a')).toBeGreaterThan(55.55)
  })
  test('at most as many periods as the port holds, and still ready', () => {
    const microPerKwh = Array.from({ length: 168 }, (_, t) => (t % 24 < 12 ? 100_000 : 300_000))
    const input = depot(80, [van('a', '06:00', 90)], {
      policy: 'cheapest',
      prices: { microPerKwh, demand: [] },
      ports: [portOf('a', { maxPeriods: 3 })],
    })
    const p = plan(input)
    expect(p.allocations[0]!.periods.length).toBeLessThanOrEqual(3)
    expect(p.shortfalls).toEqual([])
  })
})

describe('planning again', () => {
  const prices = { microPerKwh: pricesBy(168, { '17:00': 300_000, '21:00': 180_000, '00:00': 120_000, '06:00': 250_000 }), demand: [] }
  test('replays bit for bit, also from JSON', () => {
    const input = zerega({ policy: 'cheapest', prices })
    expect(JSON.stringify(plan(JSON.parse(JSON.stringify(input))))).toBe(JSON.stringify(plan(input)))
  })
  test('the digest tells inputs apart', () => {
    const input = zerega()
    const other = { ...input, policy: 'cheapest' as const }
    expect(plan(input).inputDigest).not.toBe(plan(other).inputDigest)
    expect(plan(input).inputDigest).toMatch(/^[0-9a-f]{16}$/)
  })
  test('five minutes later, with all as foreseen, the set points stay', () => {
    const input = zerega({ policy: 'cheapest', prices })
    const before = plan(input)
    const slots = input.slots - 1
    const next: PlanningInput = {
      ...input,
      now: plus(five, minutes(5)),
      slots,
      nodes: input.nodes.map((node) => ({ ...node, limitW: node.limitW.slice(1) })),
      prices: { microPerKwh: prices.microPerKwh.slice(1), demand: [] },
      needs: input.needs.map((need) => {
        const taken = before.allocations.find(({ vehicle }) => vehicle === need.id)!.powerW[0]! / 12
        return { ...need, energyWh: Math.max(0, need.energyWh - taken) as typeof need.energyWh }
      }),
      previous: before,
    }
    const after = plan(next)
    const changes = after.allocations.reduce((sum, { vehicle, powerW }) => {
      const was = before.allocations.find((each) => each.vehicle === vehicle)!.powerW.slice(1)
      return sum + powerW.filter((w, t) => w !== was[t]).length
    }, 0)
    expect(changes).toBe(0)
  })
  test('a cheaper neighbour in the middle of the night is told as the binding node', () => {
    const p = plan(zerega({ policy: 'cheapest', prices }))
    const worth = p.binding.filter(({ slot }) => slot >= slotOf('00:00') && slot < slotOf('05:00'))
    expect(worth.length).toBeGreaterThan(50)
    // 1 kW more for five minutes saves at most (0.25 − 0.12) × 1/12
    for (const { valueMicroPerKw } of worth) expect(valueMicroPerKw).toBeLessThanOrEqual(Math.ceil(180_000 / 12))
  })
})
