import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { GET as getActions } from '../../app/api/v1/chargers/[charger]/actions/route.ts'
import { GET as getCalls, POST as postCall } from '../../app/api/v1/chargers/[charger]/calls/route.ts'
import { GET as getMessages } from '../../app/api/v1/chargers/[charger]/messages/route.ts'
import { GET as getCharger } from '../../app/api/v1/chargers/[charger]/route.ts'
import { GET as getTransactions } from '../../app/api/v1/chargers/[charger]/transactions/route.ts'
import { GET as getChargers } from '../../app/api/v1/chargers/route.ts'
import { type At, energy, start, world } from '../ocpp/conformance16/test-world.ts'
import { createRPCError } from '../ocpp/rpc.ts'
import { until } from '../ocpp/test-depot.ts'
import { certificate, newKey } from '../security/test-authority.ts'

// Calls through the door that other systems use, to a charger on a real socket.

const w = await world(24)
const { prisma } = w

type Body = { action: string; payload?: Record<string, unknown>; timeoutS?: number }
const call = async (at: Pick<At, 'identity'>, body: Body) => w.door(postCall, ['calls:write'], { params: { charger: at.identity }, body })
const frames = (at: At, action: string) => at.asked.filter(({ method }) => method === action).map(({ params }) => params)
const booted = async (at: At) => {
  await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
  await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)
}

