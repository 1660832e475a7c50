import { expect, test } from 'vitest'
import { seconds } from '#lib/time/instant.ts'
import { testDepot } from '../planning/test-depot.ts'
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
