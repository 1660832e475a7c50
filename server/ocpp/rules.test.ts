import { describe, expect, test } from 'vitest'
import { readSite } from '../store/site.ts'
import { depotPortRows } from '../store/view.ts'
import { plugIn, type TestCharger, testDepot, until } from './test-depot.ts'

// "Rules of our own" and "What real chargers were seen to do" of docs/ocpp.md, each on a real socket and a real database.

const depot = await testDepot(24)
let endpoint = await depot.start()
const { prisma } = depot.db
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const HOUR = 3_600_000

let next = 1
async function charger(): Promise<{ id: string; port: string; at: TestCharger }> {
  const identity = `C${next++}`
  const at = await plugIn(depot, endpoint, identity)
  const id = identity.toLowerCase()
  return { id, port: `${id}-1`, at }
}
const start = async (at: TestCharger, more: Record<string, unknown> = {}) =>
  (await at.call('StartTransaction', { connectorId: 1, idTag: 'CENTRAL', meterStart: 100, timestamp: ago(55_000), ...more })) as {
    transactionId: number
    idTagInfo: { status: string }
  }
const sample = (value: unknown, more: Record<string, unknown> = {}) => ({ value, ...more })
const meter = (at: TestCharger, transactionId: number | undefined, timestamp: string, ...sampledValue: unknown[]) =>
  at.call('MeterValues', {
    connectorId: 1,
    ...(transactionId === undefined ? {} : { transactionId }),
    meterValue: [{ timestamp, sampledValue }],
  })
const session = (id: number) => prisma.session.findUniqueOrThrow({ where: { id } })
const readings = (portId: string) => prisma.meterReading.findMany({ where: { portId }, orderBy: { at: 'asc' } })
const journal = (kind: string, subject: string) => prisma.journal.findMany({ where: { kind, subject } })
const seen = (kind: string, subject: string) => until(async () => (await journal(kind, subject))[0])

describe('the same thing said twice', () => {
  test('a retried StartTransaction gets the same transactionId, also after a restart of the endpoint', async () => {
    const { at, port } = await charger()
    const same = { timestamp: ago(10_000), meterStart: 4242 }
    const first = await start(at, same)
    expect((await start(at, same)).transactionId).toBe(first.transactionId)
    await endpoint.close(1000)
    endpoint = await depot.start()
    const again = await plugIn(depot, endpoint, 'C1')
    expect((await start(again, same)).transactionId).toBe(first.transactionId)
    expect(await prisma.session.count({ where: { portId: port } })).toBe(1)
    expect(await journal('session.started', `session:${first.transactionId}`)).toHaveLength(1)
  })

  test('ten StartTransactions at once with one content are one session', async () => {
    const { at, port } = await charger()
    const same = { timestamp: ago(10_000) }
    const ids = await Promise.all(Array.from({ length: 10 }, () => start(at, same)))
    expect(new Set(ids.map(({ transactionId }) => transactionId)).size).toBe(1)
    expect(await prisma.session.count({ where: { portId: port } })).toBe(1)
  })

  test('StopTransaction again changes nothing; a different end is flagged, and the first one stays', async () => {
    const { at } = await charger()
    const { transactionId } = await start(at)
    const stop = { transactionId, meterStop: 500, timestamp: ago(1000), reason: 'Local' }
    for (let each = 0; each < 3; each++) expect(await at.call('StopTransaction', stop)).toEqual({})
    expect(await journal('session.stopped', `session:${transactionId}`)).toHaveLength(1)
    await at.call('StopTransaction', { ...stop, meterStop: 900 })
    expect(await session(transactionId)).toMatchObject({ meterStopWh: 500n, flags: ['stoppedTwice'] })
    expect(await seen('review.stoppedTwice', `session:${transactionId}`)).toBeDefined()
  })

  test('meter values add nothing twice, nor does the whole series again inside the end', async () => {
    const { at, port } = await charger()
    const { transactionId } = await start(at)
    const times = [ago(50_000), ago(40_000), ago(30_000)]
    for (const [index, time] of [...times, ...times].entries())
      await meter(at, transactionId, time, sample(String(110 + (index % 3) * 10), { unit: 'Wh' }))
    const transactionData = times.map((timestamp, index) => ({
      timestamp,
      sampledValue: [sample(String(110 + index * 10), { unit: 'Wh', context: 'Transaction.End' })],
    }))
    await at.call('StopTransaction', { transactionId, meterStop: 140, timestamp: ago(20_000), transactionData })
    expect((await readings(port)).map(({ energyWh }) => energyWh)).toEqual([110n, 120n, 130n])
    expect(await session(transactionId)).toMatchObject({ energyWh: 40n, flags: [] })
  })
})

