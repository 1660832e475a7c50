import { expect, test, vi } from 'vitest'
import { HELD_FOR_SAFETY } from '#lib/planning/held.ts'
import { seconds } from '#lib/time/instant.ts'
import { wattHours } from '#lib/units/units.ts'
import { testDepot } from '../planning/test-depot.ts'
import { commitEvents } from './record.ts'
import { makeStopSweep, stopAll } from './stop-all.ts'

test('a session that ends while its port is being put at zero was reached', async () => {
  const depot = await testDepot()
  await depot.allConfirmed()
  for (const n of [1, 2]) await depot.plug(n)
  const reconciler = {
    ...depot.gateway.reconciler,
    depot: async (depotId: string) => {
      const pass = await depot.gateway.reconciler.depot(depotId)
      // whoever wakes at its news tells it to stop, and it has
      await depot.unplug(1)
      return pass
    },
  }
  const stopped = await stopAll({ ...depot.gateway, reconciler }, { depotId: 'north', actor: 'user:1', stop: true })
  expect(stopped).toMatchObject({ reached: 2, unreached: [] })
})

test('a session that begins at a port that is out of use is told to end; one that was there before goes on', async () => {
  const depot = await testDepot()
  await depot.allConfirmed()
  await depot.plug(1)
  const { prisma } = depot.db
  const held = { heldReason: HELD_FOR_SAFETY, inoperativeAt: new Date(depot.clock.now()) }
  await prisma.port.updateMany({ where: { id: { in: ['p1', 'p2', 'p3'] } }, data: held })
  const told = (chargerId: string) => depot.charger(chargerId).calls.filter(({ kind }) => kind === 'remoteStop').length
  const begin = async (chargerId: string, startKey: string) => {
    const started = {
      kind: 'started',
      at: depot.clock.now(),
      port: 1,
      idTag: 'T2',
      verdict: 'accepted',
      meterStartWh: 0,
      late: false,
    } as const
    const { events, fresh } = await commitEvents(depot.gateway, chargerId, [
      { ...started, meterStartWh: wattHours(0), flags: [], startKey },
    ])
    depot.gateway.recorded.publish(fresh)
    await depot.gateway.idle()
    return prisma.session.findUniqueOrThrow({ where: { id: events[0]!.session! } })
  }
  expect((await begin('c2', 'a')).flags).toEqual(expect.arrayContaining(['heldPort']))
  await vi.waitFor(() => expect([told('c1'), told('c2')]).toEqual([0, 1]))
  expect(await prisma.journal.count({ where: { kind: 'review.heldPort' } })).toBe(1)
  // and the next one too: a person who took it out of use relies on it
  await prisma.port.update({ where: { id: 'p2' }, data: { heldReason: 'Taken out of use by a person.', inoperativeAt: null } })
  await depot.clock.move(seconds(5))
  expect((await begin('c2', 'again')).flags).toContain('heldPort')
  await vi.waitFor(() => expect(told('c2')).toBe(2))
  // in use again meanwhile: it may go on
  await prisma.port.update({ where: { id: 'p3' }, data: { heldReason: null } })
  expect((await begin('c3', 'b')).flags).not.toContain('heldPort')
  expect(told('c3')).toBe(0)
})

test('a session that goes on is told again after half a minute, whatever is asked of another depot', async () => {
  const depot = await testDepot()
  await depot.allConfirmed()
  await depot.plug(1)
  const sweepStopped = makeStopSweep(depot.gateway)
  const told = () => depot.charger('c1').calls.filter(({ kind }) => kind === 'remoteStop').length
  await stopAll({ ...depot.gateway, sweepStopped }, { depotId: 'north', actor: 'user:1', stop: true })
  expect(told()).toBe(1)
  expect(await sweepStopped('south')).toEqual({ reached: 0, unreached: [] })
  expect(await sweepStopped('north')).toEqual({ reached: 1, unreached: [] })
  expect(told()).toBe(1)
  await depot.clock.move(seconds(31))
  await sweepStopped('north')
  expect(told()).toBe(2)
})
