import { afterAll, expect, test } from 'vitest'
import { makeClock } from '../clock.ts'
import { type Charger, type ChargerOptions, startCharger } from '../simulator/charger.ts'
import { fixedLoad } from '../simulator/vehicle.ts'
import { testDepot, until } from './test-depot.ts'

// Our simulator, which judges what physically happened, against the endpoint. A minute of depot time takes a second.

const clock = makeClock({ realMs: Date.now(), depotMs: Date.now(), speed: 60 })
const depot = await testDepot(8, clock)
const endpoint = await depot.start({ liveAfterMs: 1000 })
const { prisma } = depot.db
const running: Charger[] = []
afterAll(() => {
  for (const charger of running) charger.close()
})

async function online(identity: string, options: Partial<ChargerOptions> = {}): Promise<Charger> {
  const charger = startCharger({
    url: `ws://127.0.0.1:${endpoint.port}/ocpp`,
    identity,
    password: depot.keys.get(identity)!,
    ports: 2,
    clock,
    backoffMs: { min: 20, max: 100 },
    ...options,
  })
  running.push(charger)
  charger.connect()
  await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
  return charger
}
async function charging(identity: string, options: Partial<ChargerOptions> = {}) {
  const charger = await online(identity, options)
  charger.plug(fixedLoad(9_600))
  await charger.swipe('CENTRAL')
  await charger.waitFor(() => charger.powerW() > 9_000, 'power')
  return charger
}
const sessions = (identity: string) => prisma.session.findMany({ where: { portId: `${identity.toLowerCase()}-1` }, orderBy: { id: 'asc' } })
const ended = (identity: string) =>
  until(async () => ((await sessions(identity)).at(-1)?.stoppedAt ? sessions(identity) : undefined), 15_000)
const close = (energyWh: bigint, charger: Charger) => expect(Math.abs(Number(energyWh) - charger.meterWh())).toBeLessThan(5)

test('plug, charge, leave: what was delivered is what is recorded', async () => {
  const charger = await charging('C1', { model: { tellsSoc: true } })
  await until(async () => (await prisma.port.findUniqueOrThrow({ where: { id: 'c1-1' } })).powerW! > 9_000)
  expect((await prisma.port.findUniqueOrThrow({ where: { id: 'c1-1' } })).status).toBe('charging')
  await charger.waitFor(() => charger.meterWh() > 400, 'energy')
  charger.unplug()
  const [session] = await ended('C1')
  close(session!.energyWh, charger)
  expect(session!.flags).toEqual([])
  await until(async () => (await prisma.port.findUniqueOrThrow({ where: { id: 'c1-1' } })).status === 'free')
  expect((await prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })).commissionProblem).toBeNull()
})

test('every dialect at once, and each message twice: one session, right to the watt-hour', async () => {
  const charger = await charging('C2', {
    model: { tellsSoc: true, dialect: ['noUnit', 'floatNoise', 'socPercentSign', 'noContext', 'noMilliseconds', 'emptySampledValue'] },
  })
  charger.fault('repeatsMessages')
  await charger.waitFor(() => charger.meterWh() > 300, 'energy')
  charger.unplug()
  const all = await ended('C2')
  expect(all).toHaveLength(1)
  close(all[0]!.energyWh, charger)
})

test('an hour offline, in which a session ends and another begins: both are delivered late and whole', async () => {
  const charger = await charging('C3')
  charger.fault('offline')
  await charger.waitFor(() => charger.meterWh() > 500, 'energy')
  charger.unplug()
  charger.plug(fixedLoad(9_600))
  await charger.swipe('CENTRAL')
  await charger.waitFor(() => charger.meterWh() > 1_000, 'more energy')
  charger.fault('offline', false)
  await charger.waitFor(() => charger.isConnected(), 'the way back')
  await until(async () => (await sessions('C3')).length === 2, 15_000)
  charger.unplug()
  const all = await until(async () => ((await sessions('C3')).every(({ stoppedAt }) => stoppedAt) ? sessions('C3') : undefined), 15_000)
  close(
    all.reduce((sum, { energyWh }) => sum + energyWh, 0n),
    charger,
  )
  expect(all[0]!.flags).toContain('deliveredLate')
})

test('bad frames and a socket that drops every few minutes cost nothing', async () => {
  const charger = await charging('C4')
  charger.fault('badFrames')
  charger.fault('dropsSocket')
  await charger.waitFor(() => charger.meterWh() > 700, 'energy', 20_000)
  charger.fault('dropsSocket', false)
  charger.fault('badFrames', false)
  charger.unplug()
  const all = await ended('C4')
  expect(all).toHaveLength(1)
  close(all[0]!.energyWh, charger)
  expect(await prisma.journal.count({ where: { actor: 'charger:c4', kind: { startsWith: 'review.' } } })).toBeGreaterThan(0)
})

test('a crash that resumes with a register below the start: flagged, and nothing counted below zero', async () => {
  const charger = await charging('C5', { model: { afterPowerLoss: 'resumesBelowStart' }, registerWh: 50_000 })
  await charger.waitFor(() => charger.meterWh() > 300, 'energy')
  charger.fault('powerLoss')
  charger.fault('powerLoss', false)
  await charger.waitFor(() => charger.registration() === 'Accepted' && charger.powerW() > 9_000, 'the way back', 20_000)
  await charger.waitFor(() => charger.meterWh() > 600, 'energy', 20_000)
  charger.unplug()
  const all = await ended('C5')
  expect(all[0]!.flags).toContain('meterBackwards')
  expect(Number(all[0]!.energyWh)).toBeGreaterThanOrEqual(0)
})

test('limits are understood by a charger that was written from the specification alone', async () => {
  const charger = await charging('C6')
  const { id } = (await until(async () => (await sessions('C6'))[0]))!
  const now = clock.now()
  expect(await endpoint.links.call('c6', { kind: 'setFallback', port: 1, limitW: 1_440 as never })).toMatchObject({ kind: 'accepted' })
  const steps = [
    { from: now, limitW: 7_300 as never },
    { from: (now + 600_000) as never, limitW: 0 as never },
  ]
  expect(await endpoint.links.call('c6', { kind: 'setLimit', port: 1, sessionId: id, steps })).toMatchObject({ kind: 'accepted' })
  await charger.waitFor(() => charger.powerW() === 7_200, 'whole amperes at or under the limit')
  await charger.waitFor(() => charger.powerW() === 0, 'the second step', 20_000)
  expect(await endpoint.links.call('c6', { kind: 'clearLimits', port: 1 })).toMatchObject({ kind: 'accepted' })
  expect(await endpoint.links.call('c6', { kind: 'remoteStop', sessionId: id })).toMatchObject({ kind: 'accepted' })
  expect((await ended('C6'))[0]!.stopReason).toBe('Remote')
})

test('the depot starts a session itself; a charger whose clock is 37 minutes late is believed about its order, not its hour', async () => {
  const charger = await online('C7')
  charger.fault('clockWrong')
  charger.plug(fixedLoad(9_600))
  await charger.waitFor(() => charger.status() === 'Preparing', 'the plug')
  expect(await endpoint.links.call('c7', { kind: 'remoteStart', port: 1, idTag: 'CENTRAL' })).toMatchObject({ kind: 'accepted' })
  await charger.waitFor(() => charger.powerW() > 9_000, 'power')
  await until(async () => (await prisma.charger.findUniqueOrThrow({ where: { id: 'c7' } })).clockOffsetMs < -30 * 60_000, 20_000)
  charger.unplug()
  const [session] = await ended('C7')
  close(session!.energyWh, charger)
  expect(session!.flags).toContain('clockCorrected')
})
