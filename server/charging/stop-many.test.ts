import { expect, test } from 'vitest'
import type { Reading } from '#lib/charging/event.ts'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { wattHours, watts } from '#lib/units/units.ts'
import { type TestDepot, testDepot } from '../ocpp/test-depot.ts'
import { commitEvents } from './record.ts'
import { makeStopMany, type Stop } from './stop-many.ts'

const TAG = (n: number) => `CARD${Math.ceil(n / 2)}X`

/** Charger `n` has charged at port 1 for a while; two chargers that make a pair differ in nothing but their names and cards. */
async function begin({ ctx, db }: TestDepot, n: number, startedAt: Instant): Promise<number> {
  await commitEvents(ctx, `c${n}`, [{ kind: 'status', at: plus(startedAt, -minutes(1)), port: 1, status: 'plugged' }])
  const [event] = (
    await commitEvents(ctx, `c${n}`, [
      {
        kind: 'started',
        at: startedAt,
        port: 1,
        idTag: TAG(n),
        verdict: 'accepted',
        meterStartWh: wattHours(1000),
        late: false,
        flags: [],
      },
    ])
  ).events
  await db.prisma.port.update({ where: { id: `c${n}-1` }, data: { powerW: 7000, powerAt: new Date(startedAt) } })
  return event!.session!
}

const reading = (at: Instant, energyWh: number): Reading => ({
  ...{ at, energyWh: wattHours(energyWh), powerW: watts(7000), currentMa: [], voltageMv: [], context: 'periodic', flags: [] },
})

/** As the endpoint hands it over. */
function stopOf(n: number, sessionId: number, at: Instant, given: Partial<Stop> = {}): Stop {
  return {
    ...{ chargerId: `c${n}`, depotId: 'd', sessionId, at, receivedAt: plus(at, 300), meterStopWh: wattHours(9_500), reason: 'Local' },
    ...{ late: false, flags: [], readings: [] },
    message: {
      ...{ at, charger_id: `c${n}`, direction: 'in', type: 'call', message_id: `m${n}`, action: 'StopTransaction' },
      ...{ payload: JSON.stringify({ transactionId: sessionId }), note: null },
    },
    answer: (authorisation) => ({ verdict: authorisation?.verdict ?? null }),
    ...given,
  }
}

const alone = ({ ctx }: TestDepot, { chargerId, receivedAt, message, answer, readings, depotId, ...stop }: Stop) =>
  commitEvents(ctx, chargerId, [
    ...(readings.length > 0 ? [{ kind: 'metered' as const, port: 1, sessionId: stop.sessionId, readings, late: true }] : []),
    { kind: 'stopped', port: 1, ...stop },
  ])

/** All rows that the end of charger `n`'s session left, without what names it. */
async function booksOf({ db: { prisma } }: TestDepot, n: number, id: number): Promise<object> {
  const session = await prisma.session.findUniqueOrThrow({ where: { id } })
  const books = {
    session,
    request: await prisma.chargeRequest.findMany({ where: { sessionId: id } }),
    journal: await prisma.journal.findMany({ where: { subject: `session:${id}` }, orderBy: { id: 'asc' } }),
    readings: await prisma.meterReading.findMany({ where: { sessionId: id }, orderBy: { at: 'asc' } }),
    port: await prisma.port.findUniqueOrThrow({ where: { id: `c${n}-1` } }),
  }
  const told = ['realAt', 'receivedAt', 'powerAt']
  const text = JSON.stringify(books, (key, value) => {
    if (value === null) return null
    if (key === 'id' || key === 'visitId' || key === 'sessionId') return 'id'
    // when we heard of it differs; what the device said does not
    if (told.includes(key)) return 'a moment'
    return typeof value === 'bigint' ? Number(value) : value
  })
  const named = text
    .replaceAll(`session:${id}`, 'session')
    .replaceAll(`c${n}-1`, 'port')
    .replaceAll(new RegExp(`(charger:c|"c|"C|@c)${n}(?=[-|/"])`, 'g'), '$1N')
  const { journal, ...rest } = JSON.parse(named)
  return { ...rest, journal: journal.map(({ at: _, ...line }: { at: string }) => line) }
}

