import { beforeEach, expect, test } from 'vitest'
import { envelopeOf } from '#lib/planning/depot-facts.ts'
import { checkEnvelope } from '#lib/planning/envelope.ts'
import { seconds } from '#lib/time/instant.ts'
import type { Phase } from '#lib/units/units.ts'
import { call16 } from '../ocpp/call16.ts'
import type { ChargerCall } from '../runtime.ts'
import { writeMeasuredLoad } from '../store/measured-load.ts'
import { readFacts } from './facts.ts'
import { gather } from './replan.ts'
import { followsW, type TestDepot, testDepot } from './test-depot.ts'

// Amperes on each phase, from the records to the frame: what the site allows, which lines a port is on, and how many a vehicle uses.

let depot: TestDepot
beforeEach(async () => {
  depot = await testDepot({ ports: 4, capW: 60_000 })
  await depot.allConfirmed()
  return () => depot.gateway.close()
})

const phaseLimit = (amperes: number) =>
  depot.db.prisma.siteNode.update({ where: { id: 'service' }, data: { phaseLimitMa: amperes * 1000 } })
const lines = (n: number, told: string) => depot.db.prisma.port.update({ where: { id: `p${n}` }, data: { lines: told } })
/** A port of 22 kW to neutral, 32 A on three phases, with a vehicle of one phase. */
const threePhase = async (n: number, told: string | null) => {
  const p = depot.db.prisma
  const circuit = { phases: 3, volts: 230, wiring: 'L-N', maxW: 22_080, minW: 4_140, lines: told }
  await p.port.update({ where: { id: `p${n}` }, data: circuit })
  await p.charger.update({ where: { id: `c${n}` }, data: { maxW: 22_080 } })
  await p.vehicle.update({ where: { id: `v${n}` }, data: { phases: 1, maxW: 7_360 } })
}
const toNeutral = () => depot.db.prisma.siteNode.update({ where: { id: 'service' }, data: { volts: 230, wiring: 'L-N' } })

async function planned() {
  await depot.gateway.replanner.now('north', 'a test')
  for (let i = 0; i < 3; i++) {
    await depot.gateway.reconciler.idle()
    await depot.clock.move(seconds(15))
    await depot.gateway.reconciler.depot('north')
  }
  await depot.gateway.idle()
  const { facts } = (await readFacts(depot.db.prisma, 'north', depot.clock.now(), depot.gateway.reconciler.reach))!
  expect(checkEnvelope(envelopeOf(facts))).toEqual({ kind: 'within' })
}
const gives = (n: number) => followsW(depot.charger(`c${n}`), depot.clock.now())
const lastLimit = (n: number) =>
  depot.charger(`c${n}`).calls.findLast((call): call is Extract<ChargerCall, { kind: 'setLimit' }> => call.kind === 'setLimit')

test('two on the same lines share their amperes; one on others has its own', async () => {
  await phaseLimit(50)
  for (const [n, told] of ['l1 l2', 'l2 l1', 'l2 l3', 'l3 l1'].entries()) await lines(n + 1, told)
  for (const n of [1, 2]) await depot.plug(n)
  await planned()
  // 40 A each were 80 A on l1 and l2
  expect((gives(1) + gives(2)) / 240).toBeLessThanOrEqual(50)
  expect((gives(1) + gives(2)) / 240).toBeGreaterThanOrEqual(40)
  await depot.unplug(2)
  depot.charger('c2').limits.clear()
  await depot.plug(4)
  await planned()
  expect((gives(1) + gives(4)) / 240).toBeLessThanOrEqual(50)
  const { nodes, ports } = await gather(depot.gateway, 'north', depot.gateway.reconciler.reach)
  expect(nodes.find(({ id }) => id === 'service')!.limitMa!.l1[0]).toBe(50_000)
  expect(ports.map(({ phases }) => phases)).toEqual([
    ['l1', 'l2'],
    ['l2', 'l1'],
    ['l2', 'l3'],
    ['l3', 'l1'],
  ])
})

test('a port whose lines nobody told counts on each of them', async () => {
  await phaseLimit(50)
  await lines(1, 'l1 l2')
  for (const n of [1, 3]) await depot.plug(n)
  await planned()
  expect((gives(1) + gives(3)) / 240).toBeLessThanOrEqual(50)
  // … and the plan does not promise more
  const input = await gather(depot.gateway, 'north', depot.gateway.reconciler.reach)
  const service = input.nodes.find(({ id }) => id === 'service')!
  expect(service.limitMa).toBeUndefined()
  expect(service.limitW[0]).toBe(12_000)
})

