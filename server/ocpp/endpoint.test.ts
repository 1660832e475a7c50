import { expect, test } from 'vitest'
import { plugIn, testDepot, until } from './test-depot.ts'

const depot = await testDepot()
const endpoint = await depot.start()
const { prisma } = depot.db
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()

test('a session from the plug to the last kWh: state, readings, journal and raw log', async () => {
  const charger = await plugIn(depot, endpoint, 'C1')
  expect(
    await charger.call('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One', firmwareVersion: '7' }),
  ).toMatchObject({
    status: 'Accepted',
    interval: 300,
  })
  expect(
    await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing', timestamp: ago(5000) }),
  ).toEqual({})
  expect(await charger.call('Authorize', { idTag: 'card1' })).toEqual({ idTagInfo: { status: 'Accepted' } })
  const start = { connectorId: 1, idTag: 'card1', meterStart: 1000, timestamp: ago(4000) }
  const { transactionId } = (await charger.call('StartTransaction', start)) as { transactionId: number }
  expect(transactionId).toBeGreaterThan(0)
  const values = (at: string, wh: number) => ({
    connectorId: 1,
    transactionId,
    meterValue: [
      {
        timestamp: at,
        sampledValue: [
          { value: String(wh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
          { value: '9.6', measurand: 'Power.Active.Import', unit: 'kW' },
          { value: '41.5', measurand: 'SoC', unit: '%' },
        ],
      },
    ],
  })
  expect(await charger.call('MeterValues', values(ago(3000), 1010))).toEqual({})
  expect(await charger.call('MeterValues', values(ago(2000), 1020))).toEqual({})
  expect(await prisma.session.findUnique({ where: { id: transactionId } })).toMatchObject({
    portId: 'c1-1',
    vehicleId: 'v2',
    idTag: 'CARD1',
    energyWh: 20n,
    lastMeterWh: 1020n,
    socEndPct: 41.5,
    flags: [],
  })
  expect(await prisma.port.findUnique({ where: { id: 'c1-1' } })).toMatchObject({ powerW: 9600, status: 'plugged' })
  expect(await charger.call('StopTransaction', { transactionId, meterStop: 1030, timestamp: ago(1000), reason: 'EVDisconnected' })).toEqual(
    {},
  )
  expect(await prisma.session.findUnique({ where: { id: transactionId } })).toMatchObject({
    stopReason: 'EVDisconnected',
    energyWh: 30n,
    meterStopWh: 1030n,
  })
  expect(await prisma.meterReading.count({ where: { sessionId: transactionId } })).toBe(2)
  const kinds = (await prisma.journal.findMany({ orderBy: { id: 'asc' } })).map(({ kind }) => kind)
  expect(kinds).toEqual(
    expect.arrayContaining(['charger.connected', 'charger.booted', 'port.status', 'token.accepted', 'session.started', 'session.stopped']),
  )
  expect(depot.told.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['connected', 'booted', 'status', 'authorized', 'started', 'metered', 'stopped']),
  )
  expect(depot.woken).toContain('reconcile c1')
  // one row that holds its answer (docs/decisions/009), or the answer's own where something held the charger's row and the end went alone
  const stops = await prisma.ocppMessage.findMany({ where: { chargerId: 'c1', action: 'StopTransaction' } })
  expect(stops.filter(({ direction }) => direction === 'in')).toHaveLength(1)
  expect(stops.filter(({ direction, answer }) => direction === 'out' || answer !== null)).toHaveLength(1)
  await charger.close({})
  await until(async () => (await prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })).connectedAt === null)
})
