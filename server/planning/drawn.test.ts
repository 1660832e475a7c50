import { expect, test } from 'vitest'
import { hours, minutes, plus, seconds } from '#lib/time/instant.ts'
import { planInForce } from '../store/plan.ts'
import { NIGHT, type TestDepot, testDepot } from './test-depot.ts'

const draws = (depot: TestDepot, n: number, powerW: number) =>
  depot.db.prisma.port.update({ where: { id: `p${n}` }, data: { powerW, powerAt: new Date(depot.clock.now()) } })
const limitW = (depot: TestDepot, n: number) =>
  depot
    .charger(`c${n}`)
    .limits.get(1)
    ?.steps.findLast(({ from }) => from <= depot.clock.now())?.limitW ?? 0
/** A minute in which the vans take so much, and then a plan. */
const minute = async (depot: TestDepot, ...powerW: number[]) => {
  await depot.clock.move(minutes(1))
  for (const [i, w] of powerW.entries()) await draws(depot, i + 1, w)
  await depot.gateway.replanner.now('north', 'the minute')
  await depot.gateway.idle()
  await depot.clock.move(seconds(11))
  await depot.gateway.idle()
}

test('a van that takes a third of what it may leaves the rest to one that can use it', async () => {
  const depot = await testDepot({ capW: 12_000 })
  await depot.allConfirmed()
  for (const n of [1, 2]) {
    await depot.plug(n)
    await depot.duty(n, plus(NIGHT, hours(3)), 55_000)
  }
  await minute(depot, 0, 0)
  expect(limitW(depot, 1) + limitW(depot, 2)).toBeLessThanOrEqual(12_000)
  for (let i = 0; i < 9; i++) await minute(depot, Math.min(2_000, limitW(depot, 1)), limitW(depot, 2))
  expect(limitW(depot, 1)).toBeLessThan(3_000)
  expect(limitW(depot, 2)).toBeGreaterThan(8_500)
  await depot.gateway.close()
})

test('a van that does not go on after a pause is marked, and is not paused any more', async () => {
  const depot = await testDepot()
  await depot.allConfirmed()
  const session = await depot.plug(1)
  await depot.db.prisma.session.update({ where: { id: session }, data: { energyWh: 4_000n } })
  await depot.duty(1, plus(NIGHT, hours(3)), 55_000)
  await depot.db.prisma.depot.update({ where: { id: 'north' }, data: { policy: 'readyFirst' } })
  // a person lets it wait: the port may give nothing for a while
  await depot.db.prisma.setting.create({ data: { key: 'port-cap:p1', value: { limitW: 0, until: null, by: 'user:1' } } })
  await minute(depot, 0)
  await minute(depot, 0)
  expect(limitW(depot, 1)).toBe(0)
  await depot.db.prisma.setting.deleteMany()
  // it begins again at half past
  for (let i = 0; i < 36; i++) await minute(depot, 0)
  expect(limitW(depot, 1)).toBeGreaterThan(0)
  const told = await depot.db.prisma.journal.findMany({ where: { kind: 'vehicle.neverPause' } })
  expect(told).toMatchObject([{ subject: 'vehicle:v1', data: { portId: 'p1' } }])
  expect((await depot.db.prisma.vehicle.findUniqueOrThrow({ where: { id: 'v1' } })).neverPauseSince).not.toBeNull()
  const { needs } = (await planInForce(depot.db, 'north'))!.input
  expect(needs.find((need) => need.id === 'v1')!.mayPause).toBe(false)
  expect(needs.find((need) => need.id === 'v2')!.mayPause).toBe(true)
  await depot.gateway.close()
})
