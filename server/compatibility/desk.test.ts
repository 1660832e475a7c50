import { expect, test } from 'vitest'
import { heard } from './desk.ts'

test('only NotImplemented and NotSupported mean that a charger does not know a message; another error is told as it is', () => {
  const error = (code: string) => heard({ kind: 'refused', reason: code, callError: { code, description: '' } }).answered
  expect(['NotImplemented', 'NotSupported', 'InternalError', 'FormationViolation'].map(error)).toEqual([
    'unknown',
    'unknown',
    'failed InternalError',
    'failed FormationViolation',
  ])
  expect(heard({ kind: 'refused', reason: 'Rejected', response: { status: 'Rejected' } }).answered).toBe('refused')
  expect(heard({ kind: 'refused', reason: 'NotImplemented', response: { status: 'NotImplemented' } }).answered).toBe('unknown')
})