/** A certificate of a key that the charger waits to have certified. */
async function waitedFor({ id }: At): Promise<string> {
  const key = await newKey()
  const chain = await certificate({ CN: id }, { key })
  const keyDigest = createHash('sha256')
    .update(new X509Certificate(chain).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  const now = new Date()
  const row = { id: `waits-${id}`, chargerId: id, kind: 'charger', state: 'sent', keyDigest, createdBy: 'test' }
  await prisma.certificate.create({ data: { ...row, createdAt: now, stateAt: now } })
  return chain
}

describe('POST /api/v1/chargers/{id}/calls', () => {
  test('answered: the charger’s own words come back, and the call is a command with its stamps, a journal line, and in the raw log', async () => {
    const at = await w.charger({ TriggerMessage: () => ({ status: 'NotImplemented' }) })
    const { status, json } = await call(at, { action: 'TriggerMessage', payload: { requestedMessage: 'MeterValues', connectorId: 1 } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ outcome: 'answered', by: null, reason: null, response: { status: 'NotImplemented' } })
    expect(frames(at, 'TriggerMessage')).toEqual([{ requestedMessage: 'MeterValues', connectorId: 1 }])
    const command = await prisma.command.findUniqueOrThrow({ where: { id: String(json.commandId) } })
    expect(command).toMatchObject({ kind: 'trigger', source: 'api', state: 'refused', t4: expect.any(Date), t5: expect.any(Date) })
    expect(await w.line('command.trigger', at.id)).toMatchObject({ action: 'TriggerMessage', requestedMessage: 'MeterValues', port: 1 })
    const { json: calls } = await w.door(getCalls, ['chargers:read'], { params: { charger: at.id } })
    expect(calls.items).toMatchObject([
      { action: 'TriggerMessage', answer: { outcome: 'answered', response: { status: 'NotImplemented' } } },
    ])
    const found = await until(async () => {
      const asked = { params: { charger: at.id }, query: '?action=TriggerMessage&direction=out&search=MeterVal' }
      return ((await w.door(getMessages, ['chargers:read'], asked)).json.items as unknown[])[0]
    })
    expect(found).toMatchObject({ direction: 'out', type: 'call', payload: { connectorId: 1 } })
    // its answer is found by the name of its question
    const answers = async () => {
      const query = '?action=TriggerMessage&direction=in'
      return (await w.door(getMessages, ['chargers:read'], { params: { charger: at.id }, query })).json.items as unknown[]
    }
    expect((await until(async () => ((await answers()).length > 0 ? await answers() : undefined)))[0]).toMatchObject({
      type: 'result',
      payload: { status: 'NotImplemented' },
    })
  })

  test('refused by the charger: a CALLERROR is told with its code and words', async () => {
    const at = await w.charger({
      GetLog: () => {
        throw createRPCError('NotSupported', 'no logs here')
      },
    })
    const payload = { logType: 'SecurityLog', requestId: 7, log: { remoteLocation: 'https://anna:secret@files.example.com/in?key=1' } }
    const { json } = await call(at, { action: 'GetLog', payload })
    expect(json).toMatchObject({ outcome: 'refused', by: 'charger', response: { code: 'NotSupported', description: 'no logs here' } })
    expect(json.reason).toBe('The charger answered with the error NotSupported: no logs here.')
    expect(frames(at, 'GetLog')).toEqual([payload])
    // what opens the server is nowhere kept
    const kept = JSON.stringify([
      await prisma.command.findMany({ where: { chargerId: at.id } }),
      (await w.journal('command.getLog', at.id)).map(({ data }) => data),
      await until(async () => {
        const rows = await prisma.ocppMessage.findMany({ where: { chargerId: at.id, action: 'GetLog' } })
        return rows.length > 0 ? rows.map(({ payload: said }) => said) : undefined
      }),
    ])
    expect(kept).not.toContain('anna')
    expect(kept).not.toContain('secret')
  })

  test('refused by us: with the reason, and nothing leaves', async () => {
    const at = await w.charger()
    const before = at.asked.length
    const { status, json } = await call(at, { action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value: 'x'.repeat(20) } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: expect.stringContaining('new key for the charger') })
    expect(frames(at, 'ChangeConfiguration').filter(({ key }) => key === 'AuthorizationKey')).toEqual([])
    expect(at.asked.slice(before).map(({ method }) => method)).not.toContain('ChangeConfiguration')
    expect(await prisma.command.findUniqueOrThrow({ where: { id: String(json.commandId) } })).toMatchObject({ state: 'rejected', t4: null })
  })

  test('a payload that is not of the schema: each wrong field is named, and nothing is written', async () => {
    const at = await w.charger()
    const { status, json } = await call(at, { action: 'ChangeAvailability', payload: { connectorId: '1', type: 'Off', more: true } })
    expect(status).toBe(400)
    expect(json.fields).toEqual({
      'payload.connectorId': 'This is a whole number.',
      'payload.type': 'This is one of Inoperative, Operative.',
      'payload.more': 'The message has no such field. It has connectorId, type.',
    })
    expect(await prisma.command.count({ where: { chargerId: at.id } })).toBe(0)
    expect((await call(at, { action: 'BootNotification', payload: {} })).status).toBe(400)
  })

  test('a stop for a transaction that nobody knows leaves, for the charger may know it, and does not look done', async () => {
    const at = await w.charger({ RemoteStopTransaction: () => ({ status: 'Accepted' }) })
    const { transactionId } = await start(at)
    const stop = async (id: number) => (await call(at, { action: 'RemoteStopTransaction', payload: { transactionId: id } })).json
    expect(await stop(777_777)).toMatchObject({ outcome: 'answered', note: expect.stringContaining('has the transaction 777777') })
    expect(await stop(transactionId)).toMatchObject({ outcome: 'answered', note: null })
  })

  test('timeout: the frame left and no answer came; offline: it never left', async () => {
    const at = await w.charger({ ClearCache: () => new Promise(() => {}) })
    const { json } = await call(at, { action: 'ClearCache', timeoutS: 1 })
    expect(json).toMatchObject({ outcome: 'timeout', reason: expect.stringContaining('did not answer') })
    expect(frames(at, 'ClearCache')).toHaveLength(1)
    await at.client.close({ force: true })
    await until(() => !w.runtime.links.online(at.id))
    expect((await call(at, { action: 'GetLocalListVersion' })).json).toMatchObject({
      outcome: 'offline',
      reason: 'The charger is offline.',
    })
  })

  test('while an earlier call waits for its answer the next one is not sent: said so, and not that the charger is offline', async () => {
    const at = await w.charger({ ClearCache: () => new Promise(() => {}) })
    const first = call(at, { action: 'ClearCache', timeoutS: 4 })
    await until(() => frames(at, 'ClearCache')[0])
    const before = frames(at, 'GetConfiguration').length
    const { json } = await call(at, { action: 'GetConfiguration', timeoutS: 1 })
    expect(json).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: expect.stringContaining('An earlier call still waits') })
    expect(frames(at, 'GetConfiguration')).toHaveLength(before)
    expect(w.runtime.links.online(at.id)).toBe(true)
    const command = await prisma.command.findUniqueOrThrow({ where: { id: String(json.commandId) } })
    expect(command).toMatchObject({ state: 'failed', detail: expect.stringContaining('An earlier call'), t4: null })
    expect((await first).json).toMatchObject({ outcome: 'timeout' })
  })

  test('a rejected charger with an open socket is not offline: each call says that it is rejected', async () => {
    const at = await w.charger()
    await prisma.charger.update({ where: { id: at.id }, data: { registration: 'rejected' } })
    await at.client.close({ force: true })
    await until(() => !w.runtime.links.online(at.id))
    const again = await w.connect(at.identity, {}, 'unknown')
    expect(await again.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })).toMatchObject({
      status: 'Rejected',
    })
    const why = expect.stringContaining('The charger is rejected')
    const { json } = await call(at, { action: 'TriggerMessage', payload: { requestedMessage: 'BootNotification' } })
    expect(json).toMatchObject({ outcome: 'refused', by: 'yardwatt', reason: why })
    const { json: told } = await w.door(getActions, ['chargers:read'], { params: { charger: at.id } })
    expect((told.actions as { whyNot: string | null }[]).map(({ whyNot }) => whyNot)).toEqual(Array(26).fill(why))
  })

  test('an answer that is none: told as it came', async () => {
    const at = await w.charger({ UnlockConnector: () => ({ status: 'Perhaps' }) })
    expect((await call(at, { action: 'UnlockConnector', payload: { connectorId: 1 } })).json).toMatchObject({
      outcome: 'answered',
      response: { status: 'Perhaps' },
      note: expect.stringContaining('specification'),
    })
  })

  test('every message of ours reaches the charger raw, and is read back in its words', async () => {
    const at = await w.charger({ GetDiagnostics: () => ({}), GetLocalListVersion: () => ({ listVersion: 4 }), UpdateFirmware: () => ({}) })
    await booted(at)
    const { json } = await w.door(getActions, ['chargers:read'], { params: { charger: at.id } })
    const actions = json.actions as { action: string; whyNot: string | null; example: Record<string, unknown> }[]
    expect(actions).toHaveLength(26)
    expect(actions.filter(({ whyNot }) => whyNot !== null).map(({ action }) => action)).toEqual(['RemoteStopTransaction'])
    // a certificate leaves only where it is one; the form begins without
    const filled: Record<string, Record<string, unknown>> = {
      InstallCertificate: { certificate: await certificate({ CN: 'Acme root' }, { key: await newKey() }) },
      CertificateSigned: { certificateChain: await waitedFor(at) },
    }
    for (const { action, example } of actions.filter(({ whyNot }) => whyNot === null)) {
      const before = frames(at, action).length
      const payload = { ...example, ...filled[action] }
      const { status, json: told } = await call(at, { action, payload })
      expect([action, status, told.outcome, told.reason]).toEqual([action, 200, 'answered', null])
      expect(frames(at, action).slice(before)).toContainEqual(payload)
      if (action === 'ChangeAvailability') await call(at, { action, payload: { connectorId: 1, type: 'Operative' } })
    }
  })

  test('a limit of somebody’s own counts from before it leaves, and the plan takes it back', async () => {
    const at = await w.charger()
    await booted(at)
    const { transactionId } = await start(at)
    await until(async () => (await prisma.limitSent.findFirst({ where: { portId: at.port, kind: 'session', outcome: 'accepted' } }))?.id)
    const profile = {
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 2001,
        transactionId,
        stackLevel: 0,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: {
          startSchedule: '2026-01-01T00:00:00Z',
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [{ startPeriod: 0, limit: 7, numberPhases: 1 }],
        },
      },
    }
    const { json } = await call(at, { action: 'SetChargingProfile', payload: profile })
    expect(json).toMatchObject({ outcome: 'answered', response: { status: 'Accepted' }, note: expect.stringContaining('until the plan') })
    const row = await prisma.limitSent.findFirstOrThrow({ where: { commandId: String(json.commandId) } })
    expect(row).toMatchObject({ kind: 'session', sessionId: transactionId, maxW: 7 * 240, outcome: 'accepted', countsAt: expect.any(Date) })
    const later = await until(() => prisma.limitSent.findFirst({ where: { portId: at.port, kind: 'session', id: { gt: row.id } } }))
    expect(later.maxW).not.toBe(7 * 240)
    const other = structuredClone(profile)
    other.csChargingProfiles.chargingProfileId = 5
    expect((await call(at, { action: 'SetChargingProfile', payload: other })).json).toMatchObject({
      by: 'yardwatt',
      reason: expect.stringContaining('chargingProfileId 2001 with stackLevel 0'),
    })
    await energy(at, transactionId, 1500, new Date().toISOString())
    const open = await w.door(getTransactions, ['chargers:read'], { params: { charger: at.id }, query: '?open=true' })
    expect(open.json.items).toMatchObject([{ id: transactionId, port: 1, idTag: 'CENTRAL', stoppedAt: null, meterStartWh: 1000 }])
    const closed = await w.door(getTransactions, ['chargers:read'], { params: { charger: at.id }, query: '?open=false' })
    expect(closed.json.items).toEqual([])
  })

  test('a key of another depot finds no charger; lists go page by page', async () => {
    const at = await w.charger()
    await prisma.depot.create({ data: { id: 'south', name: 'South', zone: 'UTC', currency: 'USD', createdAt: new Date() } })
    await prisma.siteNode.create({
      data: { id: 'sn', depotId: 'south', kind: 'service', name: 'S', volts: 240, wiring: 'L-L', phases: 1, limitW: 1 },
    })
    await prisma.charger.create({
      data: { id: 'far', depotId: 'south', nodeId: 'sn', identity: 'FAR', name: 'Far', maxW: 1, createdAt: new Date() },
    })
    for (const door of [getCharger, getMessages, getTransactions, getCalls, getActions])
      expect((await w.door(door, ['chargers:read'], { params: { charger: 'FAR' } })).status).toBe(404)
    expect((await call({ identity: 'far' }, { action: 'ClearCache' })).status).toBe(404)
    expect((await w.door(getCharger, ['calls:write'], { params: { charger: at.id } })).status).toBe(403)
    const seen: unknown[] = []
    let query = '?take=10'
    for (;;) {
      const { json } = await w.door(getChargers, ['chargers:read'], { query })
      seen.push(...(json.items as { id: string }[]).map(({ id }) => id))
      if (json.next === null) break
      query = `?take=10&cursor=${String(json.next)}`
    }
    expect(seen).toHaveLength(24)
    expect(new Set(seen).size).toBe(24)
    expect((await w.door(getCharger, ['chargers:read'], { params: { charger: at.identity } })).json).toMatchObject({
      id: at.id,
      online: true,
    })
  })
})
