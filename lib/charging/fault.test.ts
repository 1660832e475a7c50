import { expect, test } from 'vitest'
import { explainFault } from './fault.ts'
import { verdictOf } from './verdict.ts'

test('every code of MREC and of OCPP 1.6 has a sentence and a next step', () => {
  const mrec = Array.from({ length: 26 }, (_, index) => explainFault('OtherError', `CX${String(index + 1).padStart(3, '0')}`))
  for (const each of mrec) expect(each?.sentence).not.toBe(explainFault('OtherError')?.sentence)
  for (const code of [
    'ConnectorLockFailure',
    'EVCommunicationError',
    'GroundFailure',
    'HighTemperature',
    'InternalError',
    'LocalListConflict',
    'OtherError',
    'OverCurrentFailure',
    'OverVoltage',
    'PowerMeterFailure',
    'PowerSwitchFailure',
    'ReaderFailure',
    'ResetFailure',
    'UnderVoltage',
    'WeakSignal',
  ]) {
    const { sentence, nextStep } = explainFault(code)!
    expect(sentence).toMatch(/\.$/)
    expect(nextStep).toMatch(/\.$/)
    expect(sentence).not.toContain(code)
  }
  expect(explainFault('NoError')).toBeUndefined()
  expect(explainFault(null)).toBeUndefined()
  expect(explainFault('Wobbly')?.sentence).toContain('Wobbly')
})

test('who may charge', () => {
  const card = { kind: 'rfid', status: 'accepted', expiresAt: undefined, busyElsewhere: false }
  expect(verdictOf(undefined, 0 as never)).toBe('invalid')
  expect(verdictOf(card, 0 as never)).toBe('accepted')
  expect(verdictOf({ ...card, status: 'blocked', busyElsewhere: true }, 0 as never)).toBe('blocked')
  expect(verdictOf({ ...card, expiresAt: 5 as never }, 5 as never)).toBe('expired')
  expect(verdictOf({ ...card, busyElsewhere: true }, 0 as never)).toBe('concurrent')
  expect(verdictOf({ ...card, kind: 'central', busyElsewhere: true }, 0 as never)).toBe('accepted')
})
