import { describe, expect, test } from 'vitest'
import { POST as postCall } from '../../../app/api/v1/chargers/[charger]/calls/route.ts'
import { GET as getMessages } from '../../../app/api/v1/chargers/[charger]/messages/route.ts'
import { PUT as putRegistration } from '../../../app/api/v1/chargers/[charger]/registration/route.ts'
import { until } from '../test-depot.ts'
import { type At, ago, energy, HOUR, refusal, start, world } from './test-world.ts'

// OCPP 1.6 edition 2: registration (§4.2), what other systems send through the door (§5.6, §5.18), and chapter 3 where it binds a central
// system: ids, repetitions, offline transactions.

const w = await world(20)
const { prisma } = w
const boot = { chargePointVendor: 'Acme', chargePointModel: 'One' }
const call = (at: At, action: string, payload: Record<string, unknown> = {}) =>
  w.door(postCall, ['calls:write'], { params: { charger: at.identity }, body: { action, payload } })
const register = (at: At | { id: string }, registration: string, retryS = 45) =>
  w.door(putRegistration, ['chargers:write'], { params: { charger: at.id }, body: { registration, retryS } })

describe('§4.2 BootNotification: registration', () => {
  test('§4.2 BootNotification (pending): told when to ask again, asked what it is, let say nothing else; accepted, it goes to work', async () => {
    expect((await register({ id: 'c19' }, 'pending')).status).toBe(200)
    const at = await w.connect('C19')
    expect(await at.say('BootNotification', boot)).toMatchObject({ status: 'Pending', interval: 45 })
    expect(await w.row(at.id)).toMatchObject({ registration: 'pending', vendor: 'Acme' })
    await at.hears('GetConfiguration')
    expect(await refusal(at.say('Authorize', { idTag: 'CARD1' }))).toBe('SecurityError')
    expect(await w.journal('token.accepted', `charger:${at.id}`)).toEqual([])
    expect(await refusal(at.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' }))).toBe('SecurityError')
    expect((await w.portRow(at.port)).status).toBe('unknown')
    expect(await w.line('review.notAccepted', `charger:${at.id}`)).toBeDefined()
    // it may be asked what it is, and not put to work
    expect((await call(at, 'RemoteStartTransaction', { connectorId: 1, idTag: 'CARD1' })).json).toMatchObject({
      outcome: 'refused',
      by: 'yardwatt',
    })
    expect(at.asked.some(({ method }) => method === 'RemoteStartTransaction')).toBe(false)
    expect((await call(at, 'GetConfiguration')).json).toMatchObject({ outcome: 'answered' })

    expect((await register(at, 'accepted')).status).toBe(200)
    expect(await at.say('BootNotification', boot)).toMatchObject({ status: 'Accepted' })
    expect(await at.say('Authorize', { idTag: 'CARD1' })).toMatchObject({ idTagInfo: { status: 'Accepted' } })
  })

  test('§4.2 BootNotification (rejected): told when to ask again, and nothing it says is taken; asking too soon is not answered', async () => {
    await register({ id: 'c20' }, 'rejected', 3_600)
    const at = await w.connect('C20', {}, 'unknown')
    expect(await at.say('BootNotification', boot)).toMatchObject({ status: 'Rejected', interval: 3_600 })
    expect(await refusal(at.say('StartTransaction', { connectorId: 1, idTag: 'CARD1', meterStart: 1, timestamp: ago(0) }))).toBe(
      'SecurityError',
    )
    expect(await prisma.session.count({ where: { portId: at.port } })).toBe(0)
    expect((await call(at, 'Reset', { type: 'Soft' })).json).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('rejected'),
    })
    expect(at.asked.some(({ method }) => method === 'Reset')).toBe(false)
    const [before] = await w.journal('charger.booted', `charger:${at.id}`)
    const silence = await Promise.race([
      at.say('BootNotification', boot).catch(() => 'closed'),
      new Promise((soon) => setTimeout(soon, 700, 'silent')),
    ])
    expect(silence).toBe('silent')
    expect(await w.journal('charger.booted', `charger:${at.id}`)).toEqual([before])
    expect(at.asked.some(({ method }) => method === 'GetConfiguration')).toBe(false)
  })
})

