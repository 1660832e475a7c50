import { beforeAll, expect, test } from 'vitest'
import { getConnections } from '#lib/api/connection.ts'
import { minutes, plus, seconds } from '#lib/time/instant.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { connectionsView } from './connections-view.ts'
import { smallDepot } from './test-depot.ts'

let site: Site
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING)
})

const linksOf = async (headers: Record<string, string> = {}) => {
  const view = await connectionsView(site.ctx, 'north', new Headers(headers))
  expect(getConnections.output.parse(view)).toEqual(view)
  return new Map(view.connections.map((each) => [each.id, each]))
}
const connected = async (profile: number, tlsVersion: string | null, address: string) => {
  const at = new Date(EVENING)
  await site.db.prisma.charger.update({
    where: { id: 'charger-1' },
    data: { connectedProfile: profile, tlsVersion, connectedAt: at, seenAt: at },
  })
  await site.db.prisma.journal.create({
    data: { at, realAt: at, actor: 'charger:charger-1', kind: 'charger.connected', subject: 'charger:charger-1', data: { address } },
  })
}

test('a charger that never came is grey, one over plain ws from elsewhere is critical, one over TLS is protected', async () => {
  expect((await linksOf()).get('charger:charger-1')).toMatchObject({ mark: 'off', word: 'Never connected' })
  await connected(1, null, '10.0.0.7')
  expect((await linksOf()).get('charger:charger-1')).toMatchObject({ mark: 'critical', word: 'Without TLS', auth: 'Password', open: true })
  await connected(2, 'TLSv1.3', '10.0.0.7')
  expect((await linksOf()).get('charger:charger-1')).toMatchObject({ mark: 'normal', protection: 'TLSv1.3' })
})

test('a charger that is let in without a password is critical, on whatever line', async () => {
  await connected(0, null, '127.0.0.1')
  expect((await linksOf()).get('charger:charger-1')).toMatchObject({ mark: 'critical', word: 'Nobody proves who it is' })
})

test('a client certificate with 20 days left is told, with the day', async () => {
  const endsAt = new Date(site.ctx.clock.real() + 20.5 * 86_400_000)
  await connected(3, 'TLSv1.3', '10.0.0.7')
  await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { certificateEndsAt: endsAt } })
  expect((await linksOf()).get('charger:charger-1')).toMatchObject({
    mark: 'serious',
    word: 'Certificate ends in 20 days',
    auth: 'Client certificate',
    certificateEndsAt: endsAt.getTime(),
  })
})

test('every moment is of the real clock: where the depot’s runs otherwise, that is said', async () => {
  await connected(2, 'TLSv1.3', '10.0.0.7')
  const real = site.ctx.clock.real()
  const fast = { ...site.ctx, clock: { ...site.ctx.clock, speed: 60, now: () => plus(EVENING, minutes(10)), real: () => real } }
  const demo = await connectionsView(fast, 'north', new Headers())
  expect(demo.clock).toContain('of the real clock')
  const seenAt = demo.connections.find(({ id }) => id === 'charger:charger-1')!.lastMessageAt
  expect(seenAt).toBe(Math.round(real - seconds(10)))
  const plain = { ...site.ctx, clock: { ...site.ctx.clock, speed: 1, now: () => real, real: () => real } }
  const installed = await connectionsView(plain, 'north', new Headers())
  expect(installed.clock).toBeNull()
  expect(installed.connections.find(({ id }) => id === 'charger:charger-1')!.lastMessageAt).toBe(EVENING)
})

test('the messages that a charger sent lately are the fields of its connection', async () => {
  const at = new Date(site.ctx.clock.now())
  await site.db.prisma.ocppMessage.createMany({
    data: ['Heartbeat', 'MeterValues', 'MeterValues'].map((action, i) => ({
      at,
      chargerId: 'charger-1',
      direction: 'in',
      type: 'call',
      messageId: `m${i}`,
      action,
      payload: {},
    })),
  })
  expect((await linksOf()).get('charger:charger-1')!.fields).toEqual(['Heartbeat', 'MeterValues'])
})

test('a system that used its key over plain HTTP from elsewhere is critical, over TLS it is protected; the browser that asks is one of the links', async () => {
  const headers = await site.withKey(['read'])
  const { whoIs } = await import('#server/auth/who.ts')
  await whoIs(site.ctx, new Headers({ ...headers, 'x-yardwatt-address': '10.0.0.9', 'x-yardwatt-scheme': 'http' }))
  const key = [...(await linksOf()).values()].find(({ from }) => from === 'system')!
  expect(key).toMatchObject({ mark: 'critical', word: 'Without TLS', name: 'test', fields: ['reads'] })
  const secure = await linksOf({ 'x-yardwatt-address': '10.0.0.9', 'x-yardwatt-scheme': 'https' })
  expect(secure.get('browser')).toMatchObject({ mark: 'normal', protocol: 'HTTPS' })
  expect((await linksOf({ 'x-yardwatt-address': '10.0.0.9' })).get('browser')).toMatchObject({ mark: 'critical' })
})

test('the database link is read from the database itself', async () => {
  expect((await linksOf()).get('database')).toMatchObject({ mark: 'standby', word: 'On this machine only', protection: null })
})
