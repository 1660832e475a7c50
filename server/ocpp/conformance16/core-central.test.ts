import { describe, expect, test } from 'vitest'
import { until } from '../test-depot.ts'
import { type At, ago, energy, start, world } from './test-world.ts'

// OCPP 1.6 edition 2, chapter 5: what a central system asks, core profile and smart charging. Each test shows the frame that left, what
// the answer changed in the depot, and what a refusal, a silent or an absent charger comes to.

const w = await world(30)
const { prisma } = w

type Outcome = { commandId: string; outcome: string; detail: string; response?: unknown }
const act = (at: At, what: Record<string, unknown>) => w.verb<Outcome>('actOnCharger', { chargerId: at.id, act: what })
const commandOf = ({ commandId }: Outcome) => prisma.command.findUniqueOrThrow({ where: { id: commandId } })
const gone = async (at: At) => {
  await at.client.close({ force: true })
  await until(() => !w.runtime.links.online(at.id))
}
const plugged = (at: At, status = 'Preparing') =>
  at.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp: new Date().toISOString() })

describe('§5 operations initiated by the central system', () => {
  test('§5.2 ChangeAvailability: a port out of use is held and not planned for; scheduled and refused are told apart', async () => {
    let says = 'Accepted'
    const at = await w.charger({ ChangeAvailability: () => ({ status: says }) })
    await plugged(at)
    const done = await act(at, { kind: 'availability', port: 1, operative: false })
    expect(await at.hears('ChangeAvailability')).toEqual({ connectorId: 1, type: 'Inoperative' })
    expect(done).toMatchObject({ outcome: 'accepted', response: { status: 'Accepted' } })
    expect(await w.portRow(at.port)).toMatchObject({ heldReason: 'Taken out of use by person anna.', inoperativeAt: expect.any(Date) })
    expect((await w.verb<{ state: string; detail: string }>('command', { kind: 'start', portId: at.port })).detail).toBe(
      'Taken out of use by person anna.',
    )
    expect(await w.line('command.availability', at.id)).toMatchObject({ port: 1, operative: false })
    expect(await act(at, { kind: 'availability', port: 1, operative: true })).toMatchObject({ outcome: 'accepted' })
    expect(await w.portRow(at.port)).toMatchObject({ heldReason: null, inoperativeAt: null })

    says = 'Scheduled'
    expect(await act(at, { kind: 'availability', port: 1, operative: false })).toMatchObject({ outcome: 'scheduled' })
    expect(await w.portRow(at.port)).toMatchObject({ heldReason: 'Taken out of use by person anna.', inoperativeAt: null })
    says = 'Rejected'
    expect(await act(at, { kind: 'availability', port: 2, operative: false })).toMatchObject({ outcome: 'refused' })
    expect(await w.portRow(`${at.id}-2`)).toMatchObject({ heldReason: null, inoperativeAt: null })
  })

  test('§5.3 ChangeConfiguration: the value is taken, wants a reboot, or is refused; what would loosen a limit or the security never leaves', async () => {
    let says = 'Accepted'
    const at = await w.charger({ ChangeConfiguration: () => ({ status: says }) })
    const change = (key: string, value: string) => act(at, { kind: 'changeConfiguration', key, value })
    const asked = () => at.asked.filter(({ method, params }) => method === 'ChangeConfiguration' && params.key === 'LightIntensity')
    const done = await change('LightIntensity', '40')
    expect(done).toMatchObject({ outcome: 'accepted' })
    expect(asked()).toEqual([{ method: 'ChangeConfiguration', params: { key: 'LightIntensity', value: '40' } }])
    expect(await commandOf(done)).toMatchObject({
      kind: 'changeConfiguration',
      actor: 'user:anna',
      t4: expect.any(Date),
      t5: expect.any(Date),
    })
    // a value may be a secret
    expect(await w.line('command.changeConfiguration', at.id)).toMatchObject({ key: 'LightIntensity', value: '…' })
    says = 'RebootRequired'
    expect((await change('LightIntensity', '41')).detail).toContain('reboot')
    says = 'NotSupported'
    expect(await change('LightIntensity', '42')).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('NotSupported') })
    for (const [key, value] of [
      ['SecurityProfile', '0'],
      ['AuthorizationKey', 'abcdef0123456789abcdef0123456789'],
    ] as const)
      expect(await change(key, value), key).toMatchObject({ outcome: 'refused' })
    expect(at.asked.some(({ params }) => ['SecurityProfile', 'AuthorizationKey'].includes(String(params.key)))).toBe(false)
    const before = asked().length
    await gone(at)
    expect(await change('LightIntensity', '43')).toMatchObject({ outcome: 'offline' })
    expect(asked()).toHaveLength(before)
  })

  test('§5.5 ClearChargingProfile: what was cleared is written again by itself; cleared means doubted until it is accepted', async () => {
    const at = await w.charger()
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)
    const fallbacks = () => at.asked.filter(({ method, params }) => method === 'SetChargingProfile' && params.connectorId === 1).length
    const before = fallbacks()
    expect(await act(at, { kind: 'clearProfiles' })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('ClearChargingProfile')).toEqual({})
    await until(() => fallbacks() > before)
    await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)

    const mute = await w.charger({ ClearChargingProfile: () => ({ status: 'Unknown' }) })
    // nothing there to clear is cleared
    expect(await act(mute, { kind: 'clearProfiles' })).toMatchObject({ outcome: 'accepted' })
    expect((await mute.hears('SetChargingProfile')).connectorId).toBeGreaterThan(0)

    // where the tree has no room for its nameplate, it is refused before anything leaves
    const tight = await w.charger()
    await tight.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await until(async () => (await w.portRow(tight.port)).fallbackConfirmedAt)
    await prisma.siteNode.create({
      data: {
        id: 'tight',
        depotId: 'd',
        parentId: 'n',
        kind: 'circuit',
        name: 'Tight',
        volts: 240,
        wiring: 'L-L',
        phases: 1,
        limitW: 20_000,
      },
    })
    await prisma.charger.update({ where: { id: tight.id }, data: { nodeId: 'tight' } })
    const refused = await act(tight, { kind: 'clearProfiles' })
    expect(refused).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('Tight would be') })
    expect(tight.asked.filter(({ method }) => method === 'ClearChargingProfile')).toEqual([])
  })

  test('§5.7 GetCompositeSchedule: the schedule comes back as the charger says it, and its refusal too', async () => {
    const schedule = {
      status: 'Accepted',
      connectorId: 1,
      scheduleStart: '2026-11-23T00:00:00Z',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
    }
    let says: Record<string, unknown> = schedule
    const at = await w.charger({ GetCompositeSchedule: () => says })
    const done = await act(at, { kind: 'compositeSchedule', port: 1 })
    expect(await at.hears('GetCompositeSchedule')).toMatchObject({ connectorId: 1, duration: 86_400 })
    expect(done).toMatchObject({ outcome: 'accepted', response: schedule })
    const raw = await until(() =>
      prisma.ocppMessage.findFirst({ where: { chargerId: at.id, type: 'call', direction: 'out', action: 'GetCompositeSchedule' } }),
    )
    expect(raw.payload).toMatchObject({ connectorId: 1 })
    says = { status: 'Rejected' }
    expect(await act(at, { kind: 'compositeSchedule', port: 1 })).toMatchObject({ outcome: 'refused' })
    expect(await commandOf(await act(at, { kind: 'compositeSchedule', port: 1 }))).toMatchObject({ state: 'refused' })
  })

  test('§5.8 GetConfiguration: what the charger tells is kept, seen on its page, and makes its quirks', async () => {
    const keys = [
      { key: 'NumberOfConnectors', readonly: true, value: '2' },
      { key: 'ChargingScheduleMaxPeriods', readonly: true, value: '1' },
      { key: 'ChargingScheduleAllowedChargingRateUnit', readonly: true, value: 'Current' },
      { key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,SmartCharging' },
      { key: 'Unset', readonly: false },
    ]
    const at = await w.charger({ GetConfiguration: () => ({ configurationKey: keys, unknownKey: [] }) })
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    expect(await at.hears('GetConfiguration')).toEqual({})
    await until(async () => (await w.row(at.id)).commissionedAt)
    const page = await w.page(at.id)
    expect(page.configuration).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'ChargingScheduleMaxPeriods', value: '1' })]))
    expect(page.quirks).toMatchObject({ maxPeriods: 1, connectors: 2 })
    const done = await act(at, { kind: 'getConfiguration' })
    expect(done).toMatchObject({
      outcome: 'accepted',
      response: { configurationKey: expect.arrayContaining([{ key: 'Unset', readonly: false }]) },
    })

    const silent = await w.charger({ GetConfiguration: () => ({}) })
    await silent.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Silent' })
    await until(async () => (await w.row(silent.id)).commissionProblem)
    expect((await w.alerts()).find(({ key }) => key === `commission:${silent.id}`)?.why).toContain('does not tell its configuration')
  })

  test('§5.11 RemoteStartTransaction: the session that follows belongs to the van and to the command; a refusal is no session', async () => {
    let says = 'Accepted'
    const at = await w.charger({ RemoteStartTransaction: () => ({ status: says }) })
    await prisma.vehicle.update({ where: { id: 'v1' }, data: { homePortId: at.port } })
    await plugged(at)
    const command = await w.verb<{ id: string; state: string }>('command', { kind: 'start', vehicleId: 'v1' })
    const asked = await at.hears('RemoteStartTransaction')
    expect(asked).toMatchObject({ connectorId: 1, idTag: expect.any(String) })
    expect(await prisma.chargeRequest.findFirst({ where: { idTag: String(asked.idTag) } })).toMatchObject({
      askedAt: expect.any(Date),
      vehicleId: 'v1',
    })
    expect(await at.say('Authorize', { idTag: asked.idTag })).toMatchObject({ idTagInfo: { status: 'Accepted' } })
    const { transactionId } = await start(at, { idTag: asked.idTag, timestamp: new Date().toISOString() })
    expect(await w.session(transactionId)).toMatchObject({ vehicleId: 'v1', portId: at.port })
    await until(async () => ['seen', 'ackOnly'].includes((await prisma.command.findUniqueOrThrow({ where: { id: command.id } })).state))
    // again while it goes on: nothing leaves
    expect(await w.verb('command', { kind: 'start', vehicleId: 'v1' })).toMatchObject({ state: 'noop' })
    expect(at.asked.filter(({ method }) => method === 'RemoteStartTransaction')).toHaveLength(1)
    says = 'Rejected'
    await at.say('StatusNotification', { connectorId: 2, errorCode: 'NoError', status: 'Preparing' })
    expect(await w.verb('command', { kind: 'start', portId: `${at.id}-2` })).toMatchObject({ state: 'refused' })
    expect(await prisma.session.count({ where: { portId: `${at.id}-2` } })).toBe(0)
  })

  test('§5.12 RemoteStopTransaction: the open session of the port is named, and its end is recorded; without one nothing leaves', async () => {
    let says = 'Rejected'
    const at = await w.charger({ RemoteStopTransaction: () => ({ status: says }) })
    const { transactionId } = await start(at)
    await plugged(at, 'Charging')
    expect(await w.verb('command', { kind: 'stop', portId: at.port })).toMatchObject({ state: 'refused' })
    expect((await w.session(transactionId)).stoppedAt).toBeNull()
    says = 'Accepted'
    const command = await w.verb<{ id: string }>('command', { kind: 'stop', portId: at.port })
    expect(await at.hears('RemoteStopTransaction', 1)).toEqual({ transactionId })
    await at.say('StopTransaction', { transactionId, meterStop: 1500, timestamp: new Date().toISOString(), reason: 'Remote' })
    expect(await w.session(transactionId)).toMatchObject({ stopReason: 'Remote', energyWh: 500n })
    await until(async () => (await prisma.command.findUniqueOrThrow({ where: { id: command.id } })).state === 'seen')
    expect(await w.verb('command', { kind: 'stop', portId: at.port })).toMatchObject({ state: 'noop' })
    expect(at.asked.filter(({ method }) => method === 'RemoteStopTransaction')).toHaveLength(2)
  })

  test('§5.14 Reset: soft and hard leave as asked; a charger that forgets its limits is doubted before the frame leaves', async () => {
    let says = 'Accepted'
    const at = await w.charger({ Reset: () => ({ status: says }) })
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)
    expect(await act(at, { kind: 'reset', how: 'Soft' })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('Reset')).toEqual({ type: 'Soft' })
    expect((await w.portRow(at.port)).fallbackConfirmedAt).not.toBeNull()
    await prisma.charger.update({ where: { id: at.id }, data: { quirks: { keepsProfiles: false } } })
    // as long after every charger of this file took its fallback as it takes to follow it
    await prisma.port.updateMany({ data: { fallbackCountsAt: null } })
    const confirmed: (Date | null)[] = []
    says = 'Rejected'
    const other = await act(at, { kind: 'reset', how: 'Hard' })
    confirmed.push((await w.portRow(at.port)).fallbackConfirmedAt)
    expect(await at.hears('Reset', 1)).toEqual({ type: 'Hard' })
    expect(other).toMatchObject({ outcome: 'refused' })
    expect(await commandOf(other)).toMatchObject({ kind: 'reset', state: 'refused' })
    // whether it obeyed nobody knows: its nameplate counts until its fallback is accepted anew
    expect(confirmed).toEqual([null])
  })

  test('§5.16 SetChargingProfile: the fallback is stored in the charger and a plan follows a session; refusals are told and kept', async () => {
    const at = await w.charger()
    await at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
    const fallback = await at.hears('SetChargingProfile')
    expect(fallback.csChargingProfiles).toMatchObject({ chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative' })
    await until(async () => (await w.portRow(at.port)).fallbackConfirmedAt)
    expect(await prisma.limitSent.findFirst({ where: { portId: at.port, kind: 'fallback' } })).toMatchObject({ outcome: 'accepted' })
    await plugged(at, 'Charging')
    const { transactionId } = await start(at, { timestamp: new Date().toISOString() })
    const profile = await until(() =>
      at.asked.find(({ method, params }) => method === 'SetChargingProfile' && JSON.stringify(params).includes('"TxProfile"')),
    )
    expect(profile.params).toMatchObject({ connectorId: 1, csChargingProfiles: { transactionId, chargingProfilePurpose: 'TxProfile' } })
    const sent = await until(() => prisma.limitSent.findFirst({ where: { portId: at.port, kind: 'session', outcome: 'accepted' } }))
    expect(sent.sentAt.getTime()).toBeLessThanOrEqual(sent.answeredAt!.getTime())
    expect((await w.page(at.id)).limits.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['fallback', 'session']))

    const stubborn = await w.charger({ SetChargingProfile: () => ({ status: 'Rejected' }) })
    await stubborn.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Stubborn' })
    await until(() => prisma.limitSent.findFirst({ where: { portId: stubborn.port, kind: 'fallback', outcome: 'refused' } }))
    expect((await w.portRow(stubborn.port)).fallbackConfirmedAt).toBeNull()
  })

  test('§5.17 TriggerMessage: what is asked for comes and counts; not implemented is told', async () => {
    let says = 'Accepted'
    const at = await w.charger({ TriggerMessage: () => ({ status: says }) })
    const { transactionId } = await start(at)
    expect(await act(at, { kind: 'trigger', message: 'MeterValues', port: 1 })).toMatchObject({ outcome: 'accepted' })
    expect(await at.hears('TriggerMessage')).toEqual({ requestedMessage: 'MeterValues', connectorId: 1 })
    await energy(at, transactionId, 1700, ago(0), [{ value: '5000', unit: 'W', measurand: 'Power.Active.Import', context: 'Trigger' }])
    expect((await w.readings(at.port)).at(-1)).toMatchObject({ context: 'trigger', powerW: 5000 })
    expect((await w.session(transactionId)).energyWh).toBe(700n)
    says = 'NotImplemented'
    const refused = await act(at, { kind: 'trigger', message: 'Heartbeat' })
    expect(refused).toMatchObject({ outcome: 'refused', detail: 'The charger refused: NotImplemented.' })
    expect(await commandOf(refused)).toMatchObject({ kind: 'trigger', state: 'refused' })
  })
})