describe('§5 through the door for other systems', () => {
  test('§5.6 DataTransfer: the message leaves as it was given, its answer comes back word for word and stays in the raw log', async () => {
    let answer: Record<string, unknown> = { status: 'Accepted', data: 'pong' }
    const at = await w.charger({ DataTransfer: () => answer })
    const payload = { vendorId: 'com.acme', messageId: 'ping', data: '{"n":1}' }
    // a private language may say anything: only where the envelope has room for it
    const { json } = await call(at, 'DataTransfer', payload)
    expect(json).toMatchObject({ outcome: 'answered', response: answer })
    expect(await at.hears('DataTransfer')).toEqual(payload)
    const log = await w.door(getMessages, ['chargers:read'], { params: { charger: at.identity }, query: '?action=DataTransfer' })
    expect(JSON.stringify(log.json)).toContain('com.acme')
    const command = await until(() => prisma.command.findFirst({ where: { id: String(json.commandId), t4: { not: null } } }))
    expect(command).toMatchObject({ actor: expect.stringMatching(/^key:/), t5: expect.any(Date) })
    answer = { status: 'UnknownVendorId' }
    expect((await call(at, 'DataTransfer', payload)).json).toMatchObject({ outcome: 'answered', response: { status: 'UnknownVendorId' } })
    const malformed = await call(at, 'DataTransfer', { data: 'for nobody' })
    expect(malformed.status).toBe(400)
    expect(at.asked.filter(({ method }) => method === 'DataTransfer')).toHaveLength(2)
  })

  test('§5.18 UnlockConnector: unlocked, failed and not supported are told apart; a charger that is away is not asked', async () => {
    let status = 'Unlocked'
    const at = await w.charger({ UnlockConnector: () => ({ status }) })
    const done = await call(at, 'UnlockConnector', { connectorId: 1 })
    expect(done.json).toMatchObject({ outcome: 'answered', response: { status: 'Unlocked' } })
    expect(await at.hears('UnlockConnector')).toEqual({ connectorId: 1 })
    expect(await prisma.command.findUniqueOrThrow({ where: { id: String(done.json.commandId) } })).toMatchObject({ portId: at.port })
    for (status of ['UnlockFailed', 'NotSupported']) {
      const failed = await call(at, 'UnlockConnector', { connectorId: 1 })
      expect(failed.json).toMatchObject({ outcome: 'answered', response: { status } })
      expect((await prisma.command.findUniqueOrThrow({ where: { id: String(failed.json.commandId) } })).state).toBe('refused')
    }
    expect((await call(at, 'UnlockConnector', {})).status).toBe(400)
    await at.client.close({ force: true })
    await until(() => !w.runtime.links.online(at.id))
    expect((await call(at, 'UnlockConnector', { connectorId: 1 })).json).toMatchObject({ outcome: 'offline' })
  })
})