describe('nothing is dropped', () => {
  test('an unknown tag in an offline transaction: kept, flagged, told to the charger', async () => {
    const { at } = await charger()
    const { transactionId, idTagInfo } = await start(at, { idTag: 'nobody', timestamp: ago(2 * HOUR) })
    expect(idTagInfo.status).toBe('Invalid')
    expect((await session(transactionId)).flags).toEqual(['deliveredLate', 'unknownTag'])
    expect(await seen('review.unknownTag', `session:${transactionId}`)).toBeDefined()
  })

  test('a Stop for nothing, transactionId -1, and a number that is no id of ours: answered, kept for review', async () => {
    const { at, id } = await charger()
    for (const transactionId of [-1, 0, 999_999, 2 ** 40, 1e300])
      expect(await at.call('StopTransaction', { transactionId, meterStop: 77, timestamp: ago(0) })).toEqual({})
    const lines = await journal('review.stopForUnknown', `charger:${id}`)
    expect(lines).toHaveLength(5)
    expect(lines[0]!.data).toMatchObject({ meterStopWh: 77 })
  })

  test("another charger's session is none of this one's business", async () => {
    const one = await charger()
    const other = await charger()
    const { transactionId } = await start(one.at)
    await other.at.call('StopTransaction', { transactionId, meterStop: 1, timestamp: ago(0) })
    await meter(other.at, transactionId, ago(0), sample('5'))
    expect(await session(transactionId)).toMatchObject({ stoppedAt: null, lastMeterWh: 100n })
    expect(await seen('review.meterForUnknown', `charger:${other.id}`)).toBeDefined()
    expect(await readings(other.port)).toMatchObject([{ sessionId: null, flags: ['unknownTransaction'] }])
  })

  test('a meter that runs backwards, below meterStart too, goes on with the same transaction: flagged once, energy never shrinks', async () => {
    const { at, port } = await charger()
    const { transactionId } = await start(at, { meterStart: 10_000 })
    await meter(at, transactionId, ago(50_000), sample('10500'))
    await meter(at, transactionId, ago(40_000), sample('20'))
    await meter(at, transactionId, ago(30_000), sample('220'))
    expect(await session(transactionId)).toMatchObject({ energyWh: 700n, lastMeterWh: 220n, flags: ['meterBackwards'] })
    expect(await readings(port)).toHaveLength(3)
    await at.call('StopTransaction', { transactionId, meterStop: 320, timestamp: ago(20_000) })
    expect(await journal('review.meterBackwards', `session:${transactionId}`)).toHaveLength(1)
    expect((await session(transactionId)).meterStopWh).toBe(320n)
  })

  test('dates in the future, absurd and unreadable ones are stored and flagged, and do not block what follows', async () => {
    const { at, port, id } = await charger()
    const { transactionId } = await start(at)
    for (const [index, timestamp] of [
      '2099-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
      'yesterday',
      '0001-01-01T00:00:00Z',
      '+275000-01-01T00:00:00Z',
    ].entries())
      expect(
        await meter(at, transactionId, timestamp, sample(String(200 + index)), sample('5000', { measurand: 'Power.Active.Import' })),
      ).toEqual({})
    await meter(at, transactionId, ago(0), sample('6000', { measurand: 'Power.Active.Import' }))
    const flags = (await readings(port)).flatMap((reading) => reading.flags)
    expect(flags).toEqual(expect.arrayContaining(['futureTime', 'absurdTime', 'unreadableTime']))
    expect(await readings(port)).toHaveLength(6)
    expect(await prisma.port.findUnique({ where: { id: port } })).toMatchObject({ powerW: 6000 })
    expect(await seen('review.futureTime', `charger:${id}`)).toBeDefined()
    const far = { timestamp: '2099-05-05T00:00:00Z', connectorId: 2 }
    const { transactionId: begun } = await start(at, far)
    const stored = await session(begun)
    expect(stored.flags).toEqual(['futureTime'])
    expect(stored.startedAt, 'the time of arrival').toEqual(stored.receivedAt)
    expect((await start(at, far)).transactionId, 'said again').toBe(begun)
    await at.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp: '2099-01-01T00:00:00Z' })
    await at.call('StatusNotification', {
      connectorId: 1,
      errorCode: 'NoError',
      status: 'SuspendedEV',
      timestamp: new Date().toISOString(),
    })
    expect(await prisma.port.findUnique({ where: { id: port } })).toMatchObject({ status: 'pausedByVehicle' })
  })

  test('a session of a clock that is ahead does not hide the one after it, and has not ended before it began', async () => {
    const { at, port } = await charger()
    const ahead = await start(at, { timestamp: ago(-HOUR) })
    const little = await start(at, { timestamp: ago(-100_000) })
    const right = await start(at, { timestamp: ago(0) })
    for (const { transactionId } of [ahead, little]) {
      const { stopReason, startedAt, stoppedAt } = await session(transactionId)
      expect([stopReason, stoppedAt! >= startedAt]).toEqual(['Superseded', true])
    }
    const shown = (await depotPortRows(depot.db, 'd', depot.ctx.clock.now())).find(({ id }) => id === port)
    expect(shown?.sessionId).toBe(right.transactionId)
    expect((await readSite(prisma, 'd'))?.sessions.find(({ portId }) => portId === port)?.id).toBe(right.transactionId)
  })

  test('huge and broken numbers are kept in bounds', async () => {
    const { at, port } = await charger()
    const { transactionId } = await start(at, { meterStart: 1e200 })
    expect((await session(transactionId)).flags).toContain('absurdMeter')
    expect(
      await meter(at, transactionId, ago(0), sample('1e99'), sample('NaN', { measurand: 'Voltage' }), sample('-3', { measurand: 'SoC' })),
    ).toEqual({})
    expect(await meter(at, transactionId, ago(0), sample('9e11', { measurand: 'Power.Active.Import' }))).toEqual({})
    expect((await readings(port)).map(({ energyWh, powerW, flags }) => [energyWh, powerW, flags])).toEqual([
      [null, null, ['unreadableValue']],
      [null, null, ['unreadableValue']],
    ])
    expect(await prisma.port.findUnique({ where: { id: port } })).toMatchObject({ powerW: null })
    expect(await at.call('StopTransaction', { transactionId, meterStop: -1e300, timestamp: ago(0) })).toEqual({})
  })

  test('a connector that is not registered: its session is kept and flagged', async () => {
    const { at, id } = await charger()
    await prisma.port.update({ where: { id: `${id}-1` }, data: { inoperativeAt: new Date() } })
    const first = await start(at)
    expect(await prisma.port.findUnique({ where: { id: `${id}-1` } })).toMatchObject({ inoperativeAt: null })
    const { transactionId } = await start(at, { connectorId: 9, meterStart: 5 })
    expect(await session(transactionId)).toMatchObject({ portId: `${id}-1`, flags: ['unknownPort'] })
    // nor does it end the session that is really there, whose limits go on counting, or stand before it
    expect((await session(first.transactionId)).stoppedAt).toBeNull()
    const shown = async () => (await depotPortRows(depot.db, 'd', depot.ctx.clock.now())).find((row) => row.id === `${id}-1`)?.sessionId
    expect(await shown()).toBe(first.transactionId)
    expect((await readSite(prisma, 'd'))?.sessions.find(({ portId }) => portId === `${id}-1`)?.id).toBe(first.transactionId)
    // the next one at a strange connector ends it
    const next = await start(at, { connectorId: 0, meterStart: 6 })
    expect(await session(transactionId)).toMatchObject({ stopReason: 'Superseded' })
    expect((await session(next.transactionId)).stoppedAt).toBeNull()
    expect(await shown()).toBe(first.transactionId)
    await at.call('StatusNotification', { connectorId: 77, errorCode: 'NoError', status: 'Available' })
    expect(await seen('review.unknownPort', `charger:${id}`)).toBeDefined()
  })

  test('a new session on a port closes the one that its charger forgot, which a late end then corrects', async () => {
    const { at } = await charger()
    const old = await start(at, { timestamp: ago(HOUR / 2) })
    await meter(at, old.transactionId, ago(HOUR / 4), sample('700'))
    const young = await start(at, { timestamp: ago(1000), meterStart: 700 })
    expect(await session(old.transactionId)).toMatchObject({
      stopReason: 'Superseded',
      meterStopWh: 700n,
      flags: expect.arrayContaining(['superseded']),
    })
    expect(young.transactionId).not.toBe(old.transactionId)
    await at.call('StopTransaction', { transactionId: old.transactionId, meterStop: 690, timestamp: ago(HOUR / 5), reason: 'PowerLoss' })
    expect(await session(old.transactionId)).toMatchObject({ stopReason: 'PowerLoss', meterStopWh: 690n })
    expect((await session(young.transactionId)).stoppedAt).toBeNull()
  })
})