test('a breaker is kept on each phase once the lines of all ports are told; before, as power over all of them', async () => {
  await depot.db.prisma.siteNode.update({ where: { id: 'service' }, data: { breakerMa: 50_000, limitIncludesContinuous: true } })
  const service = async () =>
    (await readFacts(depot.db.prisma, 'north', depot.clock.now(), depot.gateway.reconciler.reach))!.facts.nodes.find(
      ({ id }) => id === 'service',
    )!
  expect(await service()).toMatchObject({ limitW: 20_784 })
  expect((await service()).limitMa).toBeUndefined()
  for (const n of [1, 2, 3, 4]) await lines(n, 'l1 l2')
  expect(await service()).toMatchObject({ limitMa: 50_000 })
})

test('vehicles of one phase at ports of three: whole amperes on one phase, and rotated ports do not meet', async () => {
  await toNeutral()
  await phaseLimit(32)
  await threePhase(1, 'l1 l2 l3')
  await threePhase(2, 'l2 l3 l1')
  await threePhase(3, null)
  await lines(4, 'l1 l2')
  for (const n of [1, 2]) await depot.plug(n)
  await planned()
  expect([gives(1), gives(2)]).toEqual([7_360, 7_360])
  const { phases, steps } = lastLimit(1)!
  expect(phases).toBe(1)
  const { payload } = await call16(depot.gateway, 'c1', { kind: 'setLimit', port: 1, sessionId: 1, steps, phases: 1 }, 0)
  expect(payload).toMatchObject({ csChargingProfiles: { chargingSchedule: { chargingRateUnit: 'A' } } })
  const [first] = (payload as { csChargingProfiles: { chargingSchedule: { chargingSchedulePeriod: object[] } } }).csChargingProfiles
    .chargingSchedule.chargingSchedulePeriod
  // what was promised in the plan is what is sent: 32 A on one phase
  expect(first).toEqual({ startPeriod: 0, limit: 32, numberPhases: 1 })
  // nobody turned the third: it begins with l1, as the first one does
  await depot.plug(3)
  await planned()
  expect((gives(1) + gives(3)) / 230).toBeLessThanOrEqual(32)
  expect(gives(2)).toBe(7_360)
})

test('a limit for one phase counts on all of the port once its session is over and nobody knows whether it came', async () => {
  await toNeutral()
  await phaseLimit(40)
  await threePhase(1, 'l1 l2 l3')
  for (const n of [2, 3, 4]) await lines(n, 'l1 l2')
  depot.charger('c1').manner = 'isMute'
  await depot.plug(1)
  await depot.gateway.replanner.now('north', 'a test')
  await depot.gateway.reconciler.idle()
  const holding = async () => {
    const { facts } = (await readFacts(depot.db.prisma, 'north', depot.clock.now(), depot.gateway.reconciler.reach))!
    return facts.ports
      .find(({ id }) => id === 'p1')!
      .limits.map(({ curve, parts }) => ({ mostW: Math.max(curve.beforeW, ...curve.steps.map(({ limitW }) => limitW)), parts }))
  }
  const [before] = await holding()
  expect(before!.mostW).toBeGreaterThanOrEqual(1_380)
  expect(before!.mostW).toBeLessThanOrEqual(7_360)
  expect(before!.parts).toEqual({ l1: 1000 / 230, l2: 0, l3: 0 })
  await depot.unplug(1)
  const [after] = await holding()
  // the same amperes on three phases
  expect(after!.mostW).toBeGreaterThanOrEqual(before!.mostW * 3)
  expect(after!.mostW).toBeLessThan(before!.mostW * 3 + 10)
  expect(after!.parts).toBeUndefined()
})

test('what the meter tells of a phase above the others is kept free on that phase only', async () => {
  await phaseLimit(60)
  for (const [n, told] of ['l1 l2', 'l2 l3', 'l2 l3', 'l2 l3'].entries()) await lines(n + 1, told)
  await depot.baseLoad(9_000)
  const measured = { powerW: 9_000, phasesMa: [42_000, 12_000, 12_000], measuredAt: depot.clock.now() }
  expect(await writeMeasuredLoad(depot.db.prisma, 'service', measured)).toBe(true)
  const { facts } = (await readFacts(depot.db.prisma, 'north', depot.clock.now(), depot.gateway.reconciler.reach))!
  expect(facts.nodes.find(({ id }) => id === 'service')!.unevenMa).toEqual({ l1: 20_000, l2: 0, l3: 0 })
  const input = await gather(depot.gateway, 'north', depot.gateway.reconciler.reach)
  const { limitMa } = input.nodes.find(({ id }) => id === 'service')!
  const on = (phase: Phase) => Math.round(limitMa![phase][0]! / 1000)
  expect([on('l1'), on('l2'), on('l3')]).toEqual([40, 60, 60])
  for (const n of [1, 2]) await depot.plug(n)
  await planned()
  // a third of 9 kW is 21.7 A of each phase; 20 A more hang on l1
  expect(gives(1) / 240).toBeLessThanOrEqual(60 - 41.6)
  expect((gives(1) + gives(2)) / 240).toBeGreaterThan(34)
})
