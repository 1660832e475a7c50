import { describe, expect, test } from 'vitest'
import { until } from '../test-depot.ts'
import { ago, energy, HOUR, refusal, start, world } from './test-world.ts'

// OCPP 1.6 edition 2, chapter 4: what a charge point says. Each test shows the answer, what became of it in the depot, and what happens
// when it is refused, late or repeated.

const w = await world(30)
const { prisma } = w
await prisma.tariff.create({
  data: {
    id: 't',
    depotId: 'd',
    name: 'Flat',
    currency: 'USD',
    source: 'test',
    validFrom: new Date(0),
    windows: {
      create: [
        {
          id: 'w',
          name: 'always',
          seasonFrom: '01-01',
          seasonUntil: '12-31',
          weekdays: [1, 2, 3, 4, 5, 6, 7],
          startMinute: 0,
          endMinute: 1440,
          priceMicroPerKwh: 200_000n,
        },
      ],
    },
  },
})

describe('§4 operations initiated by the charge point', () => {
  test('§4.1 Authorize: who may charge is told with parent and expiry, and each question is written down', async () => {
    const at = await w.charger()
    const expiresAt = new Date(Date.now() + HOUR)
    await prisma.token.create({ data: { id: 'child', depotId: 'd', idTag: 'CHILD', kind: 'rfid', parentIdTag: 'FAMILY', expiresAt } })
    expect(await at.say('Authorize', { idTag: 'child' })).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY', expiryDate: expiresAt.toISOString() },
    })
    expect(await w.line('token.accepted', `charger:${at.id}`)).toMatchObject({ idTag: 'child', verdict: 'accepted' })
    // a person who asked is a charge request, whose waiting is measured
    expect(await until(() => prisma.chargeRequest.findFirst({ where: { idTag: 'CHILD' } }))).toMatchObject({ source: 'authorize' })

    const status = async (idTag: string) => ((await at.say('Authorize', { idTag })).idTagInfo as { status: string }).status
    expect([await status('LOST'), await status('OLD'), await status('NOBODY')]).toEqual(['Blocked', 'Expired', 'Invalid'])
    const refused = await until(async () => {
      const lines = await w.journal('token.refused', `charger:${at.id}`)
      return lines.length === 3 ? lines : undefined
    })
    expect(refused.map(({ data }) => (data as { verdict: string }).verdict)).toEqual(['blocked', 'expired', 'invalid'])
    // what a card may is asked anew each time
    await prisma.token.update({ where: { id: 'child' }, data: { status: 'blocked' } })
    expect(await status('CHILD')).toBe('Blocked')
    expect(await refusal(at.say('Authorize', {}))).toBe('OccurenceConstraintViolation')
  })

  test('§4.2 BootNotification: what the charger is gets known, it is set up, and a boot again brings its new firmware', async () => {
    const at = await w.charger({
      GetConfiguration: () => ({
        configurationKey: [
          { key: 'MeterValueSampleInterval', readonly: false, value: '900' },
          { key: 'NumberOfConnectors', readonly: true, value: '2' },
        ],
      }),
    })
    const boot = { chargePointVendor: 'Acme', chargePointModel: 'One', chargePointSerialNumber: 'S-1', firmwareVersion: '1.0' }
    const answer = await at.say('BootNotification', boot)
    expect(answer).toMatchObject({ status: 'Accepted', interval: expect.any(Number) })
    expect(Math.abs(Date.parse(String(answer.currentTime)) - Date.now())).toBeLessThan(5000)
    expect(await w.row(at.id)).toMatchObject({ vendor: 'Acme', model: 'One', serial: 'S-1', firmware: '1.0', bootedAt: expect.any(Date) })
    expect(await w.line('charger.booted', `charger:${at.id}`)).toMatchObject({ vendor: 'Acme', firmware: '1.0' })
    // commissioning follows the answer
    await at.hears('GetConfiguration')
    const changed = await until(() =>
      at.asked.find(({ method, params }) => method === 'ChangeConfiguration' && params.key === 'MeterValueSampleInterval'),
    )
    expect(Number(changed.params.value)).toBeLessThanOrEqual(20)
    await until(async () => (await w.row(at.id)).commissionedAt)
    expect(await w.page(at.id)).toMatchObject({ vendor: 'Acme', model: 'One', firmware: '1.0', online: true, commissioned: true })

    expect(await at.say('BootNotification', { ...boot, firmwareVersion: '1.1' })).toMatchObject({ status: 'Accepted' })
    expect((await w.row(at.id)).firmware).toBe('1.1')
    expect(await refusal(at.say('BootNotification', { chargePointVendor: 'Acme' }))).toBe('OccurenceConstraintViolation')
    expect((await w.row(at.id)).model).toBe('One')
  })

  test('§4.3 DataTransfer: a private language that we do not speak is refused by its word, kept in the raw log, and changes nothing', async () => {
    const at = await w.charger()
    expect(await at.say('DataTransfer', { vendorId: 'com.acme', messageId: 'secret', data: 'x'.repeat(20_000) })).toEqual({
      status: 'UnknownVendorId',
    })
    const kept = await until(() => prisma.ocppMessage.findFirst({ where: { chargerId: at.id, action: 'DataTransfer', direction: 'in' } }))
    expect(kept).toMatchObject({ type: 'call', payload: { vendorId: 'com.acme', messageId: 'secret' } })
    expect(
      await until(() => prisma.ocppMessage.findFirst({ where: { chargerId: at.id, direction: 'out', type: 'result' } })),
    ).toMatchObject({
      payload: { status: 'UnknownVendorId' },
    })
    expect(await refusal(at.say('DataTransfer', { data: 'for nobody' }))).toBe('OccurenceConstraintViolation')
    expect(await w.line('review.badPayload', `charger:${at.id}`)).toMatchObject({ action: 'DataTransfer' })
  })

  test('§4.6 Heartbeat: the time is told, and that the charger was heard is known', async () => {
    const at = await w.charger()
    await prisma.charger.update({ where: { id: at.id }, data: { seenAt: new Date('2026-01-01T00:00:00Z') } })
    const { currentTime } = await at.say('Heartbeat')
    expect(String(currentTime)).toMatch(/Z$/)
    expect(Math.abs(Date.parse(String(currentTime)) - Date.now())).toBeLessThan(5000)
    await until(async () => Date.now() - (await w.row(at.id)).seenAt!.getTime() < 60_000)
    const again = await at.say('Heartbeat')
    expect(Date.parse(String(again.currentTime))).toBeGreaterThanOrEqual(Date.parse(String(currentTime)))
    // a Heartbeat from another's mouth changes nothing of this charger
    const from = Date.now()
    await (await w.charger()).say('Heartbeat')
    expect((await w.row(at.id)).seenAt!.getTime()).toBeLessThanOrEqual(from)
  })

  test('§4.7 MeterValues: readings go to their port and session, once; live ones are seen, late ones are not taken for now', async () => {
    const at = await w.charger()
    const { transactionId } = await start(at)
    const timestamp = ago(5000)
    const said = [
      { value: '7200', unit: 'W', measurand: 'Power.Active.Import' },
      { value: '55', unit: 'Percent', measurand: 'SoC' },
    ]
    for (let times = 0; times < 2; times++) expect(await energy(at, transactionId, 1500, timestamp, said)).toEqual({})
    const [reading, ...more] = await w.readings(at.port)
    expect(reading).toMatchObject({ sessionId: transactionId, energyWh: 1500n, powerW: 7200, socPct: 55 })
    expect(more).toEqual([])
    expect(await w.session(transactionId)).toMatchObject({ energyWh: 500n, lastMeterWh: 1500n })
    expect((await w.page(at.id)).ports[0]).toMatchObject({ powerW: 7200 })

    await energy(at, transactionId, 1200, ago(2 * HOUR), [{ value: '3000', unit: 'W', measurand: 'Power.Active.Import' }])
    expect(await w.readings(at.port)).toHaveLength(2)
    expect((await w.portRow(at.port)).powerW).toBe(7200)
    expect((await w.session(transactionId)).energyWh).toBe(500n)

    await energy(at, 987_654, 1, ago(0))
    expect(await w.line('review.meterForUnknown', `charger:${at.id}`)).toMatchObject({ transactionId: 987_654 })
    expect(await refusal(at.say('MeterValues', { connectorId: 1 }))).toBe('OccurenceConstraintViolation')
  })

  test('§4.8 StartTransaction: a session begins for the card and its van, once however often it is said, and a refused card is told', async () => {
    const at = await w.charger()
    await prisma.vehicle.update({ where: { id: 'v2' }, data: { homePortId: null } })
    const timestamp = ago(50_000)
    const first = await start(at, { idTag: 'card1', timestamp, meterStart: 4000 })
    expect(first).toEqual({ transactionId: expect.any(Number), idTagInfo: { status: 'Accepted' } })
    expect(await w.session(first.transactionId)).toMatchObject({
      portId: at.port,
      idTag: 'CARD1',
      tokenId: 't1',
      vehicleId: 'v2',
      meterStartWh: 4000n,
      startedAt: new Date(timestamp),
      stoppedAt: null,
    })
    expect(await w.line('session.started', `session:${first.transactionId}`)).toMatchObject({ portId: at.port, idTag: 'CARD1' })
    // again, and again after a restart of the gateway
    expect((await start(at, { idTag: 'card1', timestamp, meterStart: 4000 })).transactionId).toBe(first.transactionId)
    await w.restart()
    const back = await w.connect(at.identity)
    expect((await start(back, { idTag: 'card1', timestamp, meterStart: 4000 })).transactionId).toBe(first.transactionId)
    expect(await prisma.session.count({ where: { portId: at.port } })).toBe(1)

    const lost = await start(back, { connectorId: 2, idTag: 'LOST' })
    expect(lost.idTagInfo.status).toBe('Blocked')
    expect(await w.session(lost.transactionId)).toMatchObject({ flags: ['blockedTag'], portId: `${at.id}-2` })
    expect(await w.line('review.blockedTag', `session:${lost.transactionId}`)).toBeDefined()
    expect((await w.alerts()).map(({ key }) => key)).toContain('review.blockedTag')
    expect(await refusal(back.say('StartTransaction', { connectorId: 1, idTag: 'CARD1' }))).toBe('OccurenceConstraintViolation')
  })

  test('§4.9 StatusNotification: the port is what the charger says, a fault is seen, an old message undoes nothing', async () => {
    const at = await w.charger()
    const say = (status: string, timestamp: string, more: Record<string, unknown> = {}) =>
      at.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp, ...more })
    expect(await say('Preparing', ago(3000))).toEqual({})
    expect(await w.portRow(at.port)).toMatchObject({ status: 'plugged', pluggedAt: expect.any(Date) })
    expect(await w.line('port.status', `port:${at.port}`)).toMatchObject({ status: 'plugged', from: 'unknown' })
    const words: [string, string][] = [
      ['Charging', 'charging'],
      ['SuspendedEV', 'pausedByVehicle'],
      ['SuspendedEVSE', 'pausedByCharger'],
      ['Finishing', 'finishing'],
      ['Reserved', 'reserved'],
      ['Unavailable', 'unavailable'],
      ['Available', 'free'],
    ]
    for (const [index, [status, ours]] of words.entries()) {
      await say(status, ago(2000 - index * 100))
      expect((await w.portRow(at.port)).status).toBe(ours)
    }
    expect((await w.portRow(at.port)).pluggedAt).toBeNull()
    await say('Faulted', ago(500), { errorCode: 'GroundFailure', vendorErrorCode: 'CX002' })
    expect(await w.portRow(at.port)).toMatchObject({ status: 'faulted', errorCode: 'GroundFailure', vendorErrorCode: 'CX002' })
    expect((await w.alerts()).find(({ key }) => key === `port:${at.port}`)?.href).toBe(`/chargers/${at.id}`)
    await say('Available', ago(HOUR))
    expect((await w.portRow(at.port)).status).toBe('faulted')
    expect(await w.line('port.statusLate', `port:${at.port}`)).toMatchObject({ status: 'free' })
    expect(await refusal(say('Sleeping', ago(0)))).toMatch(/Violation$/)
  })

  test('§4.10 StopTransaction: the session ends with its energy and its price, once; an end for nothing is kept', async () => {
    const at = await w.charger()
    const { transactionId } = await start(at, { timestamp: ago(HOUR) })
    await energy(at, transactionId, 4000, ago(HOUR / 2))
    const end = {
      transactionId,
      idTag: 'CARD1',
      meterStop: 11_000,
      timestamp: ago(1000),
      reason: 'EVDisconnected',
      transactionData: [{ timestamp: ago(HOUR / 4), sampledValue: [{ value: '9000', context: 'Sample.Clock' }] }],
    }
    expect(await at.say('StopTransaction', end)).toEqual({ idTagInfo: { status: 'Accepted' } })
    const ended = {
      energyWh: 10_000n,
      meterStopWh: 11_000n,
      stopReason: 'EVDisconnected',
      costMinor: 200n,
      stoppedAt: new Date(end.timestamp),
    }
    expect(await w.session(transactionId)).toMatchObject(ended)
    expect((await w.readings(at.port)).map(({ energyWh }) => energyWh)).toEqual([4000n, 9000n])
    expect(await w.line('session.stopped', `session:${transactionId}`)).toMatchObject({ meterStopWh: 11_000 })

    expect(await at.say('StopTransaction', end)).toEqual({ idTagInfo: { status: 'Accepted' } })
    await at.say('StopTransaction', { ...end, meterStop: 99_000 })
    expect(await w.session(transactionId)).toMatchObject({ ...ended, flags: ['deliveredLate', 'stoppedByOther', 'stoppedTwice'] })
    // the card that ended it is another one than began it: for a person to look at
    expect(await w.line('review.stoppedByOther', `session:${transactionId}`)).toMatchObject({ idTag: 'CARD1' })
    expect(await w.journal('session.stopped', `session:${transactionId}`)).toHaveLength(1)
    expect(await at.say('StopTransaction', { transactionId: 987_654, meterStop: 1, timestamp: ago(0) })).toEqual({})
    expect(await w.line('review.stopForUnknown', `charger:${at.id}`)).toMatchObject({ sessionId: 987_654 })
    expect(await refusal(at.say('StopTransaction', { transactionId }))).toBe('OccurenceConstraintViolation')
  })
})
