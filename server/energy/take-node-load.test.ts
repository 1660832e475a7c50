import { expect, test } from 'vitest'
import { hours, type Instant, instant, iso, minutes, plus, seconds } from '#lib/time/instant.ts'
import { makeBaseLoadWatch } from '../planning/base-load-watch.ts'
import { gather } from '../planning/replan.ts'
import { NIGHT, testDepot } from '../planning/test-depot.ts'
import { basePower15 } from './quarter-hours.ts'
import { takeNodeLoad } from './take-node-load.ts'

const KEY = { kind: 'key', id: 'k', name: 'Meter', scopes: ['meters:write'], depots: ['north'], actor: 'key:k' } as const
const who = { ...KEY, scopes: [...KEY.scopes], depots: [...KEY.depots] }

test('the meter tells 30 kW more than foreseen: vehicles make room within 30 s', async () => {
  const depot = await testDepot({ capW: 40_000 })
  await depot.allConfirmed()
  await depot.baseLoad(2_000)
  for (const n of [1, 2]) {
    await depot.plug(n)
    await depot.want(n, [0, 9_600])
  }
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  const watch = makeBaseLoadWatch(depot.gateway)
  await watch('north')
  const tell = (at: number, powerW: number) =>
    takeNodeLoad({ ctx: { db: depot.db, clock: depot.clock }, who }, 'service', { at: iso(instant(at)), powerW })
  await depot.clock.move(minutes(1))
  expect(await tell(depot.clock.now(), 32_000)).toEqual({ nodeId: 'service', stored: true, reason: null })
  const jumpedAt = depot.clock.now()
  await depot.clock.move(seconds(10))
  await watch('north')
  await depot.gateway.idle()
  const givenW = () =>
    [1, 2].reduce(
      (sum, n) =>
        sum +
        (depot
          .charger(`c${n}`)
          .limits.get(1)!
          .steps.findLast(({ from }) => from <= depot.clock.now())?.limitW ?? 0),
      0,
    )
  expect(givenW()).toBeLessThanOrEqual(8_000)
  const sent = depot.order.filter(({ call, at }) => call.kind === 'setLimit' && at > jumpedAt)
  expect(sent.length).toBeGreaterThan(0)
  for (const { at } of sent) expect(at - jumpedAt).toBeLessThanOrEqual(seconds(30))
})

test('an older measurement does not replace a newer one; one of the future or the past is refused; other depots have no such node', async () => {
  const depot = await testDepot()
  await depot.clock.move(minutes(31))
  const tell = (ms: number, powerW: number, node = 'service') =>
    takeNodeLoad({ ctx: { db: depot.db, clock: depot.clock }, who }, node, { at: iso(plus(depot.clock.now(), ms)), powerW })
  expect(await tell(0, 5_000)).toMatchObject({ stored: true })
  expect(await tell(-1000, 9_000)).toEqual({ nodeId: 'service', stored: false, reason: 'A newer measurement is known.' })
  expect(await tell(1000, 6_000)).toMatchObject({ stored: true })
  const rows = await depot.db.prisma.baseLoad.findMany()
  expect(rows).toMatchObject([
    { startsAt: new Date(plus(NIGHT, minutes(30))), minutes: 15, upperW: null, measuredW: 6_000, measuredHighestW: 6_000 },
  ])
  await expect(tell(minutes(3), 1)).rejects.toThrow(/in the future/)
  await expect(tell(-minutes(16), 1)).rejects.toThrow(/long past/)
  await expect(tell(0, 1, 'elsewhere')).rejects.toMatchObject({ code: 'not-found' })
  await depot.db.prisma.depot.create({ data: { id: 'south', name: 'S', zone: 'UTC', currency: 'USD', createdAt: new Date(NIGHT) } })
  const node = { id: 'theirs', depotId: 'south', kind: 'service', name: 'G', volts: 240, wiring: 'L-L', phases: 3, limitW: 1 }
  await depot.db.prisma.siteNode.create({ data: node })
  await expect(tell(0, 1, 'theirs')).rejects.toMatchObject({ code: 'not-found' })
})

/** The meter's word, at a moment. */
const teller =
  (depot: Awaited<ReturnType<typeof testDepot>>) =>
  async (at: Instant, powerW: number): Promise<void> => {
    if (at > depot.clock.now()) await depot.clock.move(at - depot.clock.now())
    expect(await takeNodeLoad({ ctx: { db: depot.db, clock: depot.clock }, who }, 'service', { at: iso(at), powerW })).toMatchObject({
      stored: true,
    })
  }

test('one high word of a new meter counts for an hour; the plan for the rest of the night goes by what is usual', async () => {
  const depot = await testDepot({ capW: 60_000 })
  const tell = teller(depot)
  const first = plus(NIGHT, minutes(6))
  await tell(first, 58_000)
  for (let s = 20; s < 15 * 60; s += 20) await tell(plus(first, seconds(s)), 1_000)
  const { nodes, slotMinutes } = await gather(depot.gateway, 'north', depot.gateway.reconciler.reach)
  const load = nodes.find(({ id }) => id === 'service')!.baseLoadW!
  const slotsOfAnHour = 60 / slotMinutes
  expect(load[0]).toBe(58_000)
  // until the same quarter hour of the next day
  expect(Math.max(...load.slice(slotsOfAnHour + 15 / slotMinutes, 23 * slotsOfAnHour))).toBe(1_000)
})

test('the quarter hour that is billed has the mean of what the meter told, however long the forecast it falls into', async () => {
  const depot = await testDepot({ capW: 60_000 })
  const tell = teller(depot)
  const quarter = (n: number) => plus(NIGHT, minutes(15 * n))
  const startsAt = new Date(quarter(4))
  await depot.db.prisma.baseLoad.create({ data: { nodeId: 'service', startsAt, minutes: 60, forecastW: 9_000, upperW: 11_000 } })
  // nothing foreseen: a third of it at 58 kW; a moment of 58 kW at its end is none
  await tell(quarter(1), 58_000)
  await tell(plus(quarter(1), minutes(5)), 1_000)
  for (const n of [9, 13, 16, 20, 24]) await tell(plus(quarter(1), minutes(n)), 1_000)
  await tell(plus(quarter(2), minutes(10) + seconds(30)), 31_000)
  // in an hour that was foreseen as a whole
  await tell(plus(quarter(5), minutes(3)), 6_000)
  await tell(plus(quarter(5), minutes(9)), 14_000)
  const { powerW } = await basePower15(depot.gateway, 'north', quarter(0), 8)
  expect(powerW.map((w) => w && Math.round(w))).toEqual([null, 20_000, 10_000, null, 9_000, 10_000, 9_000, 9_000])
  const rows = await depot.db.prisma.baseLoad.findMany({ where: { startsAt: { gte: startsAt } }, orderBy: { startsAt: 'asc' } })
  expect(rows.map((row) => [row.minutes, row.upperW, row.measuredW])).toEqual([
    [15, 11_000, null],
    [15, 11_000, 14_000],
    [15, 11_000, null],
    [15, 11_000, null],
  ])
  expect(rows.at(-1)!.startsAt.getTime() + minutes(15)).toBe(startsAt.getTime() + hours(1))
})
