import { expect, test } from 'vitest'
import { actWay, askBefore, commandOf } from './next-act.ts'

test('a start for the driver names the port and the vehicle', () => {
  expect(commandOf('startForDriver', { number: 2, vehicleId: 'van-02' })).toEqual({ kind: 'start', port: 2, vehicleId: 'van-02' })
  expect(commandOf('startForDriver', { number: 2, vehicleId: null })).toEqual({ kind: 'start', port: 2 })
})

test('a restart is soft, and asks first since it interrupts', () => {
  expect(commandOf('restartCharger', { number: 1, vehicleId: null })).toEqual({ kind: 'reset', how: 'Soft' })
  expect(askBefore('restartCharger', '09', 'Van 09')?.consequence).toContain('stops Van 09')
})

test('starting interrupts nobody and asks nothing', () => expect(askBefore('startForDriver', '07', 'Van 02')).toBeNull())

test('what a person does by hand sends no command', () => {
  expect([actWay('askUnplug'), commandOf('askUnplug', { number: 1, vehicleId: null })]).toEqual(['hands', null])
})
