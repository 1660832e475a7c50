import { expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { wattHours } from '#lib/units/units.ts'
import { testDepot } from '../ocpp/test-depot.ts'
import { commitEvents } from './record.ts'
import { makeStartMany, type Start } from './start-many.ts'

/** A start of charger `n` at port 1 with a card of its own, as the endpoint hands it over. */
function startOf(n: number, ctx: { clock: { now(): number } }, given: Partial<Start> = {}): Start {
  const at = given.at ?? instant(ctx.clock.now())
  return {
    chargerId: `c${n}`,
    depotId: 'd',
    port: 1,
    portId: `c${n}-${given.port ?? 1}`,
    idTag: `card${n}`,
    at,
    receivedAt: instant(ctx.clock.now()),
    meterStartWh: wattHours(1000 + n),
    late: false,
    flags: [],
    startKey: `c${n}|1|${at}`,
    message: {
      at,
      charger_id: `c${n}`,
      direction: 'in',
      type: 'call',
      message_id: `m${n}`,
      action: 'StartTransaction',
      payload: '{"connectorId":1}',
      note: null,
    },
    answer: (_, transactionId) => ({ transactionId }),
    ...given,
  }
}

const eventOf = ({ chargerId, depotId, receivedAt, message, answer, ...start }: Start) => ({
  kind: 'started' as const,
  verdict: 'accepted' as const,
  ...start,
})

test('a start with others leaves the rows that it leaves alone', async () => {
  const { db, ctx } = await testDepot(12)
  const { prisma } = db
  await prisma.vehicle.update({ where: { id: 'v1' }, data: { homePortId: 'c5-1' } })
  await prisma.token.createMany({
    data: Array.from({ length: 12 }, (_, index) => ({
      id: `own${index + 1}`,
      depotId: 'd',
      idTag: `CARD${index + 1}X`,
      // 3 and 4 are of a vehicle, 5 and 6 stand for the depot
      kind: index === 4 || index === 5 ? 'central' : 'rfid',
      vehicleId: index === 2 || index === 3 ? 'v2' : null,
    })),
  })
  const startMany = makeStartMany(ctx)
  // odd ones go together, even ones one by one; each pair differs in nothing else
  const given = (n: number): Partial<Start> => ({
    idTag: ` Card${n}x`.trim(),
    at: instant(ctx.clock.now() - Math.ceil(n / 2) * (n > 8 ? 3_600_000 : 1000)),
    ...(n > 8 ? { late: true, flags: ['deliveredLate', ...(n > 10 ? ['timeWithoutZone'] : [])] } : {}),
  })
  // 7 and 8: the cable went in before
  for (const n of [7, 8])
    await commitEvents(ctx, `c${n}`, [{ kind: 'status', at: instant(ctx.clock.now() - 60_000), port: 1, status: 'plugged' }])
  await Promise.all(
    [1, 3, 5, 7, 9, 11].map(async (n) => {
      const started = await startMany(startOf(n, ctx, given(n)))
      expect(started?.commit.causes, `charger ${n}`).toEqual([`a session started at C${n}/1`])
      expect(started?.commit.fresh[0]).toMatchObject({ kind: 'started', portId: `c${n}-1`, session: started?.sessionId, depotId: 'd' })
    }),
  )
  for (const n of [2, 4, 6, 8, 10, 12]) await commitEvents(ctx, `c${n}`, [eventOf(startOf(n, ctx, given(n)))])

  const seen = async (n: number) => {
    const session = await prisma.session.findFirstOrThrow({ where: { portId: `c${n}-1` } })
    const request = await prisma.chargeRequest.findFirstOrThrow({ where: { portId: `c${n}-1` } })
    const journal = await prisma.journal.findMany({ where: { subject: `session:${session.id}` }, orderBy: { id: 'asc' } })
    const text = JSON.stringify({ session, request, journal }, (key, value) => {
      if (key === 'id' || key === 'visitId' || key === 'sessionId') return typeof value === 'bigint' ? 'id' : value === null ? null : 'id'
      if (/At$|^at$/.test(key) && value !== null) return 'a moment'
      return typeof value === 'bigint' ? Number(value) : value
    })
    // what names the charger, its pair names too
    return text
      .replaceAll(new RegExp(`(c|C|CARD|Card|card|own|1000\\+)${n}(?=[-|/"xX])`, 'g'), '$1N')
      .replaceAll(`session:${session.id}`, 'session')
      .replaceAll(String(1000 + n), 'meter')
      .replaceAll(/c\d+\|1\|\d+|cN\|1\|\d+/g, 'key')
  }
  for (const n of [1, 3, 7, 9, 11]) expect(await seen(n), `charger ${n} and ${n + 1}`).toBe(await seen(n + 1))
  // a card of the depot charges the vehicle whose home the port is
  const [home] = await prisma.session.findMany({ where: { portId: 'c5-1' } })
  expect(home?.vehicleId).toBe('v1')
  expect(await prisma.ocppMessage.count({ where: { answer: { not: { equals: null } } } })).toBe(6)
})

test('each row of a start keeps its own moments, its attempt, and its line of the raw log', async () => {
  const { db, ctx } = await testDepot(2)
  const startMany = makeStartMany(ctx)
  await db.prisma.token.createMany({ data: [1, 2].map((n) => ({ id: `mine${n}`, depotId: 'd', idTag: `MINE${n}`, kind: 'rfid' })) })
  const now = instant(ctx.clock.now())
  const [began, logged, ahead] = [instant(now - 3_600_000), instant(now + 7), instant(now + 60_000)]
  // the first comes an hour late; the second one's clock is ahead
  const late = startOf(1, ctx, { idTag: 'mine1', at: began, receivedAt: now, late: true, flags: ['deliveredLate'] })
  const early = startOf(2, ctx, { idTag: 'mine2', at: ahead, receivedAt: now, flags: ['futureTime'] })
  const done = await Promise.all([late, early].map((each) => startMany({ ...each, message: { ...each.message, at: logged } })))
  for (const [index, at] of [began, ahead].entries()) {
    const { sessionId } = done[index]!
    const moment = new Date(at)
    const received = new Date(now)
    const lastMeterAt = index === 0 ? moment : received
    const session = await db.prisma.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(session).toMatchObject({
      startedAt: moment,
      receivedAt: received,
      lastMeterAt,
      portId: `c${index + 1}-1`,
      meterStartWh: 1001n + BigInt(index),
    })
    const request = await db.prisma.chargeRequest.findUniqueOrThrow({ where: { id: `session-${sessionId}` } })
    const moments = { requestedAt: moment, pluggedAt: moment, askedAt: moment, acceptedAt: moment }
    expect(request).toMatchObject({ ...moments, sessionId, visitId: request.id, source: 'authorize', idTag: `MINE${index + 1}` })
    const lines = await db.prisma.journal.findMany({ where: { subject: `session:${sessionId}` }, orderBy: { id: 'asc' } })
    expect(lines.map(({ kind }) => kind)).toEqual(['session.started', ...(index === 0 ? [] : ['review.futureTime'])])
    expect(lines[0]).toMatchObject({ at: received, actor: `charger:c${index + 1}`, data: { sessionId, verdict: 'accepted', at } })
    const message = await db.prisma.ocppMessage.findFirstOrThrow({ where: { chargerId: `c${index + 1}` } })
    expect(message).toMatchObject({
      at: new Date(logged),
      action: 'StartTransaction',
      messageId: `m${index + 1}`,
      answer: { transactionId: sessionId },
    })
  }
})

test('what is not plain is left alone: nothing is written', async () => {
  const { db, ctx } = await testDepot(6)
  const startMany = makeStartMany(ctx)
  await db.prisma.token.create({ data: { id: 'own', depotId: 'd', idTag: 'MINE', kind: 'rfid' } })
  const first = await startMany(startOf(1, ctx, { idTag: 'MINE' }))
  expect(first?.sessionId).toBeGreaterThan(0)
  const odd = [
    startOf(1, ctx, { idTag: 'CENTRAL' }), // its port is in use
    startOf(2, ctx, { idTag: 'NOBODYS' }),
    startOf(3, ctx, { idTag: 'LOST' }),
    startOf(4, ctx, { idTag: 'OLD' }),
    startOf(5, ctx, { idTag: 'CENTRAL', port: 7 }),
  ]
  for (const start of odd) expect(await startMany(start), start.idTag).toBeUndefined()
  // said again: the session is known
  expect(
    await startMany(startOf(1, ctx, { idTag: 'MINE', startKey: first!.commit.events[0]!.kind === 'started' ? 'x' : '' })),
  ).toBeUndefined()
  expect(await db.prisma.session.count()).toBe(1)
  expect(await db.prisma.ocppMessage.count()).toBe(1)
})

test('one card at two chargers in one moment is judged one after the other', async () => {
  const { db, ctx } = await testDepot(2)
  const startMany = makeStartMany(ctx)
  await db.prisma.charger.updateMany({ data: { connectedAt: new Date() } })
  await db.prisma.port.updateMany({ data: { status: 'charging' } })
  const both = await Promise.all([startMany(startOf(1, ctx, { idTag: 'CARD1' })), startMany(startOf(2, ctx, { idTag: 'CARD1' }))])
  expect(both.filter(Boolean)).toHaveLength(1)
})

test('a card whose name holds control characters goes alone, and moves nobody else’s', async () => {
  const { db, ctx } = await testDepot(4)
  const startMany = makeStartMany(ctx)
  await db.prisma.token.createMany({
    data: [2, 3, 4].map((n) => ({ id: `own${n}`, depotId: 'd', idTag: `OWN${n}`, kind: 'rfid', status: n === 3 ? 'blocked' : 'accepted' })),
  })
  const [odd, second, third, fourth] = await Promise.all(
    ['x\u001eOWN2', 'OWN2', 'OWN3', 'OWN4'].map((idTag, index) => startMany(startOf(index + 1, ctx, { idTag }))),
  )
  expect([odd, third]).toEqual([undefined, undefined])
  const tokens = await db.prisma.session.findMany({ select: { id: true, tokenId: true, portId: true }, orderBy: { portId: 'asc' } })
  expect(tokens).toEqual([
    { id: second!.sessionId, tokenId: 'own2', portId: 'c2-1' },
    { id: fourth!.sessionId, tokenId: 'own4', portId: 'c4-1' },
  ])
})

test('what sessions name stays, or is forgotten, also while one is being written', async () => {
  const { db, ctx } = await testDepot(3)
  const { prisma } = db
  await prisma.driver.create({ data: { id: 'dr', depotId: 'd', name: 'Ada' } })
  await prisma.token.create({ data: { id: 'own', depotId: 'd', idTag: 'MINE', kind: 'rfid', driverId: 'dr', vehicleId: 'v2' } })
  const startMany = makeStartMany(ctx)
  const started = await startMany(startOf(1, ctx, { idTag: 'MINE' }))
  const session = () => prisma.session.findUniqueOrThrow({ where: { id: started!.sessionId } })
  expect(await session()).toMatchObject({ portId: 'c1-1', tokenId: 'own', driverId: 'dr', vehicleId: 'v2' })
  await expect(prisma.port.delete({ where: { id: 'c1-1' } })).rejects.toThrow(/foreign key/i)
  await prisma.port.delete({ where: { id: 'c3-1' } })
  // somebody looks the card up, writes and commits; who deletes it meanwhile waits, and finds the session
  const writer = await db.pool.connect()
  await writer.query('BEGIN; SELECT keep_what_sessions_name()')
  const deleted = prisma.token.delete({ where: { id: 'own' } }).then(() => 'deleted')
  await expect.poll(async () => (await db.pool.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rowCount).toBe(1)
  await writer.query("UPDATE session SET port_id = 'c2-1' WHERE token_id = 'own'; COMMIT")
  writer.release()
  expect(await deleted).toBe('deleted')
  await prisma.driver.delete({ where: { id: 'dr' } })
  await prisma.vehicle.delete({ where: { id: 'v2' } })
  expect(await session()).toMatchObject({ portId: 'c2-1', tokenId: null, driverId: null, vehicleId: null })
  await prisma.port.delete({ where: { id: 'c1-1' } })
})
