import { expect, test } from 'vitest'
import { followRegistration } from '../charging/follow-registration.ts'
import { setRegistered } from '../store/provisioning.ts'
import { plugIn, testDepot, until } from './test-depot.ts'

// OCPP 1.6 §4.2: what a charger that is not accepted may say and be told, over a real socket.

const depot = await testDepot(8)
const endpoint = await depot.start({ bootAwaitedMs: 600_000 })
const { prisma } = depot.db
const row = (id: string) => prisma.charger.findUniqueOrThrow({ where: { id } })
const register = (id: string, registration: string, retryS = 600) => setRegistered(prisma, id, registration, retryS)
const boot = {
  chargePointVendor: 'Acme',
  chargePointModel: 'One',
  meterType: 'MID-3',
  meterSerialNumber: 'M-77',
  iccid: '8944',
  imsi: '2620',
}
const status = { connectorId: 1, status: 'Available', errorCode: 'NoError' }
const now = () => new Date().toISOString()
const reviews = (id: string, kind: string) => prisma.journal.findMany({ where: { kind, subject: `charger:${id}` } })

test('an accepted one is told its heartbeat; what it says of meter and SIM card is kept', async () => {
  const at = await plugIn(depot, endpoint, 'C1')
  expect(await at.call('BootNotification', boot)).toMatchObject({ status: 'Accepted', interval: 300 })
  expect(await row('c1')).toMatchObject({ vendor: 'Acme', meterType: 'MID-3', meterSerial: 'M-77', iccid: '8944', imsi: '2620' })
})

test('a pending one is told when to ask again, is asked what it is, and is let say nothing else', async () => {
  await register('c2', 'pending', 45)
  const at = await plugIn(depot, endpoint, 'C2')
  expect(await at.call('BootNotification', boot)).toMatchObject({ status: 'Pending', interval: 45 })
  await until(() => at.asked.some(({ method }) => method === 'GetConfiguration'))
  await until(async () => (await row('c2')).commissionedAt)
  for (const [method, payload] of [
    ['StatusNotification', status],
    ['Heartbeat', {}],
    ['Authorize', { idTag: 'CARD1' }],
    ['MeterValues', { connectorId: 1, meterValue: [{ timestamp: now(), sampledValue: [{ value: '5' }] }] }],
  ] as const)
    await expect(at.call(method, payload)).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' })
  expect((await prisma.port.findUniqueOrThrow({ where: { id: 'c2-1' } })).status).toBe('unknown')
  expect(await prisma.meterReading.count({ where: { portId: 'c2-1' } })).toBe(0)
  await until(async () => (await row('c2')).refusedTimes === 4n)
  expect(await reviews('c2', 'review.notAccepted')).toHaveLength(1)
  expect(await depot.db.pool.query(`SELECT 1 FROM ocpp_message WHERE charger_id = 'c2' AND note LIKE 'not accepted%'`)).toMatchObject({
    rowCount: 4,
  })
})

test('what we triggered is heard; what would put it to work is not sent', async () => {
  await register('c3', 'pending')
  const at = await plugIn(depot, endpoint, 'C3')
  await at.call('BootNotification', boot)
  await until(async () => (await row('c3')).commissionedAt)
  expect(await endpoint.links.call('c3', { kind: 'trigger', message: 'StatusNotification' })).toMatchObject({ kind: 'accepted' })
  expect(await at.call('StatusNotification', status)).toEqual({})
  expect((await prisma.port.findUniqueOrThrow({ where: { id: 'c3-1' } })).status).toBe('free')
  await expect(at.call('Heartbeat', {})).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' })
  const before = at.asked.length
  expect(await endpoint.links.call('c3', { kind: 'remoteStart', port: 1, idTag: 'CENTRAL' })).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('waits for approval'),
  })
  expect(await endpoint.links.call('c3', { kind: 'remoteStop', sessionId: 1 })).toMatchObject({ kind: 'refused' })
  expect(at.asked).toHaveLength(before)
  expect(await endpoint.links.call('c3', { kind: 'changeConfiguration', key: 'HeartbeatInterval', value: '60' })).toMatchObject({
    kind: 'accepted',
  })
})

test('what it says of a transaction is recorded, flagged, and told to end', async () => {
  await register('c4', 'pending')
  const at = await plugIn(depot, endpoint, 'C4')
  await at.call('BootNotification', boot)
  const started = (await at.call('StartTransaction', { connectorId: 1, idTag: 'CARD1', meterStart: 1000, timestamp: now() })) as {
    transactionId: number
    idTagInfo: { status: string }
  }
  expect(started.idTagInfo.status).toBe('Invalid')
  const meterValue = [{ timestamp: now(), sampledValue: [{ value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }] }]
  expect(await at.call('MeterValues', { connectorId: 1, transactionId: started.transactionId, meterValue })).toEqual({})
  await at.call('StopTransaction', { transactionId: started.transactionId, meterStop: 2500, timestamp: now() })
  const session = await prisma.session.findUniqueOrThrow({ where: { id: started.transactionId } })
  expect(session).toMatchObject({ energyWh: 1500n, flags: expect.arrayContaining(['chargerNotAccepted']) })
  expect(await prisma.meterReading.count({ where: { sessionId: session.id } })).toBe(1)
  expect(await prisma.journal.count({ where: { kind: 'review.chargerNotAccepted', subject: `session:${session.id}` } })).toBe(1)
})

