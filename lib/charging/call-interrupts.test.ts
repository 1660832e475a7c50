import { expect, test } from 'vitest'
import { interruptionBy, type Running } from './call-interrupts.ts'

const seven: Running = { port: 1, bay: 'C3', vehicle: 'Van 7', drawing: true }
const guest: Running = { port: 2, bay: 'C4', vehicle: null, drawing: false }

test('a hard reset names who charges and what ends', () => {
  expect(interruptionBy('Reset', { type: 'Hard' }, [seven])).toEqual({
    title: 'Van 7 is charging at C3',
    consequence: expect.stringMatching(/^A hard reset ends its session as if the power were cut/),
  })
  expect(interruptionBy('Reset', { type: 'Soft' }, [seven, guest])).toEqual({
    title: 'Van 7 is charging at C3, A vehicle that is not known has a session at C4',
    consequence: 'A soft reset ends their sessions in good order.',
  })
})

test.each([
  ['a connector unlocked', 'UnlockConnector', { connectorId: 1 }, 'Van 7 is charging at C3'],
  ['another connector unlocked', 'UnlockConnector', { connectorId: 2 }, undefined],
  ['its port out of use', 'ChangeAvailability', { connectorId: 1, type: 'Inoperative' }, 'Van 7 is charging at C3'],
  ['the whole charger out of use', 'ChangeAvailability', { connectorId: 0, type: 'Inoperative' }, 'Van 7 is charging at C3'],
  ['a port in use again', 'ChangeAvailability', { connectorId: 1, type: 'Operative' }, undefined],
  ['firmware', 'UpdateFirmware', {}, 'Van 7 is charging at C3'],
  ['a question', 'GetConfiguration', {}, undefined],
  ['a stop, which is what is asked for', 'RemoteStopTransaction', { transactionId: 1 }, undefined],
] as const)('%s', (_, action, payload, title) => {
  expect(interruptionBy(action, payload, [seven])?.title).toBe(title)
})

test('where nothing runs nothing is asked', () => {
  expect(interruptionBy('Reset', { type: 'Hard' }, [])).toBeUndefined()
})
