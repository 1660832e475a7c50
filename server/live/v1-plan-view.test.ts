import { beforeAll, describe, expect, test } from 'vitest'
import { type PlanInForce, readPlan } from '#lib/api/v1-plan.ts'
import { readPlanningInput } from '#lib/planning/json.ts'
import { plan } from '#lib/planning/plan.ts'
import { minutes, plus } from '#lib/time/instant.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { gather } from '#server/planning/replan.ts'
import { writeJournal } from '#server/store/journal.ts'
import { storePlan } from '#server/store/plan.ts'
import { GET as getPlan } from '../../app/api/v1/depots/[depot]/plan/route.ts'
import { GET as getStored } from '../../app/api/v1/depots/[depot]/plans/[plan]/route.ts'
import { charging, smallDepot } from './test-depot.ts'

type Told = PlanInForce & { detail: string }

describe('another system reads what is planned, with a key', () => {
  let site: Site
  let key: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    for (const n of [1, 2, 3]) await charging(site.db, EVENING, n, 6_000)
    key = await site.withKey(['plan:read'], 'north')
  })

  const makePlan = async (cause: string) => {
    const input = await gather(site.ctx, 'north', REACH)
    const made = plan(input)
    await storePlan(site.db.prisma, { depotId: 'north', madeAt: input.now, cause, input, plan: made, tookMs: 1 })
    return { input, made }
  }

  test('before the first plan it is told when to ask again', async () => {
    const { status, detail } = await askDoor<Told>(getPlan, key)
    expect([status, detail]).toEqual([404, 'This depot has no plan yet. One is made as soon as the gateway runs: ask again in a moment.'])
  })

  test('each vehicle has its curve, the same as set points, and when it is ready; the plan its cost and bound', async () => {
    const { input, made } = await makePlan('three vans came')
    const { status, ...told } = await askDoor<Told>(getPlan, key)
    expect(status).toBe(200)
    expect(readPlan.output.parse(told)).toEqual(told)
    expect(told).toMatchObject({ depotId: 'north', cause: 'three vans came', refined: true, trouble: null, currency: 'EUR' })
    expect(told.inputDigest).toBe(made.inputDigest)
    expect([told.costMicro, told.gap]).toEqual([Math.round(made.costMicro), made.gap])
    expect(told.lowerBoundMicro).toBeLessThanOrEqual(told.costMicro)
    expect(told.vehicles.map(({ vehicleId }) => vehicleId).sort()).toEqual(input.needs.map(({ id }) => id).sort())
    for (const { vehicle, powerW, periods } of made.allocations) {
      const its = told.vehicles.find(({ vehicleId }) => vehicleId === vehicle)!
      const at = (slot: number) => told.from + slot * minutes(told.slotMinutes)
      // read as a step function it is what was planned, in every slot and after the last one
      const read = [...powerW, 0].map((_, slot) => its.curve.findLast(({ from }) => from <= at(slot))?.powerW ?? 0)
      expect(read).toEqual([...powerW, 0])
      expect(its.setPoints.map(({ from, milliamps }) => [from, milliamps])).toEqual(
        periods.map(({ fromSlot, milliamps }) => [at(fromSlot), milliamps]),
      )
      expect(its).toMatchObject({ missingWh: 0, shortfall: null })
      expect(its.readyAt).toBeGreaterThan(told.from)
      expect(its.readyAt).toBeLessThanOrEqual(its.departsAt)
    }
    expect(told.vehicles.filter(({ curve }) => curve.length > 0).length).toBeGreaterThanOrEqual(3)
    // van 4 stands there unplugged, with the night before it
    const unplugged = told.vehicles.find(({ vehicleId }) => vehicleId === 'van-4')!
    expect(unplugged).toMatchObject({ readyAt: null, shortfall: null, missingWh: 0, doing: 'notPlugged', curve: [] })
    expect(unplugged.plugInBy).toBeGreaterThan(EVENING)
    expect(unplugged.plugInBy).toBeLessThan(unplugged.departsAt)
  })

  test('who leaves short is told with what is missing, why, and what would help', async () => {
    site.at(plus(EVENING, minutes(1)))
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 16_000 } })
    const { made } = await makePlan('less power')
    const { vehicles } = await askDoor<Told>(getPlan, key)
    const short = vehicles.filter(({ shortfall }) => shortfall?.cause === 'nodeFull')
    expect(short.length).toBeGreaterThan(0)
    for (const { vehicleId, missingWh, readyAt, shortfall } of short) {
      expect(missingWh).toBe(made.shortfalls.find(({ vehicle }) => vehicle === vehicleId)!.missingWh)
      expect(readyAt).toBeNull()
      expect(shortfall!.text).toBe('Service connection is full.')
      expect(shortfall!.remedies.length).toBeGreaterThan(0)
    }
  })

  test('what it was made of comes by its id, as the planner’s own documents, and makes the same plan', async () => {
    const { id } = await askDoor<Told>(getPlan, key)
    const { status, input, plan: stored } = await askDoor<{ input: unknown; plan: unknown }>(getStored, key, { params: { plan: id } })
    const read = readPlanningInput(input)
    expect([status, read.kind]).toEqual([200, 'ok'])
    if (read.kind === 'ok') expect(JSON.parse(JSON.stringify(plan(read.value)))).toEqual(stored)
  })

  test('a planner that fails is told beside the last plan', async () => {
    site.at(plus(EVENING, minutes(3)))
    await writeJournal(site.db.prisma, site.ctx.clock, {
      depotId: 'north',
      actor: 'system',
      kind: 'plan.failed',
      subject: 'depot:north',
      data: { reason: 'it hangs' },
    })
    const { status, trouble, madeAt } = await askDoor<Told>(getPlan, key)
    expect([status, madeAt]).toEqual([200, plus(EVENING, minutes(1))])
    expect(trouble).toContain('stays in force; every limit is kept.')
  })

  test('a key of one depot reads that one, and one without the scope none', async () => {
    const south = await askDoor<Told>(getPlan, key, { params: { depot: 'south' } })
    expect([south.status, south.detail]).toEqual([404, 'There is no depot "south" among yours.'])
    const other = await askDoor<Told>(getPlan, await site.withKey(['chargers:read', 'read'], 'north'))
    expect([other.status, other.detail]).toEqual([403, 'This API key lacks the scope plan:read.'])
  })
})
