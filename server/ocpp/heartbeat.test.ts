import { expect, test } from 'vitest'
import { plugIn, testDepot } from './test-depot.ts'

// What holds no news does not wait for the books; what does, waits.

test('a heartbeat is answered while a commit is held up, a meter reading only after it', async () => {
  const depot = await testDepot(2)
  const endpoint = await depot.start()
  const charger = await plugIn(depot, endpoint, 'C1')
  const other = await plugIn(depot, endpoint, 'C2')
  await charger.call('BootNotification', { chargePointVendor: 'Test', chargePointModel: 'Two' })
  const holder = await depot.db.pool.connect()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE ocpp_message IN SHARE MODE')
  expect(await charger.call('Heartbeat', {})).toHaveProperty('currentTime')
  let stored = false
  const meterValue = [{ timestamp: new Date().toISOString(), sampledValue: [{ value: '10' }] }]
  const answered = charger.call('MeterValues', { connectorId: 1, meterValue }).then(() => {
    stored = true
  })
  // many turns of another charger later it still waits
  for (let turn = 0; turn < 20; turn++) await other.call('Heartbeat', {})
  expect(stored).toBe(false)
  await holder.query('COMMIT')
  holder.release()
  await answered
  const kept = await depot.db.prisma.ocppMessage.findMany({ where: { chargerId: 'c1', action: { in: ['Heartbeat', 'MeterValues'] } } })
  expect(kept.map(({ action }) => action).sort()).toEqual(['Heartbeat', 'MeterValues'])
})
