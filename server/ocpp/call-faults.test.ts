import { describe, expect, test } from 'vitest'
import { plugIn, testDepot, until } from './test-depot.ts'

// Faults 6 and 7 of docs/ocpp.md: calls to chargers that are slow, mute or answer nonsense.

const depot = await testDepot(12)
const endpoint = await depot.start({ pingIntervalMs: 300 })

describe('calls to a charger', () => {
  test('fault 6: one at a time, stops before limits before reads, only the newest limit of a port', async () => {
    const answer: (() => void)[] = []
    const charger = await plugIn(depot, endpoint, 'C2', {
      GetConfiguration: () => new Promise((done) => answer.push(() => done({ configurationKey: [], unknownKey: [] }))),
    })
    await until(() => endpoint.links.online('c2'))
    const sent: string[] = []
    const call = (name: string, ...args: Parameters<typeof endpoint.links.call> extends [string, ...infer Rest] ? Rest : never) =>
      endpoint.links.call('c2', args[0], { ...args[1], onSent: () => sent.push(name) })
    const limit = (kw: number) => ({
      kind: 'setLimit' as const,
      port: 1,
      sessionId: 7,
      steps: [{ from: depot.ctx.clock.now(), limitW: (kw * 1000) as never }],
    })
    const all = [
      call('first', { kind: 'getConfiguration' }),
      call('read', { kind: 'trigger', message: 'Heartbeat' }),
      call('limit 3', limit(3)),
      call('fallback', { kind: 'setFallback', port: 1, limitW: 0 as never }),
      call('limit 9', limit(9)),
      call('stop', { kind: 'remoteStop', sessionId: 7 }),
    ]
    await until(() => answer.length === 1)
    answer[0]!()
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual([
      'accepted',
      'accepted',
      'superseded',
      'accepted',
      'accepted',
      'accepted',
    ])
    expect(sent).toEqual(['first', 'stop', 'fallback', 'limit 9', 'read'])
    const profile = charger.asked.find(
      ({ params }) => (params.csChargingProfiles as { chargingProfilePurpose?: string })?.chargingProfilePurpose === 'TxProfile',
    )
    expect(profile?.params).toMatchObject({
      connectorId: 1,
      csChargingProfiles: { transactionId: 7, chargingSchedule: { chargingSchedulePeriod: [{ limit: 37, numberPhases: 1 }] } },
    })
    await charger.close({})
  })

  test('fault 6: a mute charger holds up only itself, by a bounded time; a refusal, a silence and a lost socket are told apart', async () => {
    const mute = await plugIn(depot, endpoint, 'C3', { Reset: () => new Promise(() => {}), TriggerMessage: () => ({ status: 'Rejected' }) })
    const other = await plugIn(depot, endpoint, 'C4')
    await until(() => endpoint.links.online('c3') && endpoint.links.online('c4'))
    let waits = true
    const silent = endpoint.links.call('c3', { kind: 'reset', how: 'Soft' }, { deadlineMs: 1_500 })
    void silent.then(() => {
      waits = false
    })
    const behind = endpoint.links.call('c3', { kind: 'trigger', message: 'Heartbeat' })
    const never = endpoint.links.call('c3', { kind: 'getConfiguration' }, { deadlineMs: 100 })
    expect(await endpoint.links.call('c4', { kind: 'reset', how: 'Soft' })).toMatchObject({ kind: 'accepted' })
    expect(waits).toBe(true)
    expect(await never).toEqual({ kind: 'offline', why: expect.stringContaining('An earlier call still waits') })
    expect(await silent).toEqual({ kind: 'timeout' })
    expect(await behind).toMatchObject({ kind: 'refused', reason: 'Rejected' })
    const lost = endpoint.links.call('c3', { kind: 'reset', how: 'Hard' })
    const queued = endpoint.links.call('c3', { kind: 'getConfiguration' })
    await until(() => mute.asked.filter(({ method }) => method === 'Reset').length === 2)
    await mute.close({ force: true })
    expect(await lost).toEqual({ kind: 'lost' })
    expect(await queued).toEqual({ kind: 'offline' })
    expect(await endpoint.links.call('c3', { kind: 'getConfiguration' })).toEqual({ kind: 'offline' })
    await other.close({})
  })

  test('fault 7: a call whose time is over before it begins never leaves', async () => {
    const charger = await plugIn(depot, endpoint, 'C5')
    await until(() => endpoint.links.online('c5'))
    expect(await endpoint.links.call('c5', { kind: 'reset', how: 'Soft' }, { deadlineMs: 0 })).toEqual({
      kind: 'offline',
      why: expect.stringContaining('time was over'),
    })
    expect(charger.asked).toEqual([])
    await charger.close({})
  })

  test('an answer with more in it than the schema knows is still an acceptance; one that cannot be read is no refusal', async () => {
    const charger = await plugIn(depot, endpoint, 'C6', {
      SetChargingProfile: () => ({ status: 'Accepted', vendorNote: 'ok' }),
      Reset: () => ({ status: 'Perhaps' }),
      TriggerMessage: () => {
        throw new Error('no')
      },
    })
    await until(() => endpoint.links.online('c6'))
    expect(await endpoint.links.call('c6', { kind: 'setFallback', port: 1, limitW: 0 as never })).toMatchObject({ kind: 'accepted' })
    expect(await endpoint.links.call('c6', { kind: 'reset', how: 'Soft' })).toMatchObject({ kind: 'timeout' })
    expect(await endpoint.links.call('c6', { kind: 'trigger', message: 'Heartbeat' })).toMatchObject({
      kind: 'refused',
      reason: 'GenericError',
      callError: { code: 'GenericError' },
    })
    await charger.close({})
  })
})
