import { beforeAll, describe, expect, test } from 'vitest'
import type { PlanView } from '#lib/api/plan.ts'
import type { HelpItem, WhatIfView } from '#lib/api/what-if.ts'
import { plan } from '#lib/planning/plan.ts'
import { hours, type Instant, iso, minutes, plus } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import { watts } from '#lib/units/units.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { planInForce, storePlan } from '#server/store/plan.ts'
import { PUT as putDuty } from '../../app/api/depots/[depot]/duties/[duty]/route.ts'
import { DELETE as endHours } from '../../app/api/depots/[depot]/limit-hours/[hours]/route.ts'
import { POST as postHours } from '../../app/api/depots/[depot]/nodes/[node]/limit-hours/route.ts'
import { PUT as putNode } from '../../app/api/depots/[depot]/nodes/[node]/route.ts'
import { PUT as putPeak } from '../../app/api/depots/[depot]/peak/route.ts'
import { GET as getPlan } from '../../app/api/depots/[depot]/plan/route.ts'
import { GET as getHelp } from '../../app/api/depots/[depot]/plan/vehicles/[vehicle]/help/route.ts'
import { POST as postWhatIf } from '../../app/api/depots/[depot]/plan/what-if/route.ts'
import { PUT as putPolicy } from '../../app/api/depots/[depot]/policy/route.ts'
import { POST as postPriority } from '../../app/api/depots/[depot]/vehicles/[vehicle]/priority/route.ts'
import { DELETE as endSignal } from '../../app/api/v1/limit-hours/[hours]/route.ts'
import { POST as postSignal } from '../../app/api/v1/nodes/[node]/limit-hours/route.ts'
import { gather } from './replan.ts'

type Told = WhatIfView & {
  status: number
  detail: string
  fields: Record<string, string>
  items: HelpItem[]
  planId: string
  id: string
  limitHours: PlanView['limitHours']
  until: number | null
}

