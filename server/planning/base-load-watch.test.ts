import { expect, test } from 'vitest'
import { minutes, plus, seconds } from '#lib/time/instant.ts'
import { planAlerts } from '../live/alerts-plan.ts'
import { makeBaseLoadWatch } from './base-load-watch.ts'
import { NIGHT, testDepot } from './test-depot.ts'

test('a site meter that falls silent after a jump: the room stays free, it is told once, and given back when it is back', async () => {
  const depot = await testDepot({ capW: 20_000 })
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 9_600])
  const measure = async (quarter: number, measuredW: number | null) =>
    depot.db.prisma.baseLoad.upsert({
      where: { nodeId_startsAt: { nodeId: 'service', startsAt: new Date(plus(NIGHT, minutes(15 * quarter))) } },
      update: { measuredW },
      create: {
        nodeId: 'service',
        startsAt: new Date(plus(NIGHT, minutes(15 * quarter))),
        minutes: 15,
        forecastW: 1_000,
        upperW: 2_000,
        measuredW,
      },
    })
  for (let quarter = 0; quarter < 12; quarter++) await measure(quarter, quarter === 0 ? 1_500 : null)
  const watch = makeBaseLoadWatch(depot.gateway)
  const look = async (s: number) => {
    await depot.clock.move(seconds(s))
    await watch('north')
    await depot.gateway.idle()
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
  }
  const givenW = () =>
    depot
      .charger('c1')
      .limits.get(1)
      ?.steps.findLast(({ from }) => from <= depot.clock.now())?.limitW ?? 0
  const kinds = async () =>
    (await depot.db.prisma.journal.findMany({ where: { kind: { startsWith: 'safety.meter' } } })).map(({ kind }) => kind)
  const alerts = async () => (await planAlerts(depot.gateway, 'north', 'UTC')).map(({ key }) => key)
  await look(1)
  expect(givenW()).toBe(9_600)

  // 14 kW where 2 were foreseen: answered at the next look, before any plan
  await measure(0, 14_000)
  await look(10)
  expect(givenW()).toBeLessThanOrEqual(6_000)
  expect(await kinds()).toEqual([])

  // then nothing: an hour and a half later its 12 kW more than foreseen still count, and hold what the plan would give
  await look(90 * 60)
  await depot.want(1, [0, 9_600])
  await look(10)
  await look(10)
  expect(givenW()).toBeLessThanOrEqual(6_000)
  expect(await kinds()).toEqual(['safety.meterLost'])
  expect(await alerts()).toEqual(['meter:service'])

  await measure(6, 1_500)
  await look(60)
  await depot.want(1, [0, 9_600])
  await look(10)
  expect(givenW()).toBe(9_600)
  expect(await kinds()).toEqual(['safety.meterLost', 'safety.meterBack'])
  expect(await alerts()).toEqual([])
})

test('a building that loads one phase more, at the same power, is answered at the next look', async () => {
  const depot = await testDepot({ capW: 60_000 })
  await depot.allConfirmed()
  const at = { nodeId: 'service', startsAt: new Date(NIGHT) }
  await depot.db.prisma.baseLoad.create({
    data: { ...at, minutes: 60, forecastW: 9_000, upperW: 9_000, measuredW: 9_000, measuredMa: [13_000, 13_000, 13_000] },
  })
  const woken: string[] = []
  const watch = makeBaseLoadWatch({ ...depot.gateway, wakes: { ...depot.gateway.wakes, replan: (_, cause) => woken.push(cause) } })
  const measure = (measuredMa: number[]) => depot.db.prisma.baseLoad.updateMany({ where: at, data: { measuredMa } })
  await watch('north')
  await watch('north')
  expect(woken).toEqual([])
  await measure([39_000, 0, 0])
  await watch('north')
  expect(woken).toEqual(['the base load rose'])
  await measure([13_000, 13_000, 13_000])
  await watch('north')
  expect(woken).toHaveLength(1)
  await depot.gateway.close()
})