test('a price that cannot be worked out does not lose the end of a session', async () => {
  const { at } = await charger()
  const { transactionId } = await start(at)
  await depot.db.pool.query(`
    CREATE FUNCTION no_price() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no price today'; END $$;
    CREATE TRIGGER no_price BEFORE UPDATE OF cost_minor ON session FOR EACH ROW EXECUTE FUNCTION no_price()`)
  expect(await at.call('StopTransaction', { transactionId, meterStop: 900, timestamp: ago(0) })).toEqual({})
  await depot.db.pool.query('DROP TRIGGER no_price ON session')
  expect(await session(transactionId)).toMatchObject({ meterStopWh: 900n, energyWh: 800n })
  expect(await seen('review.priceFailed', `session:${transactionId}`)).toBeDefined()
})

describe('offline and late', () => {
  test('no boot, then a whole session of old messages in a burst: in order, at the time of the device, marked', async () => {
    const { at, port } = await charger()
    const begin = 2 * HOUR
    const started = await start(at, { timestamp: ago(begin) })
    const burst: Promise<unknown>[] = []
    for (let each = 1; each <= 15; each++)
      burst.push(
        meter(
          at,
          started.transactionId,
          ago(begin - each * 60_000),
          sample(String(100 + each * 100)),
          sample('6000', { measurand: 'Power.Active.Import' }),
        ),
      )
    burst.push(
      at.call('StopTransaction', {
        transactionId: started.transactionId,
        meterStop: 1700,
        timestamp: ago(begin - 16 * 60_000),
        reason: 'EVDisconnected',
      }),
    )
    await Promise.all(burst)
    const stored = await session(started.transactionId)
    expect(stored).toMatchObject({ energyWh: 1600n, meterStopWh: 1700n, flags: ['deliveredLate'] })
    expect(Date.now() - stored.startedAt.getTime()).toBeGreaterThan(begin - 5000)
    expect(await readings(port)).toHaveLength(15)
    // what it drew two hours ago is not what it draws now
    expect((await prisma.port.findUniqueOrThrow({ where: { id: port } })).powerW).toBeNull()
  })

  test('readings out of order are kept and take nothing back', async () => {
    const { at, port } = await charger()
    const { transactionId } = await start(at)
    await meter(at, transactionId, ago(20_000), sample('300'))
    await meter(at, transactionId, ago(40_000), sample('200'))
    expect(await session(transactionId)).toMatchObject({ lastMeterWh: 300n, energyWh: 200n, flags: [] })
    expect(await readings(port)).toHaveLength(2)
  })

  test('an old status in the queue does not undo a newer one', async () => {
    const { at, port } = await charger()
    const say = (status: string, timestamp: string) =>
      at.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp })
    await say('Charging', ago(1000))
    await say('Available', ago(HOUR))
    expect(await prisma.port.findUnique({ where: { id: port } })).toMatchObject({ status: 'charging' })
  })

  test('a clock that is ten minutes fast is measured on live messages, then corrected and marked', async () => {
    const quick = await depot.start({ liveAfterMs: 0 })
    const identity = `C${next++}`
    const at = await plugIn(depot, quick, identity)
    const fast = () => new Date(Date.now() + 600_000).toISOString()
    for (let each = 0; each < 3; each++) await meter(at, undefined, fast(), sample(String(each)))
    await until(async () => (await prisma.charger.findUniqueOrThrow({ where: { id: identity.toLowerCase() } })).clockOffsetMs > 500_000)
    const { transactionId } = await start(at, { timestamp: fast() })
    const stored = await session(transactionId)
    expect(stored.flags).toEqual(['clockCorrected'])
    expect(Math.abs(stored.startedAt.getTime() - Date.now())).toBeLessThan(10_000)
    await quick.close(500)
  })
})

