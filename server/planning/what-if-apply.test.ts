import { beforeAll, describe, expect, test } from 'vitest'
import type { WhatIfView } from '#lib/api/what-if.ts'
import { plan } from '#lib/planning/plan.ts'
import { byVehicle, readyBy } from '#lib/planning/plan-index.ts'
import { hours, type Instant, plus } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { storePlan } from '#server/store/plan.ts'
import { writePriority } from '#server/store/vehicle.ts'
import { PUT as putDuty } from '../../app/api/depots/[depot]/duties/[duty]/route.ts'
import { PUT as putNode } from '../../app/api/depots/[depot]/nodes/[node]/route.ts'
import { PUT as putPeak } from '../../app/api/depots/[depot]/peak/route.ts'
import { GET as getHelp } from '../../app/api/depots/[depot]/plan/vehicles/[vehicle]/help/route.ts'
import { POST as postWhatIf } from '../../app/api/depots/[depot]/plan/what-if/route.ts'
import { PUT as putPolicy } from '../../app/api/depots/[depot]/policy/route.ts'
import { POST as postPriority } from '../../app/api/depots/[depot]/vehicles/[vehicle]/priority/route.ts'
import { gather } from './replan.ts'
import { whatWouldHelp } from './what-would-help.ts'

type Told = WhatIfView & { status: number; detail: string }