describe('§3 what binds a central system', () => {
  test('§3.6 status and errors: what is not known, not for us, or malformed is answered with its code and the wrong field, and changes nothing', async () => {
    const at = await w.charger()
    expect(await refusal(at.say('Dance', {}))).toBe('NotImplemented')
    expect(await refusal(at.say('RemoteStartTransaction', { idTag: 'x' }))).toBe('NotSupported')
    const begin = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: ago(0) }
    const { meterStart: _, ...short } = begin
    for (const [payload, rpcErrorCode, field] of [
      [{ ...begin, connectorId: 'one' }, 'TypeConstraintViolation', 'connectorId'],
      [{ ...begin, idTag: 'x'.repeat(21) }, 'PropertyConstraintViolation', 'idTag'],
      [short, 'OccurenceConstraintViolation', 'meterStart'],
    ] as const)
      await expect(at.say('StartTransaction', payload)).rejects.toMatchObject({
        rpcErrorCode,
        message: expect.stringMatching(new RegExp(`^${field}: This .*\\.$`)),
        details: { fields: { [field]: expect.any(String) } },
      })
    expect(await prisma.session.count({ where: { portId: at.port } })).toBe(0)
    expect(await w.line('review.unknownAction', `charger:${at.id}`)).toMatchObject({ action: 'Dance' })
    expect(await w.line('review.unexpectedAction', `charger:${at.id}`)).toMatchObject({ action: 'RemoteStartTransaction' })
  })

  test('§3.7 offline transactions: a whole session told afterwards keeps the device’s time, in order, and is marked late', async () => {
    const at = await w.charger()
    const begin = 3 * HOUR
    const { transactionId, idTagInfo } = await start(at, { idTag: 'unheard-of', timestamp: ago(begin) })
    // it cannot be undone: it is kept, and the charger hears what the card is
    expect(idTagInfo.status).toBe('Invalid')
    await energy(at, transactionId, 3000, ago(begin - HOUR))
    await at.say('StopTransaction', { transactionId, meterStop: 5000, timestamp: ago(begin - 2 * HOUR) })
    const session = await w.session(transactionId)
    expect(session).toMatchObject({ energyWh: 4000n, flags: expect.arrayContaining(['deliveredLate', 'unknownTag']) })
    expect(session.stoppedAt!.getTime() - session.startedAt.getTime()).toBeGreaterThan(HOUR * 0.99)
    expect(Date.now() - session.startedAt.getTime()).toBeGreaterThan(begin - 60_000)
    expect((await w.portRow(at.port)).powerW ?? 0).toBe(0)
    expect((await w.alerts()).map(({ key }) => key)).toContain('review.unknownTag')
  })

  test('§3.7.1 messages that are repeated until they are answered add nothing, whatever their id', async () => {
    const at = await w.charger()
    const begin = { connectorId: 1, idTag: 'CENTRAL', meterStart: 10, timestamp: ago(40_000) }
    const ids = await Promise.all(Array.from({ length: 5 }, () => at.say('StartTransaction', begin)))
    const [{ transactionId }] = ids as [{ transactionId: number }]
    expect(new Set(ids.map((each) => each.transactionId)).size).toBe(1)
    const when = ago(20_000)
    await Promise.all(Array.from({ length: 5 }, () => energy(at, transactionId, 500, when)))
    const end = { transactionId, meterStop: 900, timestamp: ago(10_000), reason: 'Local' }
    for (let times = 0; times < 3; times++) await at.say('StopTransaction', end)
    expect(await prisma.session.count({ where: { portId: at.port } })).toBe(1)
    expect(await w.readings(at.port)).toHaveLength(1)
    expect(await w.session(transactionId)).toMatchObject({ energyWh: 890n, flags: [] })
    expect(await w.journal('session.stopped', `session:${transactionId}`)).toHaveLength(1)
  })

  test('§3.13 charging profiles: a stack of ours survives a reboot; after a boot of a model that forgets it is written anew', async () => {
    const at = await w.charger()
    await at.say('BootNotification', boot)
    await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)
    await prisma.charger.update({ where: { id: at.id }, data: { quirks: { keepsProfiles: false } } })
    const fallbacks = () =>
      at.asked.filter(({ method, params }) => method === 'SetChargingProfile' && JSON.stringify(params).includes('TxDefaultProfile')).length
    const before = fallbacks()
    await at.say('BootNotification', boot)
    await until(() => fallbacks() > before)
    await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)
    const profiles = at.asked.filter(({ method, params }) => method === 'SetChargingProfile' && params.connectorId === 1)
    // one fixed id for a purpose and a port
    expect(new Set(profiles.map(({ params }) => (params.csChargingProfiles as { chargingProfileId: number }).chargingProfileId)).size).toBe(
      1,
    )
  })
})