test('it asks again and again: one boot in the books; approved in between, its next one is accepted and it is in service', async () => {
  await register('c5', 'pending')
  const at = await plugIn(depot, endpoint, 'C5')
  await at.call('BootNotification', boot)
  await at.call('BootNotification', boot)
  expect(await prisma.journal.count({ where: { kind: 'charger.booted', subject: 'charger:c5' } })).toBe(1)
  await register('c5', 'accepted')
  expect(await endpoint.links.call('c5', { kind: 'trigger', message: 'BootNotification' })).toMatchObject({ kind: 'accepted' })
  expect(await at.call('BootNotification', boot)).toMatchObject({ status: 'Accepted', interval: 300 })
  expect(await at.call('StatusNotification', status)).toEqual({})
  expect((await row('c5')).refusedTimes).toBe(0n)
})

test('a rejected one is told to wait, is sent nothing, and gets no answer before its time, on a new socket either', async () => {
  await register('c6', 'rejected', 3600)
  const at = await plugIn(depot, endpoint, 'C6')
  expect(await at.call('BootNotification', boot)).toMatchObject({ status: 'Rejected', interval: 3600 })
  await expect(at.call('StatusNotification', status)).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' })
  await expect(at.call('StartTransaction', { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: now() })).rejects.toMatchObject({
    rpcErrorCode: 'SecurityError',
  })
  expect(await prisma.session.count({ where: { port: { chargerId: 'c6' } } })).toBe(0)
  await expect(at.call('BootNotification', boot, { callTimeoutMs: 300 })).rejects.toThrow(/timeout|timed out/i)
  expect(await endpoint.links.call('c6', { kind: 'getConfiguration' })).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('rejected'),
  })
  expect(endpoint.links.online('c6')).toBe(false)
  expect(at.asked).toEqual([])
  await at.close({ force: true })
  const again = await plugIn(depot, endpoint, 'C6')
  await expect(again.call('BootNotification', boot, { callTimeoutMs: 300 })).rejects.toThrow(/timeout|timed out/i)
  expect(again.asked).toEqual([])
})

test('lenient: properties that the protocol does not know are left out, counted and told once; without lenience they are refused', async () => {
  const at = await plugIn(depot, endpoint, 'C7')
  const odd = { ...status, vendorTemp: 31, nested: { a: 1 } }
  expect(await at.call('StatusNotification', odd)).toEqual({})
  expect(await at.call('StatusNotification', { ...odd, status: 'Preparing' })).toEqual({})
  expect((await prisma.port.findUniqueOrThrow({ where: { id: 'c7-1' } })).status).toBe('plugged')
  await until(async () => (await row('c7')).bentTimes === 2n)
  const told = await reviews('c7', 'review.extraProperties')
  expect(told).toHaveLength(1)
  expect(told[0]!.data).toMatchObject({ action: 'StatusNotification', properties: ['vendorTemp', 'nested'] })
  await prisma.charger.update({ where: { id: 'c8' }, data: { lenient: false } })
  const strict = await plugIn(depot, endpoint, 'C8')
  await expect(strict.call('StatusNotification', odd)).rejects.toMatchObject({ rpcErrorCode: 'PropertyConstraintViolation' })
  expect((await prisma.port.findUniqueOrThrow({ where: { id: 'c8-1' } })).status).toBe('unknown')
  expect(await strict.call('StatusNotification', status)).toEqual({})
  expect((await row('c8')).bentTimes).toBe(0n)
})

test('a decision is followed at the socket: approved, it is asked to boot; rejected, it is sent off', async () => {
  await register('c1', 'pending')
  const feed = { publish: () => {}, subscribe: () => () => {} }
  const ctx = { links: endpoint.links, feed, wakes: depot.ctx.wakes }
  const about = { depotId: 'd', chargerId: 'c1' }
  expect(await followRegistration(ctx, { ...about, before: 'accepted', now: 'pending' })).toMatch(/connection is closed/)
  await until(() => !endpoint.links.online('c1'))
  const at = await plugIn(depot, endpoint, 'C1')
  await at.call('BootNotification', boot)
  await until(() => at.asked.some(({ method }) => method === 'GetConfiguration'))
  await register('c1', 'accepted')
  expect(await followRegistration(ctx, { ...about, before: 'pending', now: 'accepted' })).toMatch(/asked to register anew/)
  expect(at.asked).toContainEqual({ method: 'TriggerMessage', params: { requestedMessage: 'BootNotification' } })
  expect(await at.call('BootNotification', boot)).toMatchObject({ status: 'Accepted' })
  await at.close({ force: true })
  await until(() => !endpoint.links.online('c1'))
  expect(await followRegistration(ctx, { ...about, before: 'pending', now: 'accepted' })).toMatch(/offline/)
})

test('pinned to another protocol it is refused, and knocking says why', async () => {
  await prisma.charger.update({ where: { id: 'c2' }, data: { registration: 'accepted', pinnedProtocol: 'ocpp2.0.1' } })
  await expect(plugIn(depot, endpoint, 'C2')).rejects.toThrow()
  const knocking = await prisma.knocking.findUniqueOrThrow({ where: { identity: 'C2' } })
  expect(knocking.reason).toContain('pinned to ocpp2.0.1')
  await prisma.charger.update({ where: { id: 'c2' }, data: { pinnedProtocol: 'ocpp1.6' } })
  await plugIn(depot, endpoint, 'C2')
})
