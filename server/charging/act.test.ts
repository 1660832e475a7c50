import { beforeEach, expect, test } from 'vitest'
import type { ChargerAct } from '#lib/api/charger.ts'
import { type TestDepot, testDepot } from '../planning/test-depot.ts'
import { actOnCharger } from './act.ts'

let depot: TestDepot
beforeEach(async () => {
  depot = await testDepot({ capW: 12_000 })
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.want(1, [0, 9_600])
  await depot.gateway.reconciler.depot('north')
  await depot.gateway.idle()
})
const ask = (act: ChargerAct) => actOnCharger(depot.gateway, { depotId: 'north', chargerId: 'c2', act, actor: 'user:1' })
const told = (action: string) => depot.charger('c2').calls.filter((call) => call.kind === 'message' && call.action === action)

test('all ports at once are not put into service: that would pass by what each may give', async () => {
  await expect(ask({ kind: 'availability', port: 0, operative: true })).rejects.toMatchObject({ code: 'not-found' })
  await expect(ask({ kind: 'start', port: 0 })).rejects.toMatchObject({ code: 'not-found' })
  expect(told('ChangeAvailability')).toEqual([])
  expect((await ask({ kind: 'trigger', message: 'StatusNotification', port: 0 })).outcome).toBe('accepted')
})

test('a charger that forgets its limits at a reset needs room for its nameplate', async () => {
  expect((await ask({ kind: 'reset', how: 'Soft' })).outcome).toBe('accepted')
  await depot.db.prisma.charger.update({ where: { id: 'c2' }, data: { quirks: { keepsProfiles: false } } })
  const refused = await ask({ kind: 'reset', how: 'Soft' })
  expect(refused).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('Grid connection would be') })
  expect(told('Reset')).toHaveLength(1)
})

test('a charger is not made less secure by its configuration', async () => {
  expect((await ask({ kind: 'changeConfiguration', key: 'SecurityProfile', value: '0' })).outcome).toBe('refused')
})
