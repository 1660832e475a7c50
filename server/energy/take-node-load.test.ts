import { expect, test } from 'vitest'
import { instant, iso, minutes, plus, seconds } from '#lib/time/instant.ts'
import { makeBaseLoadWatch } from '../planning/base-load-watch.ts'
import { NIGHT, testDepot } from '../planning/test-depot.ts'
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
  expect(rows).toMatchObject([{ startsAt: new Date(plus(NIGHT, minutes(30))), minutes: 15, upperW: 5_000, measuredW: 6_000 }])
  await expect(tell(minutes(3), 1)).rejects.toThrow(/in the future/)
  await expect(tell(-minutes(16), 1)).rejects.toThrow(/long past/)
  await expect(tell(0, 1, 'elsewhere')).rejects.toMatchObject({ code: 'not-found' })
  await depot.db.prisma.depot.create({ data: { id: 'south', name: 'S', zone: 'UTC', currency: 'USD', createdAt: new Date(NIGHT) } })
  const node = { id: 'theirs', depotId: 'south', kind: 'service', name: 'G', volts: 240, wiring: 'L-L', phases: 3, limitW: 1 }
  await depot.db.prisma.siteNode.create({ data: node })
  await expect(tell(0, 1, 'theirs')).rejects.toMatchObject({ code: 'not-found' })
})
