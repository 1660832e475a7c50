import { beforeEach, describe, expect, test } from 'vitest'
import { overviewView as overviewShape } from '#lib/api/overview.ts'
import { planView as planShape } from '#lib/api/plan.ts'
import { readPlan } from '#lib/api/v1-plan.ts'
import { plan } from '#lib/planning/plan.ts'
import { minutes, plus } from '#lib/time/instant.ts'
import { EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { gather } from '#server/planning/replan.ts'
import { whatWouldHelp } from '#server/planning/what-would-help.ts'
import { storePlan } from '#server/store/plan.ts'
import { overviewView } from './overview.ts'
import { planView } from './plan-view.ts'
import { charging, smallDepot } from './test-depot.ts'
import { v1PlanView } from './v1-plan-view.ts'

describe('what a person stopped is told as the cause wherever a van leaves short of it', () => {
  let site: Site
  beforeEach(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    for (const n of [1, 2, 3, 4]) await charging(site.db, EVENING, n, 0)
    const panel = { id: 'panel', depotId: 'north', parentId: 'north-service', kind: 'panel', name: 'panel A' }
    await site.db.prisma.siteNode.create({ data: { ...panel, volts: 400, wiring: 'L-N', phases: 3, limitW: 40_000 } })
    await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { nodeId: 'panel' } })
  })

  const told = async () => {
    const input = await gather(site.ctx, 'north', REACH)
    await storePlan(site.db.prisma, { depotId: 'north', madeAt: input.now, cause: 'test', input, plan: plan(input), tookMs: 1 })
    const [view, overview, api, help] = await Promise.all([
      planView(site.ctx, 'north'),
      overviewView(site.ctx, 'north', async () => []),
      v1PlanView(site.ctx, 'north'),
      whatWouldHelp(site.ctx, 'north', 'van-1'),
    ])
    expect(planShape.parse(view)).toEqual(view)
    expect(overviewShape.parse(overview)).toEqual(overview)
    expect(readPlan.output.parse(api)).toEqual(api)
    const rowOf = (id: string) => view.rows.find(({ vehicleId }) => vehicleId === id)!
    return { view, overview, help, rowOf, api: api.vehicles.find(({ vehicleId }) => vehicleId === 'van-1')! }
  }

  test('a locked-out panel', async () => {
    const at = new Date(plus(EVENING, -minutes(5)))
    await site.db.prisma.siteNode.update({ where: { id: 'panel' }, data: { lockedOutAt: at, lockedOutBy: 'key:12345678-1' } })
    const { view, overview, rowOf, api, help } = await told()
    expect(rowOf('van-1')).toMatchObject({
      note: 'Will miss 30 kWh: panel A is locked out. Release it to go on.',
      why: 'Waits: panel A is locked out; release it to go on.',
      ...{ shortBecause: 'panel A is locked out', holds: [], holdsUntil: null },
      remedies: [{ word: 'Release panel A', kind: 'release' }],
    })
    expect(view.stops).toEqual([
      { what: 'Panel A is locked out', why: 'Since 21:42 by API key 12345678. Nothing under it charges until it is released.' },
    ])
    expect(view.bottlenecks).toEqual([])
    expect(rowOf('van-2').missingWh).toBe(0)
    expect(overview.risks).toMatchObject([{ vehicleId: 'van-1', cause: 'Panel A is locked out.' }])
    expect(overview.alerts).toContainEqual(expect.objectContaining({ ...view.stops[0], mark: 'caution', href: '/site' }))
    expect(api).toMatchObject({
      shortfall: { cause: 'lockedOut', text: 'Panel A is locked out.', remedies: [{ kind: 'release', text: 'Release panel A' }] },
      ...{ doing: 'waits', why: 'Waits: panel A is locked out; release it to go on.' },
    })
    expect(help.items.map(({ word, change }) => [word, change])).toEqual([['Release panel A', null]])
  })

  test('everything', async () => {
    await site.db.prisma.depot.update({ where: { id: 'north' }, data: { stoppedAt: new Date(plus(EVENING, -minutes(5))) } })
    const { view, overview, rowOf, api, help } = await told()
    for (const n of [1, 2, 3, 4])
      expect(rowOf(`van-${n}`)).toMatchObject({
        note: 'Will miss 30 kWh: everything is stopped. Lift it to go on.',
        remedies: [{ word: 'Lift the stop', kind: 'liftStop' }],
      })
    expect(view.stops).toEqual([{ what: 'Everything is stopped', why: 'Since 21:42. Nothing charges until it is lifted.' }])
    expect(view.site.cap.every(({ powerW }) => powerW === 80_000)).toBe(true)
    expect(overview.risks.map(({ cause }) => cause)).toEqual(new Array(4).fill('Everything is stopped.'))
    expect(overview.alerts[0]).toMatchObject({ what: 'Everything is stopped', mark: 'serious', href: '/board' })
    expect(api.shortfall).toEqual({
      ...{ cause: 'stopAll', text: 'Everything is stopped.' },
      remedies: [{ kind: 'liftStop', text: 'Lift the stop' }],
    })
    expect(help.items.map(({ word }) => word)).toEqual(['Lift the stop'])
  })
})
