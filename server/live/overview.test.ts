import { beforeEach, describe, expect, test } from 'vitest'
import { overviewView as overviewShape } from '#lib/api/overview.ts'
import { planView as planShape } from '#lib/api/plan.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { hours, instant, minutes, plus } from '#lib/time/instant.ts'
import { milliamps, wattHours, watts } from '#lib/units/units.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { writeJournal } from '#server/store/journal.ts'
import { planInForce, storePlan } from '#server/store/plan.ts'
import { overviewView } from './overview.ts'
import { planView } from './plan-view.ts'
import { charging, smallDepot } from './test-depot.ts'

const SLOTS = 48
const FROM = instant(Math.floor(EVENING / minutes(15)) * minutes(15))
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ')

/** Van 1 charges at 11.4 kW for two hours; van 2 misses 7.7 kWh; van 3 waits for the price. */
async function planned(site: Site): Promise<void> {
  const input: PlanningInput = {
    now: EVENING,
    slotMinutes: 15,
    slots: SLOTS,
    nodes: [
      {
        id: 'north-service',
        limitW: Array(SLOTS).fill(watts(80_000)),
        baseLoadW: Array(SLOTS).fill(watts(12_000)),
        volts: 400,
        wiring: 'L-N',
      },
    ],
    ports: [1, 2, 3, 4].map((n) => ({
      id: `port-${n}`,
      node: 'north-service',
      maxW: watts(19_200),
      minW: watts(1440),
      stepMa: milliamps(1000),
      phases: ['l1'],
      maxPeriods: 8,
      reservedW: Array(SLOTS).fill(watts(0)),
    })),
    needs: [1, 2, 3].map((n) => ({
      id: `van-${n}`,
      port: `port-${n}`,
      arrives: EVENING,
      departs: plus(EVENING, hours(7)),
      energyWh: wattHours(20_000),
      maxW: watts(19_200),
      phases: 1,
      efficiency: 0.9,
      priority: 0,
      mayPause: true,
    })),
    prices: { microPerKwh: Array(SLOTS).fill(300_000), demand: [] },
    policy: 'cheapest',
  }
  const power = (w: number, until: number) => Array.from({ length: SLOTS }, (_, slot) => watts(slot < until ? w : 0))
  const plan: Plan = {
    from: FROM,
    slotMinutes: 15,
    allocations: [
      { vehicle: 'van-1', port: 'port-1', periods: [], powerW: power(11_400, 8) },
      { vehicle: 'van-2', port: 'port-2', periods: [], powerW: power(6_000, 28) },
    ],
    shortfalls: [
      {
        vehicle: 'van-2',
        missingWh: wattHours(7_700),
        cause: { kind: 'nodeFull', node: 'north-service' },
        remedies: [{ kind: 'chargeFirst' }],
      },
    ],
    reasons: {
      'van-1': { kind: 'charging', powerW: watts(11_400), limitedBy: { kind: 'plan' }, extraCostMicro: 0 },
      'van-2': { kind: 'charging', powerW: watts(6_000), limitedBy: { kind: 'node', node: 'north-service' }, extraCostMicro: 0 },
      'van-3': {
        kind: 'waits',
        until: plus(EVENING, minutes(13)),
        because: [{ kind: 'price', nowMicroPerKwh: 312_000, thenMicroPerKwh: 198_000 }],
      },
    },
    binding: [{ node: 'north-service', slot: 0, valueMicroPerKw: 0 }],
    costMicro: 12_000_000,
    lowerBoundMicro: 11_900_000,
    gap: 0.008,
    inputDigest: 'x',
  }
  await storePlan(site.db.prisma, { depotId: 'north', madeAt: EVENING, cause: 'a vehicle plugged in', input, plan, tookMs: 3 })
}

