import { beforeEach, describe, expect, test } from 'vitest'
import { planView as planShape } from '#lib/api/plan.ts'
import { plan } from '#lib/planning/plan.ts'
import { hours, minutes, plus } from '#lib/time/instant.ts'
import { EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { gather } from '#server/planning/replan.ts'
import { whatIf } from '#server/planning/what-if.ts'
import { storePlan } from '#server/store/plan.ts'
import { planView } from './plan-view.ts'
import { charging, smallDepot } from './test-depot.ts'
import { v1PlanView } from './v1-plan-view.ts'
import { boardView } from './views.ts'

describe('a vehicle that is not of the fleet', () => {
  let site: Site
  let guest: string
  beforeEach(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await charging(site.db, EVENING, 1, 6_000)
    const id = await charging(site.db, EVENING, 4, 0)
    guest = `session-${id}`
    await site.db.prisma.session.update({ where: { id }, data: { vehicleId: null, idTag: 'ODDTAG1', energyWh: 0n } })
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 15_000 } })
  })
  const makePlan = async () => {
    const input = await gather(site.ctx, 'north', REACH)
    const made = plan(input)
    await storePlan(site.db.prisma, { depotId: 'north', madeAt: input.now, cause: 'test', input, plan: made, tookMs: 1 })
    return { input, made }
  }

  test('has its row, called by its bay, and is counted on the page as in its previews', async () => {
    const { made } = await makePlan()
    expect(made.shortfalls.map(({ vehicle }) => vehicle)).toContain(guest)
    const view = await planView(site.ctx, 'north')
    expect(planShape.parse(view)).toEqual(view)
    const row = view.rows.find(({ vehicleId }) => vehicleId === guest)!
    expect(row).toMatchObject({
      ...{ name: 'Guest at bay 04', ofFleet: false, bay: '04', socPct: null, targetPct: null, needWh: 30_000 },
      pluggedFrom: plus(EVENING, -minutes(40)),
      departsAt: plus(EVENING, hours(8) - minutes(40)),
    })
    expect(row.missingWh).toBeGreaterThan(0)
    expect(row.note).toBe('Will miss 8.9 kWh: service connection is full.')
    const preview = await whatIf(site.ctx, 'north', { kind: 'first', vehicleId: guest, until: null })
    expect(preview.what).toBe('Guest at bay 04 is charged first')
    expect(preview).toMatchObject({ apply: null, applyWords: 'A preview only: it is not of your fleet.' })
    // vans 2 and 3 stand unplugged with time to spare
    expect(view.summary).toMatchObject({ of: 5, ready: 5 - preview.inForce.short })
    expect(view.rows.reduce((sum, { missingWh }) => sum + missingWh, 0)).toBe(preview.inForce.missingWh)
  })

  test('is called by its bay wherever a sentence names it', async () => {
    const { input, made } = await makePlan()
    const waits = { kind: 'waits' as const, because: [{ kind: 'earlierDepartures' as const, vehicles: [guest], node: 'north-service' }] }
    const reasons = { ...made.reasons, 'van-1': waits }
    const at = plus(EVENING, 1)
    await storePlan(site.db.prisma, { depotId: 'north', madeAt: at, cause: 'test', input, plan: { ...made, reasons }, tookMs: 1 })
    const why = 'Waits: Guest at bay 04 leaves earlier and service connection is full; no time is found for it yet.'
    await site.db.prisma.limitSent.updateMany({ data: { curve: [{ from: EVENING, limitW: 0 }] } })
    await site.db.prisma.port.updateMany({ where: { id: 'port-1' }, data: { status: 'pausedByCharger' } })
    expect((await boardView(site.ctx, 'north')).ports.find(({ bay }) => bay === '01')!.why).toBe(why)
    const { vehicles } = await v1PlanView(site.ctx, 'north')
    expect(vehicles.find(({ vehicleId }) => vehicleId === 'van-1')!.why).toBe(why)
    expect(vehicles.find(({ vehicleId }) => vehicleId === guest)!.name).toBe('Guest at bay 04')
  })

  test('stands once at its port, though the stop of the one before never came', async () => {
    const { id: _, costLines: __, quarterWh: ___, ...old } = await site.db.prisma.session.findFirstOrThrow({ where: { idTag: 'ODDTAG1' } })
    const startedAt = new Date(plus(EVENING, -hours(3)))
    await site.db.prisma.session.create({ data: { ...old, startKey: 'old', idTag: 'ODDTAG2', startedAt } })
    const { input } = await makePlan()
    expect(input.needs.filter(({ port }) => port === 'port-4').map(({ id }) => id)).toEqual([guest])
  })
})
