import { describe, expect, test } from 'vitest'
import { energyText } from '#lib/format/energy.ts'
import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import { kilowattHours, kilowatts, type Watts } from '#lib/units/units.ts'
import { type Answered, effectsOf, outcomeOf, siteLoad } from './compare.ts'
import { clock, depot, five, portOf, pricesBy, van, zerega } from './depot-fixture.ts'
import type { PlanningInput } from './input.ts'
import { plan } from './plan.ts'
import { changed, slotsUntil, stretched, supposedName } from './what-if.ts'
import { type ChangeWords, differenceTexts, effectText } from './what-if-words.ts'

const answered = (input: PlanningInput): Answered => ({ input, plan: plan(input) })
const tried = (before: Answered, ...change: Parameters<typeof changed>[1][]): Answered =>
  answered({ ...change.reduce(changed, before.input), previous: before.plan })
const words: ChangeWords = {
  time: (at) => new Date(at).toISOString().slice(11, 16),
  vehicle: (id) => id,
  money: (micro) => `$${(micro / 1e6).toFixed(2)}`,
}
const slotOf = (time: string) => (clock(time) - five) / minutes(5)

describe('a change of the question', () => {
  test('a departure, a priority and a policy change only what they name, and the question asked stays as it was', () => {
    const input = depot(40, [van('a', '04:00', 20), van('b', '06:00', 20)])
    const before = structuredClone(input)
    const moved = changed(input, { kind: 'departure', vehicle: 'b', departs: clock('02:00') })
    expect(moved.needs.map(({ departs }) => departs)).toEqual([clock('04:00'), clock('02:00')])
    expect(changed(input, { kind: 'first', vehicle: 'a' }).needs.map(({ chargeFirst }) => chargeFirst)).toEqual([true, undefined])
    expect(changed(input, { kind: 'policy', policy: 'cheapest' }).policy).toBe('cheapest')
    expect(input).toEqual(before)
  })

  test('a limit for some hours holds in them alone; of a slot that it only touches the lower one holds', () => {
    const input = depot(80, [van('a', '06:00', 20)])
    const change = { kind: 'limit', node: 'service', limitW: kilowatts(50), from: clock('22:02'), until: clock('23:00') } as const
    const limits = changed(input, change).nodes[0]!.limitW
    expect([limits[slotOf('21:55')], limits[slotOf('22:00')], limits[slotOf('22:55')], limits[slotOf('23:00')]]).toEqual([
      80_000, 50_000, 50_000, 80_000,
    ])
    // another limit for good leaves lowered hours as they are
    const forGood = (limitW: number) =>
      changed(changed(input, change), { ...change, limitW: kilowatts(limitW), from: undefined, until: undefined })
    expect([slotOf('21:00'), slotOf('22:30')].map((slot) => forGood(100).nodes[0]!.limitW[slot])).toEqual([100_000, 50_000])
    expect([slotOf('21:00'), slotOf('22:30')].map((slot) => forGood(40).nodes[0]!.limitW[slot])).toEqual([40_000, 40_000])
    // a higher limit may not begin before its time
    expect(changed(input, { ...change, limitW: kilowatts(90) }).nodes[0]!.limitW[slotOf('22:00')]).toBe(80_000)
  })

  test('who moves to another bay changes places with who stands there', () => {
    const input = depot(80, [van('a', '06:00', 20), van('b', '06:00', 20)])
    expect(changed(input, { kind: 'bay', vehicle: 'a', port: 'b' }).needs.map(({ port }) => port)).toEqual(['b', 'a'])
    const alone = { ...input, ports: [...input.ports, portOf('free')] }
    expect(changed(alone, { kind: 'bay', vehicle: 'a', port: 'free' }).needs.map(({ port }) => port)).toEqual(['free', 'b'])
  })

  test('a later horizon repeats what is known of the last slot and takes the prices that are given', () => {
    const input = depot(80, [van('a', '06:00', 20)], { slots: 12 })
    const later = stretched(input, 24, { microPerKwh: new Array(24).fill(100_000), demand: [] })
    expect(later.nodes[0]!.limitW).toEqual(new Array(24).fill(80_000))
    expect(later.prices.microPerKwh).toHaveLength(24)
    expect(stretched(input, 12, input.prices)).toBe(input)
    expect(slotsUntil(input, plus(five, minutes(62)) as Instant)).toBe(13)
  })
})

