import { beforeAll, describe, expect, test } from 'vitest'
import type { PlanView } from '#lib/api/plan.ts'
import type { WhatIfView } from '#lib/api/what-if.ts'
import { HORIZON_MS, MOST_SLOTS } from '#lib/planning/depot-input.ts'
import { type PlanningInput, slotAt } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import { byVehicle, readyBy } from '#lib/planning/plan-index.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { hours, type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { checkPlan } from '#server/judge/check-plan.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { storePlan } from '#server/store/plan.ts'
import { GET as getPlan } from '../../app/api/depots/[depot]/plan/route.ts'
import { POST as postWhatIf } from '../../app/api/depots/[depot]/plan/what-if/route.ts'
import { gather } from './replan.ts'

const ZONE = 'Europe/Berlin'
const at = (time: string): Instant => instant(`${time}:00+01:00`)
const FRIDAY = at('2025-11-21T18:00')
const [saturday, sunday, monday] = [at('2025-11-22T07:00'), at('2025-11-23T00:00'), at('2025-11-24T05:00')]

describe('a weekend: vans that come home on Friday evening leave on Monday morning', () => {
  let site: Site
  let manager: Record<string, string>
  let input: PlanningInput
  let made: Plan

  beforeAll(async () => {
    site = await testSite()
    site.at(FRIDAY)
    const { prisma } = site.db
    await smallDepot(site.db, FRIDAY)
    for (const n of [1, 2, 3, 4]) await charging(site.db, FRIDAY, n, 11_400)
    await prisma.duty.updateMany({ data: { departsAt: new Date(monday), returnsAt: new Date(plus(monday, hours(9))) } })
    await prisma.duty.update({
      where: { id: 'duty-4' },
      data: { departsAt: new Date(saturday), returnsAt: new Date(plus(saturday, hours(9))) },
    })
    // the building until Tuesday, and nothing is as cheap as Sunday
    await prisma.baseLoad.deleteMany({})
    await prisma.baseLoad.createMany({
      data: Array.from({ length: 96 }, (_, i) => ({
        nodeId: 'north-service',
        startsAt: new Date(plus(FRIDAY, hours(i - 4))),
        minutes: 60,
        forecastW: 10_000,
        upperW: i - 4 < 54 ? 12_000 : 30_000,
      })),
    })
    await prisma.tariffWindow.updateMany({ data: { weekdays: [1, 2, 3, 4, 5, 6] } })
    await prisma.tariffWindow.create({
      data: {
        ...{ id: 'sunday', tariffId: 'north-tariff', name: 'sunday', seasonFrom: '01-01', seasonUntil: '12-31', weekdays: [7] },
        ...{ startMinute: 0, endMinute: 1440, priceMicroPerKwh: 50_000n },
      },
    })
    // work on the feeder on Sunday
    await prisma.limitHours.create({
      data: {
        id: 'works',
        nodeId: 'north-service',
        startsAt: new Date(plus(sunday, hours(1))),
        endsAt: new Date(plus(sunday, hours(23))),
        limitW: 32_000,
        madeBy: 'test',
        madeAt: new Date(FRIDAY),
      },
    })
    manager = await site.as('manager', ['north'])
    input = await gather(site.ctx, 'north', REACH)
    made = plan(input)
    await storePlan(prisma, { depotId: 'north', madeAt: input.now, cause: 'test', input, plan: made, tookMs: 1 })
  })

  const ask = <T>(door: Door, body?: unknown) => askDoor<T>(door, manager, { body })
  const slotOf = (moment: Instant) => Math.floor((moment - slotAt(input, 0)) / minutes(15))
  const powerOf = (vehicle: string) => made.allocations.find((each) => each.vehicle === vehicle)!.powerW

  test('the plan reaches to the last departure, with the prices, the building and the limits of those days', () => {
    expect(slotAt(input, input.slots)).toBe(monday)
    expect(input.prices.microPerKwh[slotOf(plus(sunday, hours(12)))]).toBe(50_000)
    const service = input.nodes.find(({ id }) => id === 'north-service')!
    expect(service.limitW[slotOf(plus(sunday, hours(12)))]).toBe(32_000)
    expect(service.limitW[slotOf(plus(monday, -hours(1)))]).toBe(80_000)
    expect(service.baseLoadW![slotOf(plus(sunday, hours(12)))]).toBe(12_000)
    expect(service.baseLoadW![slotOf(plus(monday, -hours(1)))]).toBe(30_000)
  })

  test('who leaves on Saturday is ready on Saturday; the others wait for Sunday, under its lower limit, and are ready on Monday', () => {
    expect(checkPlan(JSON.parse(JSON.stringify(input)), JSON.parse(JSON.stringify(made))).violations).toEqual([])
    expect(made.shortfalls).toEqual([])
    const planned = byVehicle({ input, plan: made })
    expect(readyBy(planned.get('van-4'), saturday)).toBeLessThanOrEqual(saturday)
    for (const van of ['van-1', 'van-2', 'van-3']) {
      expect(readyBy(planned.get(van), monday)).toBeLessThanOrEqual(monday)
      expect(
        powerOf(van)
          .slice(0, slotOf(sunday))
          .every((w) => w === 0),
      ).toBe(true)
    }
    expect(made.gap).toBeLessThan(0.01)
  })

  test('the plan page shows all of it, who leaves on Monday among those that are to be ready', async () => {
    const view = await ask<PlanView>(getPlan)
    expect(view.until).toBeGreaterThanOrEqual(monday)
    expect(view.until).toBeLessThanOrEqual(plus(monday, hours(2)))
    expect(view.summary).toMatchObject({ of: 4, ready: 4 })
    expect(view.site.vehicles.some(({ from, powerW }) => from > sunday && powerW > 10_000)).toBe(true)
  })

  test('a preview may reach as far as plans do, and no farther', async () => {
    const later = (departs: Instant) =>
      ask<WhatIfView>(postWhatIf, { kind: 'departure', vehicleId: 'van-1', departs: localIso(departs, ZONE) })
    const { site: power, preview } = await later(plus(monday, hours(8)))
    expect(preview.short).toBe(0)
    expect(power.cap).toHaveLength(input.slots + 32)
    expect((await later(plus(FRIDAY, HORIZON_MS + hours(20)))).site.cap).toHaveLength(MOST_SLOTS)
  })

  test('nobody leaves: a day is planned, and a departure next week is no reason for a longer plan than 72 hours', async () => {
    const { prisma } = site.db
    await prisma.duty.updateMany({ data: { departsAt: new Date(plus(FRIDAY, hours(90))), returnsAt: new Date(plus(FRIDAY, hours(99))) } })
    expect((await gather(site.ctx, 'north', REACH)).slots).toBe(288)
    await prisma.duty.deleteMany({})
    expect((await gather(site.ctx, 'north', REACH)).slots).toBe(96)
  })
})
