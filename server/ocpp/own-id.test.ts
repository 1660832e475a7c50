import { expect, test } from 'vitest'
import { plugIn, type TestCharger, testDepot, until } from './test-depot.ts'

// A session that began offline has no number of ours until its start is answered: what was queued meanwhile carries the charger's own.

const depot = await testDepot(8)
const endpoint = await depot.start()
const { prisma } = depot.db
const MINUTE = 60_000
const began = Math.floor(Date.now() / 1000) * 1000
/** Minutes before this file began: one instant however long a test takes. */
const ago = (minutes: number) => new Date(began - minutes * MINUTE).toISOString()

let next = 1
async function charger(): Promise<{ id: string; at: TestCharger }> {
  const identity = `C${next++}`
  return { id: identity.toLowerCase(), at: await plugIn(depot, endpoint, identity) }
}
const start = async (at: TestCharger, minutes: number, meterStart: number, more: Record<string, unknown> = {}) => {
  const payload = { connectorId: 1, idTag: 'CENTRAL', meterStart, timestamp: ago(minutes), ...more }
  return ((await at.call('StartTransaction', payload)) as { transactionId: number }).transactionId
}
const meter = (at: TestCharger, transactionId: number, minutes: number, wh: number, connectorId = 1) =>
  at.call('MeterValues', {
    ...{ connectorId, transactionId },
    meterValue: [{ timestamp: ago(minutes), sampledValue: [{ value: String(wh), unit: 'Wh' }] }],
  })
const stop = (at: TestCharger, transactionId: number, minutes: number, meterStop: number, more: Record<string, unknown> = {}) =>
  at.call('StopTransaction', { transactionId, meterStop, timestamp: ago(minutes), ...more })
const session = (id: number) => prisma.session.findUniqueOrThrow({ where: { id } })
const journal = (kind: string, subject: string) => prisma.journal.findMany({ where: { kind, subject } })

test('a session that began and ended offline is billed under the charger’s own number, and a repeated end is the same end', async () => {
  const { id, at } = await charger()
  const begun = await start(at, 180, 100)
  await meter(at, -7, 120, 1100)
  const end = () => stop(at, -7, 60, 3100, { idTag: 'central', reason: 'EVDisconnected' })
  expect(await end()).toEqual({ idTagInfo: { status: 'Accepted' } })
  await end()
  const young = await start(at, 1, 3100)
  await end()
  expect(await session(begun)).toMatchObject({
    energyWh: 3000n,
    stopReason: 'EVDisconnected',
    stoppedAt: new Date(ago(60)),
    flags: ['deliveredLate'],
  })
  expect(await session(young)).toMatchObject({ stoppedAt: null, energyWh: 0n })
  expect(await prisma.meterReading.findMany({ where: { sessionId: begun } })).toMatchObject([{ energyWh: 1100n, flags: ['deliveredLate'] }])
  expect(await journal('review.stopForUnknown', `charger:${id}`)).toEqual([])
  expect(await journal('review.meterForUnknown', `charger:${id}`)).toEqual([])
  expect(await until(async () => (await journal('session.ownId', `charger:${id}`))[0])).toMatchObject({
    data: { sessionId: begun, transactionId: -7 },
  })
})

test('an end that is told again by a clock that is ahead ends no other session', async () => {
  const { id, at } = await charger()
  const begun = await start(at, 180, 100)
  const end = () => stop(at, -7, -60, 9000, { reason: 'EVDisconnected' })
  await end()
  expect(await session(begun)).toMatchObject({ stopReason: 'EVDisconnected', meterStopWh: 9000n })
  await until(async () => (await journal('session.ownId', `charger:${id}`))[0])
  const late = await start(at, 30, 200, { connectorId: 2 })
  const live = await start(at, 0, 9000)
  await end()
  await end()
  for (const open of [late, live]) expect((await session(open)).stoppedAt).toBeNull()
  // nor does a number that was never heard, for what began before our eyes
  await stop(at, -8, 0, 9500)
  expect((await session(live)).stoppedAt).toBeNull()
})

test('what does not fit beyond doubt stays with nobody, for a person to look at', async () => {
  const { id, at } = await charger()
  const other = await charger()
  const theirs = await start(other.at, 5, 0)
  const open = await start(at, 30, 1000)
  await stop(at, -1, 10, 2000, { idTag: 'CARD1' })
  await stop(at, -2, 40, 2000)
  await stop(at, -3, 10, 900)
  await stop(at, theirs, 10, 2000)
  await meter(at, -4, 10, 900)
  await meter(at, -5, 40, 1500)
  expect(await session(open)).toMatchObject({ stoppedAt: null, lastMeterWh: 1000n, energyWh: 0n })
  expect(await session(theirs)).toMatchObject({ stoppedAt: null })
  expect(await journal('review.stopForUnknown', `charger:${id}`)).toHaveLength(4)
  expect(await until(async () => (await journal('review.meterForUnknown', `charger:${id}`))[0])).toBeDefined()
  // two ports in use, both of which it could be
  const beside = await start(at, 20, 500, { connectorId: 2, idTag: 'CARD1' })
  await stop(at, -6, 10, 2000)
  expect([(await session(open)).stoppedAt, (await session(beside)).stoppedAt]).toEqual([null, null])
  await stop(at, -6, 10, 2000, { idTag: 'CARD1' })
  expect(await session(beside)).toMatchObject({ energyWh: 1500n, stoppedAt: new Date(ago(10)) })
})

test('a session that is replaced while the meter rose unseen is an estimate for review, until its end comes after all', async () => {
  const { at } = await charger()
  const old = await start(at, 60, 100)
  await start(at, 1, 3100)
  expect(await session(old)).toMatchObject({ costEstimated: true, flags: expect.arrayContaining(['superseded', 'energyMissing']) })
  expect(await journal('review.energyMissing', `session:${old}`)).toMatchObject([{ data: { fromWh: 100, toWh: 3100 } }])
  await stop(at, old, 20, 3100)
  expect(await session(old)).toMatchObject({ energyWh: 3000n, meterStopWh: 3100n })
  expect((await session(old)).flags).not.toContain('energyMissing')
})
