import { afterAll, expect, test } from 'vitest'
import { days, instant, plus } from '#lib/time/instant.ts'
import { seed } from '../ocpp/test-seed.ts'
import { testDatabase } from '../tools/test-store.ts'
import { openDatabase } from './database.ts'
import { forgetMessages } from './forget-messages.ts'
import { ensurePartitions } from './partitions.ts'

const NOW = instant('2026-11-23T12:00:00Z')
const db = openDatabase((await testDatabase()).url, 4)
afterAll(() => db.close())

const said = async (chargerId: string, daysAgo: number) => {
  const data = {
    chargerId,
    at: new Date(plus(NOW, -days(daysAgo))),
    direction: 'in',
    type: 'call',
    messageId: `${chargerId} ${daysAgo}`,
    payload: {},
  }
  await db.prisma.ocppMessage.create({ data })
}
const kept = async () => (await db.prisma.ocppMessage.findMany({ orderBy: { messageId: 'asc' } })).map(({ messageId }) => messageId)

test('each depot’s log is kept as long as it says; days that nobody wants go with their partition', async () => {
  await seed(db, 2)
  const createdAt = new Date(NOW)
  await db.prisma.depot.create({ data: { id: 'short', name: 'Short', zone: 'UTC', currency: 'USD', createdAt, messageDays: 10 } })
  await db.prisma.charger.update({ where: { id: 'c2' }, data: { depotId: 'short' } })
  for (const ago of [100, 92, 50, 0]) await ensurePartitions(db.pool, plus(NOW, -days(ago)), { back: 0, ahead: 0 })
  // the days of 91 and 11 days ago have no partition: they lie in the default one
  for (const ago of [100, 92, 91, 50, 11, 0]) for (const charger of ['c1', 'c2']) await said(charger, ago)

  const { dropped, deleted } = await forgetMessages(db.pool, NOW)
  expect(dropped).toEqual(['ocpp_message_20260815', 'ocpp_message_20260823'])
  expect(await kept()).toEqual(['c1 0', 'c1 11', 'c1 50', 'c2 0'])
  expect(deleted).toBe(4)
  expect(await forgetMessages(db.pool, NOW)).toEqual({ dropped: [], deleted: 0 })

  await db.prisma.depot.update({ where: { id: 'd' }, data: { messageDays: 30 } })
  expect((await forgetMessages(db.pool, NOW)).dropped).toEqual(['ocpp_message_20261004'])
  expect(await kept()).toEqual(['c1 0', 'c1 11', 'c2 0'])
})

test('a day that somebody reads is left for the next time', async () => {
  await ensurePartitions(db.pool, plus(NOW, -days(200)), { back: 0, ahead: 0 })
  const reader = await db.pool.connect()
  await reader.query('BEGIN; LOCK TABLE ocpp_message_20260507 IN ACCESS SHARE MODE')
  expect((await forgetMessages(db.pool, NOW)).dropped).toEqual([])
  await reader.query('ROLLBACK')
  reader.release()
  expect((await forgetMessages(db.pool, NOW)).dropped).toEqual(['ocpp_message_20260507'])
})

test('days that are kept are not read: a large log is not gone through each hour', async () => {
  await ensurePartitions(db.pool, NOW, { back: 0, ahead: 0 })
  const writer = await db.pool.connect()
  await writer.query('BEGIN; LOCK TABLE ocpp_message_20261123 IN ACCESS EXCLUSIVE MODE')
  expect(await forgetMessages(db.pool, NOW)).toEqual({ dropped: [], deleted: 0 })
  await writer.query('ROLLBACK')
  writer.release()
}, 20_000)