describe('what a change does', () => {
  test('a departure moved so early that the power cannot be had makes its vehicle late, and says how much is missing', () => {
    const before = answered(depot(80, [van('a', '06:00', 55), van('b', '07:00', 55)]))
    const after = tried(before, { kind: 'departure', vehicle: 'a', departs: clock('19:00') })
    const [late] = effectsOf(before, after)
    expect(late).toMatchObject({ vehicle: 'a', kind: 'late', before: { missingWh: 0 }, after: { departs: clock('19:00') } })
    // two hours at 19.2 kW of 55 kWh
    expect(late!.after!.missingWh).toBeGreaterThan(55_000 - 38_400 - 500)
    expect(effectText(late!, words)).toBe(`a leaves short: ${energyText(late!.after!.missingWh)} are missing at 19:00.`)
    expect(outcomeOf(after).short).toBe(1)
  })

  test('a lower cap is kept in its hours, and the vehicles that become late by it are named first', () => {
    const before = answered(zerega())
    expect(outcomeOf(before).short).toBe(0)
    const after = tried(before, { kind: 'limit', node: 'service', limitW: kilowatts(20), from: undefined, until: clock('04:00') })
    expect(Math.max(...siteLoad(after).slice(0, slotOf('04:00')))).toBeLessThanOrEqual(20_000)
    const effects = effectsOf(before, after)
    expect(effects[0]!.kind).toBe('late')
    expect(differenceTexts(outcomeOf(before), outcomeOf(after), effects, words)[0]).toMatch(
      /leave short that would have been ready|leaves short/,
    )
    // and with the cap as before they are ready again
    const back = tried(after, { kind: 'limit', node: 'service', limitW: kilowatts(80), from: undefined, until: clock('04:00') })
    expect(effectsOf(after, back)[0]!.kind).toBe('ready')
    expect(outcomeOf(back).short).toBe(0)
  })

  test('more kW on a full feeder make a late vehicle ready', () => {
    const before = answered(depot(10, [van('a', '20:00', 20), van('b', '20:00', 20)]))
    expect(outcomeOf(before).missingWh).toBeGreaterThan(9_000)
    const after = tried(before, { kind: 'limit', node: 'service', limitW: kilowatts(15), from: undefined, until: undefined })
    expect(outcomeOf(after)).toMatchObject({ short: 0, missingWh: 0 })
  })

  test('a price moves energy out of its window, and the difference in money is told', () => {
    const microPerKwh = pricesBy(168, { '17:00': 300_000, '21:00': 180_000, '00:00': 120_000 })
    const before = answered(depot(80, [van('a', '06:00', 20)], { policy: 'cheapest', prices: { microPerKwh, demand: [] } }))
    const night = microPerKwh.map((price) => price === 120_000)
    const after = tried(before, { kind: 'price', slots: night, microPerKwh: 400_000 })
    const inNight = ({ plan: p }: Answered) => p.allocations[0]!.powerW.some((w, slot) => w > 0 && night[slot])
    expect([inNight(before), inNight(after)]).toEqual([true, false])
    const texts = differenceTexts(outcomeOf(before), outcomeOf(after), effectsOf(before, after), words)
    // 20 kWh at 0.18 instead of 0.12
    expect(texts[0]).toBe('It costs $1.20 more: $3.60 instead of $2.40.')
  })

  test('more vehicles come with chargers of their own under the node, and share its limit', () => {
    const before = answered(depot(20, [van('a', '22:00', 20)]))
    const more = {
      kind: 'vehicles',
      count: 3,
      node: 'service',
      energyWh: kilowattHours(30),
      maxW: kilowatts(11),
      arrives: five,
      departs: clock('22:00'),
    } as const
    const after = tried(before, more)
    expect(after.input.ports.map(({ id }) => id)).toEqual(['a', 'more-1', 'more-2', 'more-3'])
    expect(supposedName('more-2')).toBe('New 2')
    expect(Math.max(...siteLoad(after))).toBeLessThanOrEqual(20_000)
    for (const { vehicle, powerW } of after.plan.allocations) expect([vehicle, Math.max(...powerW) <= 19_200]).toEqual([vehicle, true])
    expect(Math.max(...after.plan.allocations.find(({ vehicle }) => vehicle === 'more-1')!.powerW)).toBeLessThanOrEqual(11_000)
    // 110 kWh in five hours under 20 kW: ten are missing, whoever lacks them
    expect(outcomeOf(after).missingWh).toBeGreaterThan(9_000)
    expect(effectsOf(before, after).filter(({ before: was }) => was === null)).toHaveLength(3)
  })

  test('a new peak of the month is told apart from the energy', () => {
    const prices = {
      microPerKwh: new Array(168).fill(200_000),
      demand: [{ microPerKw: 10_000_000, slots: new Array(168).fill(true), peakSoFarW: kilowatts(5) as Watts }],
    }
    const before = answered(depot(80, [van('a', '07:00', 50)], { policy: 'cheapest', prices }))
    const after = tried(before, { kind: 'departure', vehicle: 'a', departs: plus(five, hours(4)) as Instant })
    expect(outcomeOf(after).newPeakMicro).toBeGreaterThan(outcomeOf(before).newPeakMicro + 60_000_000)
    const texts = differenceTexts(outcomeOf(before), outcomeOf(after), effectsOf(before, after), words)
    expect(texts.some((text) => /^\$\d+\.\d\d of it is for a new peak of the month\.$/.test(text))).toBe(true)
    expect(texts.some((text) => /^The highest quarter hour is/.test(text))).toBe(true)
  })

  test('no change is said to be none', () => {
    const before = answered(zerega())
    expect(differenceTexts(outcomeOf(before), outcomeOf(before), effectsOf(before, before), words)).toEqual(['Nothing changes.'])
  })
})
