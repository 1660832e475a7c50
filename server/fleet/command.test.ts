import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { hours, plus, seconds } from '#lib/time/instant.ts'
import { actOnCharger } from '../charging/act.ts'
import { type TestDepot, testDepot } from '../planning/test-depot.ts'
import type { Prisma } from '../store/generated/client.ts'
import { command } from './command.ts'
import { takeState } from './take-state.ts'

let depot: TestDepot
beforeEach(async () => {
  depot = await testDepot({ capW: 9_600 })
  await depot.allConfirmed()
})
const asked = () => ({ depotId: 'north', actor: 'key:dispatch', source: 'api', t1: depot.clock.real() })
const row = async (id: string) => {
  await depot.gateway.idle()
  return depot.db.prisma.command.findUniqueOrThrow({ where: { id } })
}
const metered = async (n: number, powerW: number) => {
  const readings = [{ at: depot.clock.now(), powerW, currentMa: [], voltageMv: [], context: 'trigger', flags: [] }]
  depot.gateway.recorded.publish([depot.event(n, { kind: 'metered', readings, late: false } as never)])
  await depot.gateway.idle()
}
/** Two vans at a connection that carries one: the one that leaves first charges. */
async function twoVans() {
  await depot.duty(1, plus(depot.clock.now(), hours(4)), 42_000)
  await depot.duty(2, plus(depot.clock.now(), hours(8)), 54_000)
  await depot.plug(1)
  await depot.plug(2)
  await depot.gateway.replanner.now('north', 'test')
  await depot.gateway.idle()
  await depot.clock.move(seconds(15))
  await depot.gateway.idle()
}

test('an earlier departure: planned, sent when the cut of the other counts, accepted, and seen in a reading', async () => {
  await twoVans()
  const { id } = await command(depot.gateway, {
    ...asked(),
    kind: 'departure',
    vehicleId: 'v2',
    departsAt: plus(depot.clock.now(), hours(2.6)),
  })
  expect(await row(id)).toMatchObject({ state: 'planned', t4: null })
  await depot.clock.move(seconds(11))
  expect(await row(id)).toMatchObject({ state: 'accepted', t6: null })
  expect(depot.charger('c2').calls.at(-1)).toEqual({ kind: 'trigger', message: 'MeterValues', port: 1 })
  await metered(2, 0)
  expect((await row(id)).state).toBe('accepted')
  await depot.clock.move(seconds(2))
  await metered(2, 9_600)
  const done = await row(id)
  expect(done.state).toBe('seen')
  const stamps = [done.t0, done.t1, done.t2, done.t3, done.t4, done.t5, done.t6].map((at) => at!.getTime())
  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
})

test('a command for a van goes to the bay where it charges, not to a charger that nobody let in and that names its card', async () => {
  await depot.plug(1)
  const { prisma } = depot.db
  const { id: _, ...open } = await prisma.session.findFirstOrThrow({ where: { vehicleId: 'v1' } })
  await prisma.charger.update({ where: { id: 'c2' }, data: { registration: 'pending' } })
  const startedAt = new Date(plus(depot.clock.now(), seconds(1)))
  await prisma.session.create({
    data: { ...open, portId: 'p2', startKey: 'elsewhere', startedAt, flags: ['chargerNotAccepted'] } as Prisma.SessionUncheckedCreateInput,
  })
  const { id } = await command(depot.gateway, { ...asked(), kind: 'stop', vehicleId: 'v1' })
  expect(await row(id)).toMatchObject({ portId: 'p1', chargerId: 'c1' })
})

test('the same command id again makes no second call and answers the same', async () => {
  await depot.db.prisma.port.update({ where: { id: 'p1' }, data: { status: 'plugged', pluggedAt: new Date(depot.clock.now()) } })
  const id = randomUUID()
  const once = await command(depot.gateway, { ...asked(), id, kind: 'start', vehicleId: 'v1' })
  const twice = await command(depot.gateway, { ...asked(), id, kind: 'start', vehicleId: 'v1' })
  expect(twice).toEqual(once)
  expect(depot.charger('c1').calls.filter(({ kind }) => kind === 'remoteStart')).toHaveLength(1)
  const token = await depot.db.prisma.token.findFirstOrThrow({ where: { vehicleId: 'v1' } })
  expect(token.kind).toBe('central')
  depot.gateway.recorded.publish([depot.event(1, { kind: 'started', idTag: token.idTag, verdict: 'accepted', late: false } as never)])
  expect((await row(id)).state).toBe('seen')
})