/** A cheap night and a dear day, from well before any of these sessions. */
const tariff = ({ db }: TestDepot) =>
  db.prisma.tariff.create({
    data: {
      ...{ id: 'tariff', depotId: 'd', name: 'Day and night', currency: 'USD', source: 'test', validFrom: new Date('2020-01-01') },
      windows: {
        create: [
          { name: 'night', startMinute: 0, endMinute: 480, price: 100_000 },
          { name: 'day', startMinute: 480, endMinute: 1440, price: 300_000 },
        ].map(({ price, ...window }, index) => ({
          ...{ id: `w${index}`, seasonFrom: '01-01', seasonUntil: '12-31', weekdays: [1, 2, 3, 4, 5, 6, 7] },
          ...{ ...window, priceMicroPerKwh: BigInt(price), demandMicroPerKw: 0n },
        })),
      },
    },
  })

const CASES: { what: string; given: (startedAt: Instant, at: Instant) => Partial<Stop> }[] = [
  { what: 'plain', given: () => ({}) },
  { what: 'by its card', given: () => ({ idTag: ' card2x' }) },
  { what: "by somebody else's card", given: () => ({ idTag: 'CARD9', reason: 'EVDisconnected' }) },
  { what: 'by a card of its group', given: () => ({ idTag: 'GROUP2' }) },
  { what: 'by the depot', given: () => ({ idTag: 'CENTRAL', reason: 'Remote' }) },
  {
    what: 'with the readings of the whole session',
    given: (from) => ({ readings: [10, 60, 110].map((minute) => reading(plus(from, minutes(minute)), 1000 + minute * 70)) }),
  },
  {
    what: 'with readings over its last register',
    given: (from) => ({ readings: [reading(plus(from, minutes(20)), 3000), reading(plus(from, minutes(30)), 20_000)] }),
  },
  { what: 'late', given: () => ({ late: true, flags: ['deliveredLate'], reason: 'PowerLoss' }) },
  { what: 'with a meter that ran backwards', given: () => ({ meterStopWh: wattHours(10) }) },
  { what: 'before its start', given: (from) => ({ at: plus(from, -minutes(3)), meterStopWh: wattHours(1000), reason: 'Other' }) },
  {
    what: 'after a moment, by itself',
    given: (from) => ({ at: plus(from, 20_000), meterStopWh: wattHours(1000), reason: 'EmergencyStop' }),
  },
]

test.each([true, false])('an end with others leaves the rows that it leaves alone (with a tariff: %s)', async (priced) => {
  const depot = await testDepot(CASES.length * 2)
  const { ctx, db } = depot
  if (priced) await tariff(depot)
  await db.prisma.token.createMany({
    data: [...CASES.keys()].map((index) => ({
      ...{ id: `own${index}`, depotId: 'd', idTag: `CARD${index + 1}X`, kind: 'rfid', parentIdTag: `G${index + 1}` },
    })),
  })
  await db.prisma.token.create({ data: { id: 'group', depotId: 'd', idTag: 'GROUP2', kind: 'rfid', parentIdTag: 'G4' } })
  // a session over the border of the tariff's windows
  const at = instant(ctx.clock.now())
  const startedAt = plus(at, -minutes(120))
  const sessions: number[] = []
  for (let n = 1; n <= CASES.length * 2; n++) sessions.push(await begin(depot, n, startedAt))
  const stops = sessions.map((id, index) => stopOf(index + 1, id, at, CASES[index >> 1]!.given(startedAt, at)))

  const stopMany = makeStopMany(ctx)
  await Promise.all(
    stops.map(async (stop, index) => {
      if (index % 2 === 1) return
      const stopped = await stopMany(stop)
      expect(stopped?.commit.causes, CASES[index >> 1]!.what).toEqual(['a session ended'])
      expect(stopped?.commit.fresh.map(({ kind }) => kind)).toEqual(stop.readings.length > 0 ? ['metered', 'stopped'] : ['stopped'])
      expect(stopped?.commit.fresh.at(-1)).toMatchObject({ portId: `c${index + 1}-1`, session: stop.sessionId, depotId: 'd', port: 1 })
    }),
  )
  const aloneTold = new Map<number, unknown>()
  for (const [index, stop] of stops.entries()) if (index % 2 === 1) aloneTold.set(index, (await alone(depot, stop)).fresh)

  for (const [index, { what }] of CASES.entries()) {
    const [together, one] = [2 * index, 2 * index + 1]
    const books = await booksOf(depot, together + 1, sessions[together]!)
    expect(books, what).toEqual(await booksOf(depot, one + 1, sessions[one]!))
  }
  const flags = await Promise.all(
    CASES.map(async (_, index) => (await db.prisma.session.findUniqueOrThrow({ where: { id: sessions[2 * index]! } })).flags),
  )
  expect(flags).toEqual([
    [],
    [],
    ['stoppedByOther'],
    [],
    [],
    [],
    ['meterBackwards'],
    ['deliveredLate'],
    ['meterBackwards'],
    ['stopBeforeStart'],
    [],
  ])
  // and they are worth something
  const plain = await db.prisma.session.findUniqueOrThrow({ where: { id: sessions[0]! } })
  expect(plain).toMatchObject({ meterStopWh: 9_500n, energyWh: 8_500n, stopReason: 'Local', tariffId: priced ? 'tariff' : null })
  if (priced) expect(Number(plain.costMinor)).toBeGreaterThan(80)
  else expect(plain).toMatchObject({ costMinor: 0n, costEstimated: true })
  expect(await db.prisma.ocppMessage.count({ where: { answer: { not: { equals: null } } } })).toBe(CASES.length)
  expect(await db.prisma.port.findUniqueOrThrow({ where: { id: 'c1-1' } })).toMatchObject({ powerW: 0 })
  expect(aloneTold.size).toBe(CASES.length)
})

