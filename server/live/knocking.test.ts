import { beforeAll, expect, test } from 'vitest'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { GET as getChargers } from '../../app/api/depots/[depot]/chargers/route.ts'
import { GET as getOverview } from '../../app/api/depots/[depot]/overview/route.ts'
import { smallDepot } from './test-depot.ts'

type Knock = { identity: string; charger: { id: string; name: string } | null }
type Alert = { key: string; what: string; href: string }

let site: Site
let manager: Record<string, string>
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING, { bays: 2 })
  await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
  manager = await site.as('manager', ['north', 'south'])
  const row = (identity: string, reason: string) => ({ identity, reason, firstAt: at, lastAt: at, times: 1, address: '192.0.2.4' })
  const at = new Date(EVENING)
  const [ours, theirs] = [await identityOf('charger-1'), await identityOf('charger-50')]
  await site.db.prisma.charger.update({ where: { id: 'charger-2' }, data: { retiredAt: at } })
  await site.db.prisma.knocking.createMany({
    data: [
      row('STRANGER', 'Not registered here.'),
      row(ours, 'Registered, but its key is wrong.'),
      row(theirs, 'Registered, but its key is wrong.'),
      row(await identityOf('charger-2'), 'Not registered here.'),
    ],
  })
})
const identityOf = async (id: string) => (await site.db.prisma.charger.findUniqueOrThrow({ where: { id } })).identity
const knocking = async (depot: string) =>
  Object.fromEntries(
    (await askDoor<{ knocking: Knock[] }>(getChargers, manager, { params: { depot } })).knocking.map(({ identity, charger }) => [
      identity,
      charger,
    ]),
  )

test('who was turned away: a registered charger is told as itself in its own depot, a stranger and a retired one can be adopted', async () => {
  const { name } = await site.db.prisma.charger.findUniqueOrThrow({ where: { id: 'charger-1' } })
  expect(await knocking('north')).toEqual({
    STRANGER: null,
    [await identityOf('charger-1')]: { id: 'charger-1', name },
    [await identityOf('charger-2')]: null,
  })
  const south = await knocking('south')
  expect(south[await identityOf('charger-50')]).toMatchObject({ id: 'charger-50' })
  expect(south).not.toHaveProperty(await identityOf('charger-1'))
})

test('its alert names it and leads to its setup', async () => {
  const { alerts } = await askDoor<{ alerts: Alert[] }>(getOverview, manager)
  const of = (identity: string) => alerts.find(({ key }) => key === `knocking:${identity}`)
  expect(of('STRANGER')).toMatchObject({ what: '“STRANGER” wants to connect', href: '/chargers' })
  expect(of(await identityOf('charger-1'))).toMatchObject({
    what: 'Charger 1 is turned away at the door',
    href: '/chargers/charger-1?view=setup',
  })
})
