import { beforeEach, expect, test } from 'vitest'
import { explain } from '#lib/planning/explain.ts'
import { HELD_DISOBEDIENT } from '#lib/planning/held.ts'
import { plan } from '#lib/planning/plan.ts'
import { seconds } from '#lib/time/instant.ts'
import { actOnCharger } from '../charging/act.ts'
import { remedyWords } from '../live/remedy-words.ts'
import { setDisobedience } from '../store/site.ts'
import { makeObedience } from './obedience.ts'
import { gather } from './replan.ts'
import { type TestDepot, testDepot } from './test-depot.ts'

let depot: TestDepot
beforeEach(async () => {
  depot = await testDepot({ capW: 12_000 })
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.plug(2)
  await depot.want(1, [0, 2_400])
  await depot.want(2, [0, 9_600])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
})
const reading = async (s: number, powerW: number) => {
  await depot.clock.move(seconds(s))
  await depot.gateway.idle()
  const readings = [{ at: depot.clock.now(), powerW, currentMa: [], voltageMv: [], context: 'periodic', flags: [] }]
  depot.gateway.recorded.publish([depot.event(1, { kind: 'metered', session: 1, readings, late: false } as never)])
  await depot.gateway.obedience.tick()
  await depot.gateway.idle()
}
const charger = () => depot.db.prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })
const other = () => depot.charger('c2').limits.get(1)!.steps[0]!.limitW
const kinds = async () => (await depot.db.prisma.journal.findMany({ where: { kind: { startsWith: 'safety.' } } })).map(({ kind }) => kind)

test('a little over for a moment, or within the tolerance, is nothing', async () => {
  await reading(15, 2_900)
  for (let i = 0; i < 8; i++) await reading(15, 2_850)
  expect((await charger()).disobedientSince).toBeNull()
})

test('above its limit for 60 s: flagged, and the others make room for its excess', async () => {
  await reading(15, 2_400)
  for (let i = 0; i < 4; i++) await reading(15, 7_200)
  expect(await charger()).toMatchObject({ extraW: 4_800 })
  expect(await kinds()).toEqual(['safety.disobedient'])
  expect(other()).toBeLessThanOrEqual(12_000 - 7_200)
})

test('30 s more: stopped and out of use, until a person lets it go', async () => {
  await reading(15, 2_400)
  for (let i = 0; i < 7; i++) await reading(15, 7_200)
  expect(depot.charger('c1').calls.filter(({ kind }) => kind === 'remoteStop' || kind === 'availability')).toEqual([
    { kind: 'remoteStop', sessionId: 1 },
    { kind: 'availability', port: 1, operative: false },
  ])
  const port = () => depot.db.prisma.port.findUniqueOrThrow({ where: { id: 'p1' } })
  expect(await port()).toMatchObject({ heldReason: HELD_DISOBEDIENT })
  await depot.unplug(1)
  await actOnCharger(depot.gateway, {
    depotId: 'north',
    chargerId: 'c1',
    act: { kind: 'availability', port: 1, operative: true },
    actor: 'user:1',
  })
  expect(await port()).toMatchObject({ heldReason: null, inoperativeAt: null })
  expect(await charger()).toMatchObject({ disobedientSince: null, extraW: 0 })
})

test('a charger that is connected and held is told as what it is, with what helps; so is one that a person took out of use', async () => {
  const told = async () => {
    const input = await gather(depot.gateway, 'north', depot.gateway.reconciler.reach)
    const { id } = input.needs.find(({ port }) => port === 'p1')!
    const { reasons, shortfalls } = plan({
      ...input,
      needs: input.needs.map((need) => ({ ...need, energyWh: 60_000 as typeof need.energyWh })),
    })
    const short = shortfalls.find(({ vehicle }) => vehicle === id)!
    const words = { time: String }
    return [explain(reasons[id]!, words), short.cause.kind, short.remedies.map((each) => remedyWords(each, words).word)]
  }
  await reading(15, 2_400)
  for (let i = 0; i < 7; i++) await reading(15, 7_200)
  expect(await told()).toEqual([
    'The charger at p1 drew more than its limit and was stopped.',
    'outOfUse',
    ['Have the charger at p1 checked, then take it back into use'],
  ])
  await depot.db.prisma.user.create({
    data: { id: 'anna', name: 'Anna', email: 'a@b.c', role: 'manager', passwordHash: '', createdAt: new Date(0) },
  })
  const act = { kind: 'availability', port: 1, operative: false } as const
  await actOnCharger(depot.gateway, { depotId: 'north', chargerId: 'c1', act, actor: 'user:anna' })
  expect(await told()).toEqual(['The charger at p1 was taken out of use by Anna.', 'outOfUse', ['Take the charger at p1 back into use']])
  depot.charger('c1').online = false
  expect((await told())[1]).toBe('chargerOffline')
})

test('one that obeys again is forgiven and gives the room back', async () => {
  await reading(15, 2_400)
  for (let i = 0; i < 4; i++) await reading(15, 7_200)
  await reading(15, 2_400)
  expect(await charger()).toMatchObject({ disobedientSince: null, extraW: 0 })
  expect(await kinds()).toEqual(['safety.disobedient', 'safety.obeys'])
})

test('one that was stopped and goes on is told again', async () => {
  await reading(15, 2_400)
  for (let i = 0; i < 9; i++) await reading(15, 7_200)
  expect(depot.charger('c1').calls.filter(({ kind }) => kind === 'remoteStop')).toHaveLength(2)
  expect(await kinds()).toEqual(['safety.disobedient', 'safety.stopped'])
})

test('a flag of the process before is taken back by the one after it', async () => {
  await setDisobedience(depot.db.prisma, 'c1', depot.clock.now(), 4_800)
  await reading(15, 2_400)
  expect(await charger()).toMatchObject({ disobedientSince: null, extraW: 0 })
})

test('many that draw too much are asked for readings a few at a time: answers to others go between', async () => {
  const asked: string[] = []
  const call = async (chargerId: string) => {
    asked.push(chargerId)
    return { kind: 'accepted' as const, response: {} }
  }
  const obedience = makeObedience({ ...depot.gateway, links: { ...depot.gateway.links, call } }, { mayGiveW: () => 0 })
  const readings = [{ at: depot.clock.now(), powerW: 7_200, currentMa: [], voltageMv: [], context: 'periodic', flags: [] }]
  const metered = depot.event(1, { kind: 'metered', session: 1, readings, late: false } as never)
  const many = Array.from({ length: 50 }, (_, index) => `c${index}`)
  await obedience.recorded(many.map((id) => ({ ...metered, portId: id, chargerId: id })))
  const ticked = obedience.tick()
  const atOnce = asked.length
  await ticked
  expect(atOnce).toBeLessThan(30)
  expect(asked).toEqual(many)
})
