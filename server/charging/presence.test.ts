import { beforeAll, expect, test } from 'vitest'
import type { ChargingEvent } from '#lib/charging/event.ts'
import { minutes, plus } from '#lib/time/instant.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { makePresence } from './presence.ts'

// The coming and going of many chargers in few commits.

let site: Site
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING, { bays: 40 })
})
const charger = (n: number) => site.db.prisma.charger.findUniqueOrThrow({ where: { id: `charger-${n}` } })
const all = Array.from({ length: 40 }, (_, i) => i + 1)
const came: ChargingEvent = {
  kind: 'connected',
  at: EVENING,
  address: '10.0.0.7',
  link: { profile: 2, tlsVersion: 'TLSv1.3', certificateEndsAt: null },
}
const went: ChargingEvent = { kind: 'disconnected', at: EVENING, code: 1006 }

/** The pool, counting its statements; the first ones fail like this. */
function counted(errors: Error[] = []) {
  const seen = { statements: 0 }
  const { pool } = site.db
  const query = (...asked: Parameters<typeof pool.query>) => {
    const error = errors[seen.statements++]
    return error ? Promise.reject(error) : pool.query(...asked)
  }
  const instead = new Proxy(pool, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) })
  return { seen, presence: makePresence({ ...site.ctx, db: { ...site.db, pool: instead } }) }
}

test('forty that go and come back at once: each in the books and the journal, in one statement', async () => {
  site.at(plus(EVENING, minutes(1)))
  const { seen, presence } = counted()
  await Promise.all(all.map((n) => presence(`charger-${n}`, [went])))
  expect(seen.statements).toBeLessThanOrEqual(2)
  expect(await charger(7)).toMatchObject({ connectedAt: null, disconnectedAt: new Date(plus(EVENING, minutes(1))) })
  site.at(plus(EVENING, minutes(2)))
  const commits = await Promise.all(all.map((n) => presence(`charger-${n}`, [came])))
  expect(commits.map(({ fresh }) => fresh.map(({ chargerId, depotId }) => [chargerId, depotId]))).toEqual(
    all.map((n) => [[`charger-${n}`, 'north']]),
  )
  const at = new Date(plus(EVENING, minutes(2)))
  for (const n of [1, 40])
    expect(await charger(n)).toMatchObject({ connectedAt: at, seenAt: at, connectedProfile: 2, tlsVersion: 'TLSv1.3' })
  for (const kind of ['charger.connected', 'charger.disconnected']) expect(await site.db.prisma.journal.count({ where: { kind } })).toBe(40)
  expect(await site.db.prisma.journal.findFirst({ where: { kind: 'charger.connected', subject: 'charger:charger-3' } })).toMatchObject({
    depotId: 'north',
    data: { address: '10.0.0.7', profile: 2, tls: 'TLSv1.3' },
  })
})

test('one that is not there fails alone', async () => {
  const { presence } = counted()
  const [here, nowhere] = await Promise.allSettled([presence('charger-1', [came]), presence('charger-99', [came])])
  expect(here.status).toBe('fulfilled')
  expect(nowhere).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } })
})

test('a deadlock is tried again, four times at most; what else is wrong is not', async () => {
  const deadlock = (times: number) => Array.from({ length: times }, () => Object.assign(new Error('deadlock detected'), { code: '40P01' }))
  const lucky = counted(deadlock(3))
  expect((await lucky.presence('charger-1', [came])).fresh).toHaveLength(1)
  expect(lucky.seen.statements).toBe(4)
  const unlucky = counted(deadlock(9))
  await expect(unlucky.presence('charger-1', [came])).rejects.toThrow('deadlock')
  expect(unlucky.seen.statements).toBe(4)
  const wrong = counted([new Error('no such column')])
  await expect(wrong.presence('charger-1', [came])).rejects.toThrow('no such column')
  expect(wrong.seen.statements).toBe(1)
})

test('what is more than presence goes its own way', async () => {
  const { seen, presence } = counted()
  const { fresh } = await presence('charger-2', [came, { kind: 'heard', at: EVENING }])
  expect(fresh.map(({ kind }) => kind)).toEqual(['connected', 'heard'])
  expect(seen.statements).toBe(0)
})