describe('dialects are understood, straightened and counted', () => {
  test('no unit, kWh as text, float noise, %, no zone, a number for text, phases only, empty samples', async () => {
    const { at, port, id } = await charger()
    const now = Date.now()
    const time = (back: number) => new Date(now - back)
    const naive = time(5000).toISOString().slice(0, 19)
    await meter(at, undefined, time(9000).toISOString(), sample('30600.000000381469727'))
    await meter(at, undefined, time(8000).toISOString(), sample('30.7', { unit: 'kWh' }), sample('55', { measurand: 'SoC', unit: '%' }))
    await meter(
      at,
      undefined,
      time(7000).toISOString().replace(/\.\d+/, ''),
      ...['L1', 'L2', 'L3'].map((phase) => sample('1000', { measurand: 'Power.Active.Import', phase, unit: 'W' })),
    )
    await meter(at, undefined, naive, sample(30_800, { context: null, unit: 'wh' }))
    await meter(at, undefined, time(1000).toISOString())
    const rows = await readings(port)
    expect(rows.map(({ energyWh, powerW, socPct }) => [energyWh, powerW, socPct])).toEqual([
      [30_600n, null, null],
      [30_700n, null, 55],
      [null, 3000, null],
      [30_800n, null, null],
    ])
    expect(rows[3]!.flags).toEqual(['timeWithoutZone'])
    const notes = await until(async () => {
      const all = await prisma.ocppMessage.findMany({ where: { chargerId: id, note: { not: null } } })
      return all.length >= 3 ? all.map(({ note }) => note) : undefined
    })
    expect(notes).toEqual(expect.arrayContaining(['percentSign', 'noSampledValue']))
  })
})