describe('a depot in the evening', () => {
  let site: Site
  const overview = () => overviewView(site.ctx, 'north', async () => [])
  beforeEach(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await planned(site)
    for (const n of [1, 2]) await charging(site.db, EVENING, n, 6_000)
    await charging(site.db, EVENING, 3, 0)
    await site.db.prisma.port.update({ where: { id: 'port-3' }, data: { status: 'pausedByCharger' } })
    await site.db.prisma.limitSent.updateMany({ where: { portId: 'port-3' }, data: { curve: [{ from: EVENING, limitW: 0 }] } })
  })

  test('will all leave on time? each van with its verdict, the earliest first; those at risk with cause', async () => {
    const view = await overview()
    expect(overviewShape.parse(view)).toEqual(view)
    expect(view.departures.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['Van 01', 'onTrack'],
      ['Van 02', 'late'],
      ['Van 03', 'onTrack'],
      ['Van 04', 'onTrack'],
    ])
    expect(view.risks).toMatchObject([{ vehicleId: 'van-2', mark: 'serious', cause: 'Service connection is full.' }])
    expect(plain(view.risks[0]!.atDeparture)).toBe('26 min late')
  })

  test('what is broken? the symptom first, one line a cause, the worst first', async () => {
    const ago = (ms: number) => new Date(plus(EVENING, -ms))
    await site.db.prisma.port.update({ where: { id: 'port-4' }, data: { status: 'faulted', errorCode: 'GroundFailure' } })
    await site.db.prisma.knocking.create({
      data: {
        identity: 'CP-9',
        firstAt: ago(hours(1)),
        lastAt: ago(minutes(3)),
        times: 12,
        address: '192.0.2.4',
        reason: 'Not registered here.',
      },
    })
    await writeJournal(site.db.prisma, site.ctx.clock, {
      depotId: 'north',
      actor: 'charger:charger-1',
      kind: 'review.meterBackwards',
      subject: 'charger:charger-1',
    })
    const { alerts } = await overview()
    expect(alerts.map(({ mark, what }) => [mark, plain(what)])).toEqual([
      ['critical', 'Port 04: Fault'],
      ['serious', 'Van 02 will be 26 min late'],
      ['caution', '“CP-9” wants to connect'],
      ['caution', 'A meter that ran backwards'],
    ])
    expect(plain(alerts[2]!.why)).toBe('Not registered here, 12 times from 192.0.2.4, last 3 min ago.')
    expect(alerts[0]!.why).toContain('ground-fault')
    const { name } = await site.db.prisma.charger.findUniqueOrThrow({ where: { id: 'charger-1' } })
    expect(plain(alerts[3]!.why)).toContain(`, last of ${name}. Kept, and marked.`)
  })

  test('a van behind an offline charger is told once, as the van', async () => {
    const seenAt = new Date(plus(EVENING, -minutes(18)))
    await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { connectedAt: null, seenAt } })
    const view = await overview()
    const about = view.alerts.filter(({ why, what }) => `${what}${why}`.includes('01'))
    expect(about).toHaveLength(1)
    expect(plain(about[0]!.what)).toBe('Van 01 may leave with 50 of 80 %')
    expect(plain(about[0]!.why)).toContain('Offline at port 01. Last seen 18 min ago.')
    expect(about[0]!.since).toBe(seenAt.getTime())
    expect(view.risks.find(({ vehicleId }) => vehicleId === 'van-1')).toMatchObject({
      act: { kind: 'openCharger' },
      chargerId: 'charger-1',
    })
  })

  test('under the cap? twelve hours ahead by the plan, three back as measured, aligned to the quarter', async () => {
    const { power } = await overview()
    expect(power.measuredUntil).toBe(FROM)
    expect(power.vehicles.find(({ from }) => from === FROM)!.powerW).toBe(17_400)
    expect(power.vehicles.find(({ from }) => from === plus(FROM, hours(3)))!.powerW).toBe(6_000)
    expect(power.base[0]!.powerW).toBe(10_400)
    expect(power.cap.every(({ powerW }) => powerW === 80_000)).toBe(true)
    expect([power.base.length, power.vehicles.length]).toEqual([power.cap.length, power.cap.length])
  })

  test('the plan says a row a van: why, what holds it, what would help', async () => {
    const view = await planView(site.ctx, 'north')
    expect(planShape.parse(view)).toEqual(view)
    const [one, two, three] = view.rows
    expect(one).toMatchObject({ name: 'Van 01', readyAt: plus(FROM, hours(2)), missingWh: 0, unconfirmed: false })
    expect(one!.planned).toEqual([
      { from: EVENING, powerW: 11_400 },
      { from: plus(FROM, hours(2)), powerW: 0 },
    ])
    expect(two).toMatchObject({ missingWh: 7_700, readyAt: null, remedies: [{ word: 'Charge it first', kind: 'chargeFirst' }] })
    expect(two!.holds).toEqual([
      { name: 'service connection', usedW: 29_400, keptW: 0, limitW: 80_000, binding: true, valueMicroPerKw: null },
    ])
    expect([two!.holdsUntil, three!.holdsUntil]).toEqual([null, plus(EVENING, minutes(13))])
    expect(plain(three!.why)).toBe('Waits: energy costs 31.2 ct/kWh now and 19.8 ct/kWh then; starts about 22:00.')
    expect(three!.word).toBe('Paused by plan until 22:00')
    expect(view.summary).toMatchObject({ ready: 3, of: 4, unmanagedW: 12_000 + 3 * 19_200, costMicro: 12_000_000 })
    expect(view.prices[0]).toMatchObject({ microPerKwh: 312_000 })
    expect(view.nodes).toEqual([{ id: 'north-service', name: 'service connection', limitW: 80_000 }])
    expect(view.events).toEqual([])
    // the stored plan gives van 2 less than it lacks, though there is room: nothing holds it back
    expect(view.bottlenecks).toEqual([])
    expect(Math.max(...view.site.unmanaged.map(({ powerW }) => powerW))).toBe(12_000 + 3 * 19_200)
  })

  test('hours with a lower cap are told with it, a vehicle put first with the end of that, and the month’s peak with what a new one costs', async () => {
    const row = (await site.db.prisma.plan.findFirst())!
    const { input } = (await planInForce(site.db, 'north'))!
    const lower = input.nodes.map((node) => ({ ...node, limitW: node.limitW.map((w, slot) => (slot >= 8 && slot < 12 ? 50_000 : w)) }))
    const demand = [{ microPerKw: 9_000_000, slots: Array(SLOTS).fill(true), peakSoFarW: 25_000 }]
    const needs = input.needs.map((need) => (need.id === 'van-3' ? { ...need, chargeFirst: true } : need))
    await site.db.prisma.plan.update({
      where: { id: row.id },
      data: { input: { ...input, nodes: lower, needs, prices: { ...input.prices, demand } } },
    })
    await site.db.prisma.vehicle.update({
      where: { id: 'van-3' },
      data: { priority: 10, priorityUntil: new Date(plus(EVENING, hours(2))) },
    })
    const view = await planView(site.ctx, 'north')
    expect(view.events).toEqual([{ from: plus(FROM, hours(2)), until: plus(FROM, hours(3)), limitW: 50_000 }])
    const capAt = (at: number) => view.site.cap.find(({ from }) => from === at)!.powerW
    expect([capAt(plus(FROM, hours(2))), capAt(plus(FROM, hours(3)))]).toEqual([50_000, 80_000])
    expect(view.rows.map(({ firstUntil }) => firstUntil)).toEqual([null, null, plus(EVENING, hours(2)), null])
    // 29.4 kW over a peak of 25
    expect(view.summary.newPeakMicro).toBe(4.4 * 9_000_000)
    expect(view.summary.unmanagedCostMicro).toBeGreaterThan((12 + 3 * 19.2 - 25) * 9_000_000)
    expect(view.rows[1]!.holds.map(({ name, limitW, binding }) => [name, limitW, binding])).toContainEqual(['Month’s peak', 25_000, false])
    await site.db.prisma.plan.update({ where: { id: row.id }, data: { input: row.input! } })
    await site.db.prisma.vehicle.update({ where: { id: 'van-3' }, data: { priority: 0, priorityUntil: null } })
  })

  test('where nothing is foreseen of the building the chart has what the plan reckons with', async () => {
    const { prisma } = site.db
    const rows = await prisma.baseLoad.findMany()
    await prisma.baseLoad.deleteMany({ where: { startsAt: { gte: new Date(plus(FROM, hours(1))) } } })
    const { input } = (await planInForce(site.db, 'north'))!
    const { base } = (await planView(site.ctx, 'north')).site
    const reckoned = input.nodes.reduce((sum, { baseLoadW }) => sum + (baseLoadW?.[8] ?? 0), 0)
    expect(reckoned).toBeGreaterThan(0)
    expect(base.find(({ from }) => from === plus(FROM, hours(2)))!.powerW).toBe(reckoned)
    await prisma.baseLoad.createMany({ data: rows, skipDuplicates: true })
  })

  test('a safe plan that is followed until the planner is through says so', async () => {
    expect((await planView(site.ctx, 'north')).summary.refined).toBe(true)
    const row = (await site.db.prisma.plan.findFirst({ orderBy: { madeAt: 'desc' } }))!
    await site.db.prisma.plan.update({ where: { id: row.id }, data: { refined: false } })
    expect((await planView(site.ctx, 'north')).summary.refined).toBe(false)
    await site.db.prisma.plan.update({ where: { id: row.id }, data: { refined: true } })
  })

  test('a planner that fails is told on the plan page too, with what holds meanwhile', async () => {
    expect((await planView(site.ctx, 'north')).trouble).toBeNull()
    await writeJournal(site.db.prisma, site.ctx.clock, { depotId: 'north', actor: 'planner', kind: 'plan.failed', subject: 'depot:north' })
    expect((await planView(site.ctx, 'north')).trouble).toMatch(
      /^The planner failed and is asked again\. The plan of \d\d:\d\d stays in force/,
    )
  })

  test('before the first plan the screens stand all the same', async () => {
    await site.db.prisma.plan.deleteMany()
    const view = await planView(site.ctx, 'north')
    expect(view).toMatchObject({ planId: null, madeAt: null, summary: { costMicro: 0 } })
    expect(view.rows[0]).toMatchObject({ why: 'Not in the plan.', planned: [] })
    expect((await overview()).departures).toHaveLength(4)
  })
})
