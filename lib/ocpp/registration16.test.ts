import { expect, test } from 'vitest'
import { sendableActions } from './actions16.ts'
import { isOfTransaction, triggeredBy, whyNotSend } from './registration16.ts'

test('to an accepted charger everything may be sent, to a rejected one nothing, to a pending one all that does not put it to work', () => {
  for (const action of sendableActions) {
    expect(whyNotSend('accepted', action)).toBeUndefined()
    expect(whyNotSend('rejected', action)).toMatch(/rejected/)
  }
  expect(sendableActions.filter((action) => whyNotSend('pending', action) !== undefined).toSorted()).toEqual([
    'CancelReservation',
    'RemoteStartTransaction',
    'RemoteStopTransaction',
    'ReserveNow',
    'UnlockConnector',
  ])
})

test.each([
  ['StartTransaction', {}, true],
  ['StopTransaction', {}, true],
  ['MeterValues', { transactionId: 7 }, true],
  ['MeterValues', {}, false],
  ['Authorize', {}, false],
  ['StatusNotification', {}, false],
])('%s %o belongs to a transaction: %s', (action, payload, is) => expect(isOfTransaction(action, payload)).toBe(is))

test.each([
  ['TriggerMessage', { requestedMessage: 'Heartbeat' }, ['Heartbeat']],
  ['ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' }, ['SignCertificate']],
  ['GetLog', {}, ['LogStatusNotification']],
  ['GetDiagnostics', {}, ['DiagnosticsStatusNotification']],
  ['SignedUpdateFirmware', {}, ['SignedFirmwareStatusNotification', 'FirmwareStatusNotification']],
  ['GetConfiguration', {}, []],
])('%s %o is answered by %o', (action, payload, messages) => expect(triggeredBy(action, payload)).toEqual(messages))
