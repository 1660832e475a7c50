import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { ChargingEvent } from '#lib/charging/event.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { commitEvents } from './record.ts'
import type { RecordCtx } from './recording.ts'

// What a charger said is committed although the database is busy for a moment, or two transactions met in the wrong order.

let site: Site
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING, { bays: 1 })
})
let tries = 0
beforeEach(() => {
  tries = 0
})

/** The first transactions end like this, the following ones are real. */
function failing(errors: Error[]): RecordCtx {
  const { prisma } = site.db
  const $transaction = ((...asked: Parameters<typeof prisma.$transaction>) => {
    const error = errors[tries++]
    return error ? Promise.reject(error) : prisma.$transaction(...asked)
  }) as typeof prisma.$transaction
  const instead = new Proxy(prisma, {
    get: (target, name) => (name === '$transaction' ? $transaction : Reflect.get(target, name)),
  })
  return { ...site.ctx, db: { ...site.db, prisma: instead } }
}
const coded = (code: string, message: string, times: number) =>
  Array.from({ length: times }, () => Object.assign(new Error(message), { code }))
const busy = (times: number) => coded('P2028', 'Transaction API error: Unable to start a transaction in the given time.', times)
const deadlock = (times: number) => coded('P2034', 'Transaction failed due to a write conflict or a deadlock.', times)

const gone: ChargingEvent = { kind: 'disconnected', at: EVENING, code: 1006 }
const commit = (errors: Error[]) => commitEvents(failing(errors), 'charger-1', [gone])
const lines = () => site.db.prisma.journal.count({ where: { kind: 'charger.disconnected', subject: 'charger:charger-1' } })

test.each([
  ['no connection was free five times', busy(5), 6],
  ['a deadlock three times', deadlock(3), 4],
  ['first the one, then the other', [...busy(1), ...deadlock(2)], 4],
])('%s: committed once', async (_, errors, needed) => {
  const before = await lines()
  expect((await commit(errors)).fresh).toHaveLength(1)
  expect([tries, (await lines()) - before]).toEqual([needed, 1])
})

test.each([
  ['no connection was free for six times', busy(9), 6, 'Unable to start'],
  ['a deadlock four times', deadlock(9), 4, 'deadlock'],
  [
    'a transaction that was cut off may have been a slow one: not again',
    coded('P2028', 'Transaction already closed: timeout', 9),
    1,
    'closed',
  ],
  ['a statement that is wrong', coded('42601', 'syntax error', 9), 1, 'syntax'],
])('%s: the charger is told that it failed, and nothing is written', async (_, errors, asked, words) => {
  const before = await lines()
  await expect(commit(errors)).rejects.toThrow(words)
  expect([tries, (await lines()) - before]).toEqual([asked, 0])
})