test('the card that ends it is judged for the answer', async () => {
  const depot = await testDepot(4)
  const stopMany = makeStopMany(depot.ctx)
  const at = instant(depot.ctx.clock.now())
  for (const [index, [idTag, verdict]] of [
    ['CENTRAL', 'accepted'],
    ['LOST', 'blocked'],
    ['nobodys', 'invalid'],
    [undefined, null],
  ].entries()) {
    const n = index + 1
    const id = await begin(depot, n, plus(at, -minutes(5)))
    expect((await stopMany(stopOf(n, id, at, idTag ? { idTag } : {})))?.answer).toEqual({ verdict })
  }
})

test('what is not plain is left alone: nothing is written', async () => {
  const depot = await testDepot(3)
  const { ctx, db } = depot
  const stopMany = makeStopMany(ctx)
  const at = instant(ctx.clock.now())
  const id = await begin(depot, 1, plus(at, -minutes(5)))
  expect(await stopMany(stopOf(1, 4711, at)), 'nobody knows it').toBeUndefined()
  expect(await stopMany(stopOf(2, id, at)), "another charger's").toBeUndefined()
  expect(await db.prisma.ocppMessage.count()).toBe(0)
  expect(await stopMany(stopOf(1, id, at))).toBeDefined()
  const before = await booksOf(depot, 1, id)
  expect(await stopMany(stopOf(1, id, at)), 'said again').toBeUndefined()
  expect(await stopMany(stopOf(1, id, at, { meterStopWh: wattHours(7) })), 'said differently').toBeUndefined()
  expect(await booksOf(depot, 1, id)).toEqual(before)
})

test('one that the database refuses does not hurt the others', async () => {
  const depot = await testDepot(20)
  const { ctx, db } = depot
  const stopMany = makeStopMany(ctx)
  const at = instant(ctx.clock.now())
  const sessions: number[] = []
  for (let n = 1; n <= 20; n++) sessions.push(await begin(depot, n, plus(at, -minutes(30))))
  await db.pool.query(`
    CREATE FUNCTION not_this_one() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.id = ${sessions[6]} THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER not_this_one BEFORE UPDATE ON session FOR EACH ROW EXECUTE FUNCTION not_this_one()`)
  const stopped = await Promise.all(sessions.map((id, index) => stopMany(stopOf(index + 1, id, at))))
  expect(stopped[6]).toBeUndefined()
  // those that were tried again with it go alone too, and no other
  expect(stopped.filter((each) => each === undefined).length).toBeLessThanOrEqual(3)
  const open = await db.prisma.session.findMany({ where: { stoppedAt: null }, select: { id: true } })
  expect(open.map(({ id }) => id).sort()).toEqual(sessions.filter((_, index) => stopped[index] === undefined).sort())
})

test('a charger that another transaction holds is not waited for', async () => {
  const depot = await testDepot(2)
  const { ctx, db } = depot
  const stopMany = makeStopMany(ctx)
  const at = instant(ctx.clock.now())
  const [first, second] = [await begin(depot, 1, plus(at, -minutes(5))), await begin(depot, 2, plus(at, -minutes(5)))]
  const holder = await db.pool.connect()
  await holder.query("BEGIN; SELECT FROM charger WHERE id = 'c1' FOR UPDATE")
  const [held, free] = await Promise.all([stopMany(stopOf(1, first, at)), stopMany(stopOf(2, second, at))])
  await holder.query('ROLLBACK')
  holder.release()
  expect([held, free?.answer]).toEqual([undefined, { verdict: null }])
})
