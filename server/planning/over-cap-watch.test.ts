import { expect, test } from 'vitest'
import { iso, minutes, plus, seconds } from '#lib/time/instant.ts'
import { takeNodeLoad } from '../energy/take-node-load.ts'
import { standing } from '../live/alerts-now.ts'
import { theDepot } from '../live/views.ts'
import { makeOverCapWatch } from './over-cap-watch.ts'
import { testDepot } from './test-depot.ts'

const KEY = { kind: 'key', id: 'k', name: 'Meter', scopes: ['meters:write'], depots: ['north'], actor: 'key:k' } as const
const who = { ...KEY, scopes: [...KEY.scopes], depots: [...KEY.depots] }

test('a site over its cap for longer than chargers need to follow is the first alert, with who draws it; it goes when that is over', async () => {
  const depot = await testDepot({ capW: 60_000 })
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.plug(2)
  const { prisma } = depot.db
  await prisma.charger.updateMany({ data: { connectedAt: new Date(depot.clock.now()), seenAt: new Date(depot.clock.now()) } })
  // something else that is critical, and older
  await prisma.charger.update({ where: { id: 'c2' }, data: { quirks: { followsLimits: false } } })
  await depot.baseLoad(40_000)
  await depot.want(1, [0, 1_440])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  let watch = makeOverCapWatch(depot.gateway)
  const second = async (baseW: number, chargerW: number) => {
    await depot.clock.move(seconds(10))
    const now = depot.clock.now()
    await takeNodeLoad({ ctx: { db: depot.db, clock: depot.clock }, who }, 'service', { at: iso(now), powerW: baseW })
    await prisma.port.update({ where: { id: 'p1' }, data: { powerW: chargerW, powerAt: new Date(now) } })
    await watch('north')
  }
  const plain = (text: string) => text.replace(/\s/g, ' ')
  const alerts = async () => {
    const { alerts } = await standing(depot.gateway, await theDepot(depot.gateway, 'north'))
    return alerts.map((each) => ({ ...each, what: plain(each.what), why: plain(each.why) }))
  }
  const kinds = async () =>
    (await prisma.journal.findMany({ where: { kind: { endsWith: 'erCap' } }, orderBy: { id: 'asc' } })).map(({ kind }) => kind)

  await depot.clock.move(minutes(1))
  // chargers that are following take their time: no alert
  for (let n = 0; n < 9; n++) await second(58_000, 7_200)
  expect(await kinds()).toEqual([])
  await second(40_000, 7_200)
  const since = plus(depot.clock.now(), seconds(10))
  for (let n = 0; n < 10; n++) await second(58_000, 7_200)
  expect((await alerts())[0]).toEqual({
    key: 'overCap:service',
    mark: 'critical',
    what: 'Grid connection is 5.2 kW over its cap of 60 kW',
    why: 'The building draws 58.0 kW, 18.0 kW more than foreseen, vehicles draw 7.2 kW. Port 1 does not follow its limit: 7.2 kW where it may draw 1.4 kW.',
    since,
    href: '/chargers/c1',
  })
  for (let n = 0; n < 5; n++) await second(58_000, 7_200)
  // a new quarter hour of which the meter has told nothing yet is no end of it
  const quarter = Math.ceil(depot.clock.now() / minutes(15)) * minutes(15)
  await depot.clock.move(quarter - depot.clock.now() - seconds(20))
  await second(58_000, 7_200)
  await depot.clock.move(seconds(12))
  await watch('north')
  expect(await kinds()).toEqual(['safety.overCap'])
  // a gateway that starts anew knows of it, and tells its end
  watch = makeOverCapWatch(depot.gateway)
  await second(58_000, 1_400)
  expect((await alerts()).filter(({ key }) => key.startsWith('overCap'))).toEqual([])
  expect(await kinds()).toEqual(['safety.overCap', 'safety.underCap'])
})

test('a grid event lowers the cap: who follows is not accused, a reading from before tells nothing of now', async () => {
  const depot = await testDepot({ capW: 60_000 })
  await depot.allConfirmed()
  await depot.plug(1)
  const { prisma } = depot.db
  await prisma.charger.updateMany({ data: { connectedAt: new Date(depot.clock.now()), seenAt: new Date(depot.clock.now()) } })
  await depot.want(1, [0, 9_600])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  await depot.clock.move(minutes(1))
  await prisma.port.update({ where: { id: 'p1' }, data: { powerW: 9_600, powerAt: new Date(depot.clock.now()) } })
  const from = depot.clock.now()
  await prisma.limitHours.create({
    data: {
      id: 'h',
      nodeId: 'service',
      startsAt: new Date(from),
      endsAt: new Date(plus(from, minutes(60))),
      limitW: 4_000,
      madeBy: 'user:1',
      madeAt: new Date(from),
    },
  })
  const watch = makeOverCapWatch(depot.gateway)
  await depot.clock.move(seconds(10))
  await depot.want(1, [0, 1_440])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  for (let n = 0; n < 15; n++) {
    await depot.clock.move(seconds(10))
    await watch('north')
  }
  expect(await prisma.journal.count({ where: { kind: 'safety.overCap' } })).toBe(0)
  // one that goes on drawing is told
  for (let n = 0; n < 11; n++) {
    await depot.clock.move(seconds(10))
    await prisma.port.update({ where: { id: 'p1' }, data: { powerW: 9_600, powerAt: new Date(depot.clock.now()) } })
    await watch('north')
  }
  expect(await prisma.journal.count({ where: { kind: 'safety.overCap' } })).toBe(1)
})