test('nothing to do is a no-op, an offline charger a failure, a refusal a refusal, silence a time-out', async () => {
  const stop = () => command(depot.gateway, { ...asked(), kind: 'stop', portId: 'p1' })
  expect(await stop()).toMatchObject({ state: 'noop', detail: 'No session is open at this port.' })
  await depot.plug(1)
  depot.charger('c1').manner = 'refuses'
  expect(await stop()).toMatchObject({ state: 'refused', detail: 'Rejected' })
  depot.charger('c1').manner = 'isMute'
  expect(await stop()).toMatchObject({ state: 'timeout' })
  depot.charger('c1').online = false
  expect(await stop()).toMatchObject({ state: 'failed', detail: 'The charger is offline.' })
})

test('an effect that is not seen within 30 s of real time is a time-out', async () => {
  await depot.plug(1)
  const { id } = await command(depot.gateway, { ...asked(), kind: 'stop', portId: 'p1' })
  expect((await row(id)).state).toBe('accepted')
  await depot.clock.move(seconds(31))
  await depot.gateway.commands.tick()
  expect(await row(id)).toMatchObject({ state: 'timeout', detail: 'After 30 s its effect was not seen.', t6: null })
})

test('a departure that is moved past its return takes the return along', async () => {
  const departsAt = plus(depot.clock.now(), hours(4))
  await depot.duty(1, departsAt, 42_000)
  const before = await depot.db.prisma.duty.findFirstOrThrow({ where: { vehicleId: 'v1' } })
  const later = plus(departsAt, hours(48))
  await command(depot.gateway, { ...asked(), kind: 'departure', vehicleId: 'v1', departsAt: later })
  const after = await depot.db.prisma.duty.findFirstOrThrow({ where: { vehicleId: 'v1' } })
  expect(after.departsAt.getTime()).toBe(later)
  expect(after.returnsAt.getTime() - later).toBe(before.returnsAt.getTime() - departsAt)
})

test('a newer command for the same target supersedes one that has not left', async () => {
  await twoVans()
  const departsAt = plus(depot.clock.now(), hours(2.6))
  const first = await command(depot.gateway, { ...asked(), kind: 'departure', vehicleId: 'v2', departsAt })
  const second = await command(depot.gateway, { ...asked(), kind: 'departure', vehicleId: 'v2', departsAt: plus(departsAt, -seconds(60)) })
  expect((await row(first.id)).state).toBe('superseded')
  await depot.clock.move(seconds(11))
  expect((await row(second.id)).state).toBe('accepted')
})

test('commands under way go on after a restart of the gateway', async () => {
  await depot.plug(1)
  const { id } = await command(depot.gateway, { ...asked(), kind: 'stop', portId: 'p1' })
  await depot.gateway.close()
  const second = await depot.start()
  second.recorded.publish([depot.event(1, { kind: 'stopped', sessionId: 1, reason: 'Remote', late: false } as never)])
  await second.idle()
  expect((await row(id)).state).toBe('seen')
})

test("an operator's limit lowers a port and never raises it", async () => {
  await twoVans()
  const { id } = await command(depot.gateway, { ...asked(), kind: 'limit', portId: 'p1', limitW: 2_400 })
  await depot.clock.move(seconds(1))
  const sent = depot.charger('c1').limits.get(1)!.steps
  expect(Math.max(...sent.map(({ limitW }) => limitW))).toBeLessThanOrEqual(2_400)
  expect((await row(id)).state).toBe('accepted')
})

test('whoever may clear a charger of its limits needs room for its nameplate', async () => {
  const clear = () => actOnCharger(depot.gateway, { depotId: 'north', chargerId: 'c3', act: { kind: 'clearProfiles' }, actor: 'user:1' })
  expect((await clear()).outcome).toBe('accepted')
  await twoVans()
  await depot.gateway.replanner.now('north', 'test')
  await depot.gateway.idle()
  const refused = await clear()
  expect(refused.outcome).toBe('refused')
  expect(refused.detail).toContain('Grid connection would be')
  const cleared = depot.charger('c3').calls.filter((call) => call.kind === 'message' && call.action === 'ClearChargingProfile')
  expect(cleared).toHaveLength(1)
})