describe('what if: a change of the plan, tried by its door', () => {
  let site: Site
  let manager: Record<string, string>
  const at = (ms: number) => localIso(plus(EVENING, ms), 'Europe/Berlin')

  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    for (const n of [1, 2, 3, 4]) await charging(site.db, EVENING, n, 11_400)
    manager = await site.as('manager', ['north'])
  })

  const ask = (door: Door, params: Record<string, string>, body?: unknown, headers = manager) =>
    askDoor<Told>(door, headers, { params, body })
  const whatIf = (body: unknown) => ask(postWhatIf, {}, body)
  const makePlan = async () => {
    const input = await gather(site.ctx, 'north', REACH)
    return storePlan(site.db.prisma, { depotId: 'north', madeAt: input.now, cause: 'test', input, plan: plan(input), tookMs: 1 })
  }
  const written = async () => ({
    plans: await site.db.prisma.plan.count(),
    journal: await site.db.prisma.journal.count(),
    limits: await site.db.prisma.limitSent.count(),
    duties: await site.db.prisma.duty.findMany({ orderBy: { id: 'asc' } }),
    nodes: await site.db.prisma.siteNode.findMany(),
  })

  test('before the first plan there is nothing to compare with', async () => {
    const { status, detail } = await whatIf({ kind: 'departure', vehicleId: 'van-1', departs: at(hours(1)) })
    expect([status, detail]).toEqual([409, 'There is no plan yet to compare with. The first one is made when the gateway runs.'])
    expect(await ask(getHelp, { vehicle: 'van-1' })).toMatchObject({ status: 200, planId: null, items: [] })
  })

  test('a departure: who becomes late, beside the plan in force, from that plan’s own input; nothing is written', async () => {
    const planId = await makePlan()
    const before = await written()
    const stored = (await planInForce(site.db, 'north'))!
    const told = await whatIf({ kind: 'departure', vehicleId: 'van-2', departs: at(minutes(45)) })
    expect(told).toMatchObject({
      status: 200,
      what: 'Van 02 leaves at 22:32',
      startedFrom: { planId, madeAt: EVENING, inputDigest: stored.plan.inputDigest },
      inForce: { short: 0, missingWh: 0, costMicro: stored.plan.costMicro },
      preview: { short: 1 },
    })
    // 30 kWh at the battery; three quarters of an hour at 19.2 kW give at most 14.4
    expect(told.preview.missingWh).toBeGreaterThan(30_000 - 14_400 - 1)
    expect(told.differences[0]).toMatch(/^Van 02 leaves short: [\d.]+\u202fkWh are missing at 22:32\.$/)
    expect(told.rows[0]).toMatchObject({ vehicleId: 'van-2', effect: 'late', departsAt: plus(EVENING, minutes(45)) })
    expect(told.site.cap[0]).toEqual({ from: stored.plan.from, powerW: 80_000 })
    // asking again with the same plan in force answers the same
    expect((await whatIf({ kind: 'departure', vehicleId: 'van-2', departs: at(minutes(45)) })).rows).toEqual(told.rows)
    expect(await written()).toEqual(before)
  })

  test('a departure after the horizon is planned to it, with the prices of the tariff', async () => {
    const stored = (await planInForce(site.db, 'north'))!
    const told = await whatIf({ kind: 'departure', vehicleId: 'van-4', departs: at(hours(12)) })
    expect(told).toMatchObject({ status: 200, preview: { short: 0 } })
    expect(told.site.cap.length).toBeGreaterThan(stored.input.slots)
  })

  test('a hard peak stays one in a preview that reaches further than the plan', async () => {
    await site.db.prisma.tariffWindow.updateMany({ data: { demandMicroPerKw: 12_000_000n } })
    const input = await gather(site.ctx, 'north', REACH)
    const base = Math.max(...input.nodes.flatMap(({ baseLoadW }) => baseLoadW ?? [0]))
    const targetW = watts(base + 15_000)
    const demand = input.prices.demand.map((charge) => ({ ...charge, targetW, targetIsHard: true }))
    expect(demand.length).toBeGreaterThan(0)
    const asked = { ...input, prices: { ...input.prices, demand } }
    const id = await storePlan(site.db.prisma, {
      depotId: 'north',
      madeAt: plus(input.now, 1),
      cause: 'test',
      input: asked,
      plan: plan(asked),
      tookMs: 1,
    })
    const told = await whatIf({ kind: 'departure', vehicleId: 'van-4', departs: at(hours(12)) })
    expect(told.site.cap.length).toBeGreaterThan(input.slots)
    for (const [slot, { powerW }] of told.site.vehicles.entries())
      expect(powerW + (told.site.base[slot]?.powerW ?? 0)).toBeLessThanOrEqual(targetW)
    await site.db.prisma.tariffWindow.updateMany({ data: { demandMicroPerKw: 0n } })
    await site.db.prisma.plan.deleteMany({ where: { id } })
  })

  test('a departure is applied by changing its duty, and taken back by the same door', async () => {
    const { apply, applyWords } = await whatIf({ kind: 'departure', vehicleId: 'van-3', departs: at(hours(17)) })
    // it was to be back after sixteen hours: the return moves along
    expect(applyWords).toMatch(/^The duty of Van 03 is moved: it is back at Wed.* 2\d:\d\d\.$/)
    if (apply?.kind !== 'duty') throw new Error('not a duty')
    const departure = async () => (await site.db.prisma.duty.findUnique({ where: { id: apply.dutyId } }))!
    const was = await departure()
    expect((await ask(putDuty, { duty: apply.dutyId }, apply.after)).status).toBe(200)
    expect((await departure()).departsAt).toEqual(new Date(plus(EVENING, hours(17))))
    expect((await ask(putDuty, { duty: apply.dutyId }, apply.before)).status).toBe(200)
    const { departsAt, returnsAt, distanceM } = await departure()
    expect([departsAt, returnsAt, distanceM]).toEqual([was.departsAt, was.returnsAt, was.distanceM])
    expect((await site.db.prisma.journal.findMany({ where: { kind: 'duty.changed' } })).length).toBe(2)
  })

  test('a cap: kept in the preview, applied as the node’s limit, taken back; for some hours it comes back by itself', async () => {
    const told = await whatIf({ kind: 'limit', nodeId: 'north-service', kw: 20 })
    expect(told).toMatchObject({ status: 200, what: 'service connection at 20\u202fkW', preview: { short: 3 } })
    for (const [slot, { powerW }] of told.site.vehicles.entries()) expect(powerW + told.site.base[slot]!.powerW).toBeLessThanOrEqual(20_000)
    if (told.apply?.kind !== 'limit') throw new Error('not a limit')
    expect((await ask(putNode, { node: 'north-service' }, told.apply.after)).status).toBe(200)
    const contract = async () => (await site.db.prisma.siteNode.findUnique({ where: { id: 'north-service' } }))!.limitW
    expect(await contract()).toBe(20_000)
    expect((await ask(putNode, { node: 'north-service' }, told.apply.before)).status).toBe(200)
    expect(await contract()).toBe(80_000)

    const evening = await whatIf({ kind: 'limit', nodeId: 'north-service', kw: 20, until: at(hours(1)) })
    expect(evening).toMatchObject({ preview: { short: 0 } })
    expect(evening.site.cap.map(({ powerW }) => powerW).slice(0, 8)).toEqual([...new Array(5).fill(20_000), ...new Array(3).fill(80_000)])
    expect(evening.applyWords).toBe(
      'Until 22:47 service connection carries at most 20\u202fkW, then what it does now. Chargers are told the steps beforehand.',
    )
    if (evening.apply?.kind !== 'hours') throw new Error('not hours')
    const made = await ask(postHours, { node: 'north-service' }, evening.apply.limit)
    const limits = async () => (await gather(site.ctx, 'north', REACH)).nodes.find(({ id }) => id === 'north-service')!.limitW.slice(0, 6)
    expect(await limits()).toEqual([...new Array(5).fill(20_000), 80_000])
    expect((await ask(getPlan, {})).limitHours).toMatchObject([{ id: made.id, node: 'service connection', limitW: 20_000 }])
    expect((await ask(endHours, { hours: made.id })).status).toBe(200)
    expect(await limits()).toEqual(new Array(6).fill(80_000))
    expect((await ask(endHours, { hours: made.id })).status).toBe(404)
    const kinds = (await site.db.prisma.journal.findMany({ orderBy: { id: 'asc' } })).map(({ kind }) => kind)
    expect(kinds.slice(-2)).toEqual(['limit.lowered', 'limit.restored'])
  })

  test('a grid signal lowers the limit by API, and takes it back; a key of another depot finds nothing', async () => {
    const key = await site.withKey(['commands:write'], 'north')
    const signal = { limitW: 40_000, from: iso(plus(EVENING, hours(1))), until: iso(plus(EVENING, hours(3))), reason: 'DR event 12' }
    const keyed = (id: string, body: object) => ask(postSignal, { node: 'north-service' }, body, { ...key, 'idempotency-key': id })
    const made = await ask(postSignal, { node: 'north-service' }, signal, key)
    expect(made.status).toBe(200)
    expect((await ask(getPlan, {})).limitHours).toMatchObject([{ limitW: 40_000, reason: 'DR event 12' }])
    // a lost answer is asked for again: still one limit
    const event = { ...signal, reason: 'DR event 13' }
    const [first, again] = [await keyed('e13', event), await keyed('e13', event)]
    expect([first.status, again.id]).toEqual([200, first.id])
    expect(await keyed('e13', signal)).toMatchObject({ status: 409 })
    expect((await ask(getPlan, {})).limitHours).toHaveLength(2)
    await ask(endSignal, { hours: first.id }, {}, key)
    const stranger = await site.withKey(['commands:write'], 'south')
    expect(await ask(endSignal, { hours: made.id }, {}, stranger)).toMatchObject({ status: 404 })
    expect(await ask(postSignal, { node: 'north-service' }, signal, stranger)).toMatchObject({ status: 404 })
    expect((await ask(endSignal, { hours: made.id }, {}, key)).status).toBe(200)
    expect((await ask(getPlan, {})).limitHours).toEqual([])
  })

  test('a vehicle goes first until a moment of one’s own, within two days', async () => {
    const told = await whatIf({ kind: 'first', vehicleId: 'van-2', until: at(hours(2)) })
    expect(told).toMatchObject({ what: 'Van 02 is charged first until 23:47', apply: { kind: 'first', until: plus(EVENING, hours(2)) } })
    for (const until of [at(-hours(1)), at(hours(49))])
      expect(await whatIf({ kind: 'first', vehicleId: 'van-2', until })).toMatchObject({
        status: 400,
        fields: { until: 'Within two days.' },
      })
  })

  test('for some hours a limit is lowered, not raised, and it needs an end', async () => {
    const raised = await whatIf({ kind: 'limit', nodeId: 'north-service', kw: 120, until: at(hours(1)) })
    expect([raised.apply, raised.applyWords]).toEqual([
      null,
      'A preview only: for some hours a limit can be lowered, not raised. Change that of service connection on the page Site.',
    ])
    const open = await whatIf({ kind: 'limit', nodeId: 'north-service', kw: 40, from: at(hours(1)) })
    expect(open.applyWords).toMatch(/^A preview only: say until when/)
    expect(await ask(postHours, { node: 'north-service' }, { kw: 40, until: at(-hours(1)) })).toMatchObject({ status: 400 })
  })

  test('a price of a window and more vehicles are previews only, and say where they are changed', async () => {
    const price = await whatIf({ kind: 'price', window: 'night', perKwh: 0.4 })
    expect(price).toMatchObject({ status: 200, what: 'night at 40.0\u202fct/kWh', apply: null })
    expect(price.applyWords).toBe('A preview only: prices are changed on the page Tariff.')
    expect(price.preview.costMicro).toBeGreaterThan(price.inForce.costMicro)
    const more = await whatIf({ kind: 'vehicles', count: 2, nodeId: 'north-service', kwh: 40, kw: 11, departs: at(hours(9)) })
    expect(more).toMatchObject({ status: 200, what: '2 more vehicles at service connection, leaving at 06:47', apply: null })
    expect(more.rows.filter(({ supposed }) => supposed).map(({ name, missingWh }) => [name, missingWh])).toEqual([
      ['New 1', 0],
      ['New 2', 0],
    ])
    expect(more.preview.energyWh).toBeGreaterThan(more.inForce.energyWh + 80_000)
  })

  test('what names nothing of this depot, or lies in the past, is refused with the field', async () => {
    expect(await whatIf({ kind: 'departure', vehicleId: 'van-50', departs: at(hours(1)) })).toMatchObject({ status: 404 })
    expect(await whatIf({ kind: 'departure', vehicleId: 'van-1', departs: at(-hours(1)) })).toMatchObject({
      status: 400,
      fields: { departs: 'In the past.' },
    })
    expect(await whatIf({ kind: 'departure', vehicleId: 'van-1', departs: at(hours(24 * 365)) })).toMatchObject({
      status: 400,
      fields: { departs: 'Within a week.' },
    })
    expect(await whatIf({ kind: 'departure', vehicleId: 'van-1', departs: 'tomorrow' })).toMatchObject({
      status: 400,
      fields: { departs: 'Such as 2026-11-24 06:30.' },
    })
    expect(await whatIf({ kind: 'limit', nodeId: 'nowhere', kw: 20 })).toMatchObject({ status: 404 })
    expect(await whatIf({ kind: 'price', window: 'matinee', perKwh: 0.2 })).toMatchObject({
      status: 400,
      fields: { window: 'Not in this plan.' },
    })
    expect(await whatIf({ kind: 'policy', policy: 'greenest' })).toMatchObject({ status: 400, fields: { policy: 'No carbon figures.' } })
    expect((await ask(putPolicy, {}, { policy: 'greenest' })).detail).toMatch(/^How clean the energy is .* Import it on the page Tariff/)
  })

  test('what would help a late vehicle was tried: the limit that makes it ready does', async () => {
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 26_000 } })
    await makePlan()
    const stored = (await planInForce(site.db, 'north'))!
    const late = stored.plan.shortfalls[0]!
    const { items } = await ask(getHelp, { vehicle: late.vehicle })
    const raise = items.find(({ change }) => change?.kind === 'limit')!
    expect(raise.word).toMatch(/kW more at service connection$/)
    const told = await whatIf(raise.change)
    const row = told.rows.find(({ vehicleId }) => vehicleId === late.vehicle)!
    expect(raise.helps).toBe(row.missingWh < late.missingWh)
    expect(row.missingWh).toBe(0)
    expect(raise.effect).toMatch(/^Ready/)
    expect(raise.costMicro).toBe(told.preview.costMicro - told.inForce.costMicro)
    const first = items.find(({ change }) => change?.kind === 'first')!
    // it takes from the others what it gets
    expect(first.effect).toMatch(/lacks|leaves short/)
    expect(first.helps).toBe(false)
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 80_000 } })
  })

  test('a full feeder: what is short there is tried at bays that it does not feed', async () => {
    const { prisma } = site.db
    const panel = { id: 'feeder-b', depotId: 'north', parentId: 'north-service', kind: 'panel', name: 'Feeder B' }
    await prisma.siteNode.create({ data: { ...panel, volts: 400, wiring: 'L-N', phases: 3, limitW: 3000 } })
    await prisma.charger.update({ where: { id: 'charger-1' }, data: { nodeId: 'feeder-b' } })
    await prisma.vehicle.update({ where: { id: 'van-3' }, data: { socPct: 90 } })
    await makePlan()
    const { items } = await ask(getHelp, { vehicle: 'van-1' })
    const swap = items.find(({ change }) => change?.kind === 'bay')!
    // van 3 has all it needs: it gives way
    expect(swap).toMatchObject({ word: 'Change bays with Van 03', helps: true, change: { kind: 'bay', portId: 'port-3' } })
    expect(swap.effect).toMatch(/^Ready/)
    const raise = items.find(({ change }) => change?.kind === 'limit')!
    expect([raise.word, raise.helps]).toEqual([expect.stringMatching(/kW more at Feeder B$/), true])
    await prisma.charger.update({ where: { id: 'charger-1' }, data: { nodeId: 'north-service' } })
    await prisma.siteNode.delete({ where: { id: 'feeder-b' } })
    await prisma.vehicle.update({ where: { id: 'van-3' }, data: { socPct: 50 } })
  })

  test('a month’s peak that was made a limit: letting it rise is tried, with its price; it is applied and taken back by the door of the peak', async () => {
    expect(await whatIf({ kind: 'peak' })).toMatchObject({ status: 400 })
    const { prisma } = site.db
    await prisma.tariffWindow.updateMany({ where: { tariffId: 'north-tariff' }, data: { demandMicroPerKw: 10_000_000n } })
    expect((await ask(putPeak, {}, { mode: 'byHand', byHandW: 26_000, isHard: true })).status).toBe(200)
    await makePlan()
    const late = (await planInForce(site.db, 'north'))!.plan.shortfalls[0]!
    const { items } = await ask(getHelp, { vehicle: late.vehicle })
    const rise = items.find(({ change }) => change?.kind === 'peak')!
    expect(rise).toMatchObject({ word: 'Let the month’s peak rise', helps: true })
    expect(rise.effect).toMatch(/^Ready.* The highest quarter hour would be /)
    expect(rise.costMicro).toBeGreaterThan(0)
    const told = await whatIf({ kind: 'peak' })
    if (told.apply?.kind !== 'peak') throw new Error('not a peak')
    expect((await ask(putPeak, {}, told.apply.after)).status).toBe(200)
    await makePlan()
    expect((await planInForce(site.db, 'north'))!.plan.shortfalls).toEqual([])
    expect((await ask(putPeak, {}, told.apply.before)).status).toBe(200)
    await ask(putPeak, {}, { mode: 'off', byHandW: null, isHard: false })
  })

  test('one tap puts a vehicle first until it leaves, and takes that back; the gateway is asked with who did it', async () => {
    const put = await ask(postPriority, { vehicle: 'van-2' }, { first: true })
    const departs = plus(EVENING, hours(7) + minutes(30))
    expect(put).toMatchObject({ status: 200, until: departs })
    expect(site.calls.at(-1)).toMatchObject({
      verb: 'command',
      input: { kind: 'prioritise', vehicleId: 'van-2', priority: 10, until: departs, source: 'screen' },
    })
    expect(String(site.calls.at(-1)!.input.actor)).not.toBe('')
    expect(await ask(postPriority, { vehicle: 'van-2' }, { first: false })).toMatchObject({ status: 200, until: null })
    expect(site.calls.at(-1)).toMatchObject({ input: { priority: 0, until: EVENING } })
    expect(await ask(postPriority, { vehicle: 'van-2' }, { first: true, until: plus(EVENING, hours(72)) })).toMatchObject({ status: 400 })
    expect(await ask(postPriority, { vehicle: 'van-50' }, { first: true })).toMatchObject({ status: 404 })
  })

  test('an old plan is not compared with: that no plans are made is what the person must know', async () => {
    site.at(plus(EVENING, hours(2)) as Instant)
    const { status, detail } = await whatIf({ kind: 'first', vehicleId: 'van-1' })
    site.at(EVENING)
    expect([status, detail]).toEqual([409, 'The last plan is 2\u202fh old: no plans are made now. Look whether the gateway runs.'])
  })
})