describe('who may charge', () => {
  test('blocked, expired, unknown; without case', async () => {
    const { at } = await charger()
    const ask = async (idTag: string) => ((await at.call('Authorize', { idTag })) as { idTagInfo: { status: string } }).idTagInfo.status
    expect(await Promise.all(['lost', 'Old', 'who', 'cArD1', 'central'].map(ask))).toEqual([
      'Blocked',
      'Expired',
      'Invalid',
      'Accepted',
      'Accepted',
    ])
  })

  test('one card, one vehicle at a time; the depot itself may start many', async () => {
    const one = await charger()
    const two = await charger()
    await one.at.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' })
    const now = { timestamp: ago(0), idTag: 'card1' }
    expect((await start(one.at, now)).idTagInfo.status).toBe('Accepted')
    const refused = await start(two.at, now)
    expect(refused.idTagInfo.status).toBe('ConcurrentTx')
    expect((await session(refused.transactionId)).flags).toEqual(['busyTag'])
    expect((await start(two.at, { timestamp: ago(0), connectorId: 2 })).idTagInfo.status).toBe('Accepted')
  })

  test("a session started by the depot belongs to the port's own vehicle, one by a card to the card's", async () => {
    const c1 = await plugIn(depot, endpoint, 'C1')
    const { transactionId } = await start(c1, { connectorId: 1, timestamp: ago(3000) })
    expect(await session(transactionId)).toMatchObject({ vehicleId: 'v1' })
  })
})

test('every message of a charger has an answer', async () => {
  const { at } = await charger()
  const now = new Date().toISOString()
  expect(await at.call('DataTransfer', { vendorId: 'acme' })).toEqual({ status: 'UnknownVendorId' })
  expect(await at.call('DiagnosticsStatusNotification', { status: 'Idle' })).toEqual({})
  expect(await at.call('FirmwareStatusNotification', { status: 'Installed' })).toEqual({})
  expect(await at.call('LogStatusNotification', { status: 'Idle', requestId: 1 })).toEqual({})
  expect(await at.call('SecurityEventNotification', { type: 'StartupOfTheDevice', timestamp: now })).toEqual({})
  expect(await at.call('SignCertificate', { csr: 'x' })).toEqual({ status: 'Rejected' })
  expect(await at.call('SignedFirmwareStatusNotification', { status: 'Idle', requestId: 1 })).toEqual({})
})

test('a database that goes away: no answer and no socket, so that the charger keeps its message; it succeeds when it is back', async () => {
  const endpoint = await depot.start()
  const charger = await plugIn(depot, endpoint, 'C24')
  await charger.call('Heartbeat', {})
  await until(() => endpoint.links.online('c24'))
  const { pool } = depot.db
  const query = pool.query
  // from here on this process's pool is as a server that was killed
  const away = () => Promise.reject(Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }))
  Object.assign(pool, { query: away })
  const closed = new Promise((done) => charger.once('close', done))
  const reading = { timestamp: new Date().toISOString(), sampledValue: [{ value: '1' }] }
  await expect(charger.call('MeterValues', { connectorId: 1, meterValue: [reading] })).rejects.toThrow()
  await closed
  Object.assign(pool, { query })
  expect(await (await plugIn(depot, endpoint, 'C24')).call('Heartbeat', {})).toHaveProperty('currentTime')
})