test('configuration that the envelope rests on is not changed by hand', async () => {
  for (const key of ['AuthorizationKey', 'ChargeProfileMaxStackLevel', 'MaxChargingProfilesInstalled', 'VendorMaxCurrent']) {
    const act = { kind: 'changeConfiguration' as const, key, value: '1' }
    expect((await actOnCharger(depot.gateway, { depotId: 'north', chargerId: 'c1', act, actor: 'user:1' })).outcome).toBe('refused')
  }
  const act = { kind: 'changeConfiguration' as const, key: 'HeartbeatInterval', value: '60' }
  expect((await actOnCharger(depot.gateway, { depotId: 'north', chargerId: 'c1', act, actor: 'user:1' })).outcome).toBe('accepted')
})

test('an older state from telematics never overwrites a newer one', async () => {
  const state = (minutesLater: number, socPct: number) =>
    takeState(depot.gateway, {
      depotId: 'north',
      vehicleId: 'v1',
      actor: 'key:t',
      at: plus(depot.clock.now(), minutesLater * 60_000),
      receivedAt: depot.clock.real(),
      socPct,
    })
  expect(await state(5, 70)).toMatchObject({ stored: true })
  expect(await state(3, 20)).toMatchObject({ stored: false })
  expect((await depot.db.prisma.vehicle.findUniqueOrThrow({ where: { id: 'v1' } })).socPct).toBe(70)
})

test('telematics asks for a plan where it tells something new, not for a hundredth of a charge', async () => {
  const causes: string[] = []
  const wakes = { ...depot.gateway.wakes, replan: (_: string, cause: string) => causes.push(cause) }
  const tell = async (told: { socPct?: number; pluggedIn?: boolean }) => {
    await depot.clock.move(seconds(1))
    const [at, receivedAt] = [depot.clock.now(), depot.clock.real()]
    await takeState({ ...depot.gateway, wakes }, { depotId: 'north', vehicleId: 'v1', actor: 'key:telematics', at, receivedAt, ...told })
    return causes.splice(0).length
  }
  expect(await tell({ socPct: 50.4, pluggedIn: false }), 'whether it is plugged in was not known').toBe(1)
  expect(await tell({ socPct: 50.9, pluggedIn: false })).toBe(0)
  expect(await tell({ pluggedIn: true })).toBe(1)
  expect(await tell({ socPct: 48 })).toBe(1)
  expect((await depot.db.prisma.vehicle.findUniqueOrThrow({ where: { id: 'v1' } })).socPct).toBe(48)
  await depot.db.prisma.vehicle.update({ where: { id: 'v1' }, data: { socPct: null } })
  expect(await tell({ socPct: 48 }), 'it was not known').toBe(1)
})

test('while charging without telematics the state of charge follows the meter', async () => {
  const session = await depot.plug(1)
  const reading = async (s: number, energyWh: number) => {
    await depot.clock.move(seconds(s))
    const at = depot.clock.now()
    await depot.db.prisma.meterReading.create({
      data: {
        at: new Date(at),
        portId: 'p1',
        digest: String(at),
        receivedAt: new Date(at),
        sessionId: session,
        energyWh: BigInt(energyWh),
        context: 'periodic',
      },
    })
    const readings = [{ at, energyWh, currentMa: [], voltageMv: [], context: 'periodic', flags: [] }]
    depot.gateway.recorded.publish([depot.event(1, { kind: 'metered', session, readings, late: false } as never)])
    await depot.gateway.idle()
  }
  const toldAt = new Date(depot.clock.now())
  await depot.db.prisma.vehicle.update({ where: { id: 'v1' }, data: { socReceivedAt: toldAt } })
  await reading(60, 3_000)
  await reading(60, 6_000)
  const van = await depot.db.prisma.vehicle.findUniqueOrThrow({ where: { id: 'v1' } })
  // nobody told it since
  expect([van.socPct, van.socSource, van.socReceivedAt]).toEqual([60, 'estimate', toldAt])
})