describe('what was tried is applied, and taken back', () => {
  let site: Site
  let manager: Record<string, string>
  const at = (ms: number) => localIso(plus(EVENING, ms), 'Europe/Berlin')
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    for (const n of [1, 2, 3, 4]) await charging(site.db, EVENING, n, 11_400)
    manager = await site.as('manager', ['north'])
    await makePlan()
  })

  const ask = (door: Door, params: Record<string, string>, body?: unknown) => askDoor<Told>(door, manager, { params, body })
  const whatIf = (body: unknown) => ask(postWhatIf, {}, body)
  async function makePlan() {
    const input = await gather(site.ctx, 'north', REACH)
    await storePlan(site.db.prisma, { depotId: 'north', madeAt: input.now, cause: 'test', input, plan: plan(input), tookMs: 1 })
  }

  test('put first in a preview and put first by the door: the same plan', async () => {
    const { prisma } = site.db
    await prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 26_000 } })
    await makePlan()
    const { rows } = await whatIf({ kind: 'first', vehicleId: 'van-3' })
    await writePriority(prisma, 'van-3', 10, plus(EVENING, hours(6)), 'test')
    const input = await gather(site.ctx, 'north', REACH)
    const planned = byVehicle({ input, plan: plan(input) })
    expect(input.needs.find(({ id }) => id === 'van-3')).toMatchObject({ chargeFirst: true, priority: 10 })
    for (const { vehicleId, readyAt, missingWh } of rows) {
      const departs = input.needs.find(({ id }) => id === vehicleId)!.departs
      expect([vehicleId, readyBy(planned.get(vehicleId), departs)]).toEqual([vehicleId, readyAt])
      expect(planned.get(vehicleId)?.shortfall?.missingWh ?? 0).toBe(missingWh)
    }
    await writePriority(prisma, 'van-3', 0, EVENING, 'test')
    await prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 80_000 } })
    await makePlan()
  })

  describe('what was applied is taken back only while nobody changed it since', () => {
    const prisma = () => site.db.prisma
    const refused = { status: 409, detail: expect.stringMatching(/was changed since then: it stays as it is now/) }
    test('a duty', async () => {
      const { apply } = await whatIf({ kind: 'departure', vehicleId: 'van-1', departs: at(hours(9)) })
      if (apply?.kind !== 'duty') throw new Error('not a duty')
      const back = { ...apply.before, ifStill: apply.after }
      expect((await ask(putDuty, { duty: apply.dutyId }, apply.after)).status).toBe(200)
      expect((await ask(putDuty, { duty: apply.dutyId }, { ...apply.after, departs: at(hours(10)) })).status).toBe(200)
      expect(await ask(putDuty, { duty: apply.dutyId }, back)).toMatchObject(refused)
      expect((await prisma().duty.findUniqueOrThrow({ where: { id: apply.dutyId } })).departsAt).toEqual(new Date(plus(EVENING, hours(10))))
      expect((await ask(putDuty, { duty: apply.dutyId }, apply.after)).status).toBe(200)
      expect((await ask(putDuty, { duty: apply.dutyId }, back)).status).toBe(200)
    })
    test('a limit', async () => {
      const { apply } = await whatIf({ kind: 'limit', nodeId: 'north-service', kw: 60 })
      if (apply?.kind !== 'limit') throw new Error('not a limit')
      const node = { node: 'north-service' }
      const back = { ...apply.before, ifStill: apply.after }
      expect((await ask(putNode, node, apply.after)).status).toBe(200)
      expect((await ask(putNode, node, { ...apply.after, contractKw: 50 })).status).toBe(200)
      expect(await ask(putNode, node, back)).toMatchObject(refused)
      expect((await prisma().siteNode.findUniqueOrThrow({ where: { id: 'north-service' } })).limitW).toBe(50_000)
      expect((await ask(putNode, node, apply.after)).status).toBe(200)
      expect((await ask(putNode, node, back)).status).toBe(200)
    })
    test('the month’s peak, and what the plan prefers', async () => {
      const own = { mode: 'byHand', byHandW: 40_000, isHard: false }
      const before = { mode: 'off', byHandW: null, isHard: false }
      expect((await ask(putPeak, {}, { ...own, byHandW: 45_000 })).status).toBe(200)
      expect(await ask(putPeak, {}, { ...before, ifStill: own })).toMatchObject(refused)
      expect((await ask(putPeak, {}, { ...before, ifStill: { ...own, byHandW: 45_000 } })).status).toBe(200)
      expect((await ask(putPolicy, {}, { policy: 'readyFirst' })).status).toBe(200)
      expect(await ask(putPolicy, {}, { policy: 'greenest', ifStill: 'cheapest' })).toMatchObject(refused)
      expect((await ask(putPolicy, {}, { policy: 'cheapest', ifStill: 'readyFirst' })).status).toBe(200)
    })
    test('who is charged first', async () => {
      await writePriority(prisma(), 'van-2', 10, plus(EVENING, hours(3)), 'somebody else')
      const back = (ifStill: Instant) => ask(postPriority, { vehicle: 'van-2' }, { first: false, ifStill })
      expect(await back(plus(EVENING, hours(2)))).toMatchObject(refused)
      expect((await back(plus(EVENING, hours(3)))).status).toBe(200)
      await writePriority(prisma(), 'van-2', 0, EVENING, 'test')
    })
  })

  test('help is tried for one person of a depot at a time; a crowd is asked to come again', async () => {
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 26_000 } })
    await makePlan()
    const { planner } = site.ctx
    let [inside, most, made] = [0, 0, 0]
    const crowd = Promise.withResolvers<void>()
    site.ctx.planner = {
      async plan(input) {
        most = Math.max(most, ++inside)
        made += 1
        await crowd.promise
        inside -= 1
        return planner.plan(input)
      },
    }
    const refused: Told[] = []
    const asked = [1, 2, 3, 4, 1, 2].map(async (n) => {
      const answer = await ask(getHelp, { vehicle: `van-${n}` })
      if (answer.status === 503) refused.push(answer)
      return answer
    })
    await expect.poll(() => refused.length).toBe(2)
    crowd.resolve()
    const answers = await Promise.all(asked)
    expect(most).toBe(1)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 503, 503])
    expect(refused[0]!.detail).toMatch(/Ask again in a moment\.$/)
    const all = made
    // whoever closed the panel costs nothing more
    const gone = new AbortController()
    gone.abort()
    expect(await whatWouldHelp(site.ctx, 'north', 'van-1', gone.signal)).toMatchObject({ items: [] })
    expect(made).toBe(all)
    site.ctx.planner = planner
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 80_000 } })
    await makePlan()
  })
})
