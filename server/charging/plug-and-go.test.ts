import { beforeEach, expect, test, vi } from 'vitest'
import { seconds } from '#lib/time/instant.ts'
import { type TestDepot, testDepot } from '../planning/test-depot.ts'
import { lockOut, stopAll } from './stop-all.ts'

let depot: TestDepot
beforeEach(async () => {
  depot = await testDepot()
  await depot.allConfirmed()
  await depot.db.prisma.depot.update({ where: { id: 'north' }, data: { plugAndGo: true } })
})
const plugged = async (n: number) => {
  await depot.db.prisma.port.update({ where: { id: `p${n}` }, data: { status: 'plugged', pluggedAt: new Date(depot.clock.now()) } })
  depot.gateway.recorded.publish([depot.event(n, { kind: 'status', status: 'plugged' } as never)])
}
const starts = (n: number) => depot.charger(`c${n}`).calls.filter(({ kind }) => kind === 'remoteStart').length

test('a van at its own port is started without a card, once nobody has shown one for 10 s', async () => {
  await plugged(1)
  await depot.clock.move(seconds(5))
  await depot.gateway.goOn('north')
  expect(starts(1)).toBe(0)
  await depot.clock.move(seconds(6))
  await vi.waitFor(() => expect(starts(1)).toBe(1), { timeout: 10_000 })
  await depot.gateway.goOn('north')
  expect(starts(1)).toBe(1)
  const call = depot.charger('c1').calls.find(({ kind }) => kind === 'remoteStart')
  const token = await depot.db.prisma.token.findFirstOrThrow({ where: { vehicleId: 'v1', kind: 'central' } })
  expect(call).toEqual({ kind: 'remoteStart', port: 1, idTag: token.idTag })
  expect(token.idTag.length).toBeLessThanOrEqual(20)
})

test('a session that a restart of the charger broke off goes on while the van is plugged in, in every depot; one that a person ended does not', async () => {
  await depot.db.prisma.depot.update({ where: { id: 'north' }, data: { plugAndGo: false } })
  for (const [n, stopReason] of [
    [1, 'SoftReset'],
    [2, 'Local'],
    [3, 'Reboot'],
  ] as const) {
    const id = await depot.plug(n)
    await depot.db.prisma.session.update({ where: { id }, data: { stoppedAt: new Date(depot.clock.now()), stopReason } })
    await depot.db.prisma.port.update({ where: { id: `p${n}` }, data: { status: n === 3 ? 'plugged' : 'finishing' } })
  }
  await depot.clock.move(seconds(15))
  await depot.gateway.goOn('north')
  expect([starts(1), starts(2), starts(3)]).toEqual([1, 0, 1])
})

test('while all is stopped nothing is started; sessions are told zero and then to end', async () => {
  await depot.plug(2)
  await depot.want(2, [0, 9_600])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
  expect(await stopAll(depot.gateway, { depotId: 'north', stop: true, actor: 'user:1' })).toMatchObject({ reached: 1, unreached: [] })
  await depot.gateway.idle()
  const calls = depot.charger('c2').calls
  expect(calls.map(({ kind }) => kind)).toContain('remoteStop')
  expect(depot.charger('c2').limits.get(1)!.steps).toEqual([{ from: depot.clock.now(), limitW: 0 }])
  await plugged(1)
  await depot.clock.move(seconds(30))
  await depot.gateway.goOn('north')
  expect(starts(1)).toBe(0)
  await stopAll(depot.gateway, { depotId: 'north', stop: false, actor: 'user:1' })
  await depot.gateway.goOn('north')
  expect(starts(1)).toBe(1)
  const kinds = (await depot.db.prisma.journal.findMany({ where: { kind: { startsWith: 'safety.' } } })).map(({ kind }) => kind)
  expect(kinds).toEqual(['safety.stopAll', 'safety.stopLifted'])
})

test('when a stop is lifted, whose session it had ended and who is still plugged in charges on; others stay as they are', async () => {
  const ended = await depot.plug(2)
  await depot.plug(3)
  await stopAll(depot.gateway, { depotId: 'north', stop: true, actor: 'user:1' })
  const end = { stoppedAt: new Date(depot.clock.now()), stopReason: 'Remote' }
  await depot.db.prisma.session.update({ where: { id: ended }, data: end })
  // the driver of the third pulled the cable meanwhile
  await depot.db.prisma.session.updateMany({ where: { portId: 'p3', stoppedAt: null }, data: { ...end, stopReason: 'EVDisconnected' } })
  await depot.db.prisma.port.update({ where: { id: 'p2' }, data: { status: 'finishing' } })
  await depot.db.prisma.port.update({ where: { id: 'p3' }, data: { status: 'free', pluggedAt: null } })

  expect(await stopAll(depot.gateway, { depotId: 'north', stop: false, actor: 'user:1' })).toMatchObject({ reached: 1, unreached: [] })
  expect([starts(1), starts(2), starts(3)]).toEqual([0, 1, 0])
  await stopAll(depot.gateway, { depotId: 'north', stop: false, actor: 'user:1' })
  expect(starts(2)).toBe(1)
})

test('a lock-out stops what is under its node and names who could not be reached', async () => {
  await depot.plug(1)
  depot.charger('c1').online = false
  expect(await lockOut(depot.gateway, { nodeId: 'service', lock: true, actor: 'user:1' })).toMatchObject({
    reached: 0,
    unreached: ['Charger 1'],
  })
  const node = await depot.db.prisma.siteNode.findUniqueOrThrow({ where: { id: 'service' } })
  expect(node).toMatchObject({ lockedOutBy: 'user:1' })
})
