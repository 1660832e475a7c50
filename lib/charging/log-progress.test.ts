import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileRefused, fileTells, hearLog, type LogState, logStates } from './log-progress.ts'

const STATUSES = [
  'Idle',
  'Uploading',
  'Uploaded',
  'UploadFailed',
  'UploadFailure',
  'BadMessage',
  'NotSupportedOperation',
  'PermissionDenied',
]
const state = (heard: ReturnType<typeof hearLog>) => (heard.kind === 'moved' ? heard.state : heard.kind)

test('asked, being sent, here', () => {
  expect(state(hearLog('asked', 'Uploading', 'missing'))).toBe('uploading')
  expect(state(hearLog('uploading', 'Uploaded', 'here'))).toBe('uploaded')
  expect(state(hearLog('uploading', 'Uploaded', 'elsewhere'))).toBe('uploaded')
})

test('"all was sent" without a file is a failure, and the file itself heals it', () => {
  expect(state(hearLog('uploading', 'Uploaded', 'missing'))).toBe('failed')
  expect(state(fileTells('failed', 'complete'))).toBe('uploaded')
  expect(state(fileTells('unknown', 'begun'))).toBe('uploading')
  expect(state(fileTells('uploaded', 'begun'))).toBe('repeated')
})

test.each(STATUSES.slice(3))('%s: failed, with a sentence; once', (status) => {
  const heard = hearLog('uploading', status, 'missing')
  expect(heard).toMatchObject({ kind: 'moved', state: 'failed', detail: expect.stringMatching(/\.$/) })
  expect(hearLog('failed', status, 'missing').kind).toBe('repeated')
})

test('what we refused stays refused with our reason, whatever the charger makes of it; it can be asked again', () => {
  expect(fileRefused('uploading', 'Refused: too large.')).toEqual({ kind: 'moved', state: 'failed', detail: 'Refused: too large.' })
  expect(fileRefused('asked', 'Refused: too large.').kind).toBe('moved')
  expect(fileRefused('cancelled', 'Refused: too large.').kind).toBe('late')
  for (const status of STATUSES) expect(hearLog('failed', status, 'refused').kind).toBe('repeated')
})

test('after it was given up or is here, the rest is late; idle means nothing unless it was being sent', () => {
  expect(hearLog('cancelled', 'Uploading', 'missing').kind).toBe('late')
  expect(hearLog('uploaded', 'UploadFailed', 'here').kind).toBe('late')
  expect(hearLog('uploaded', 'Uploaded', 'here').kind).toBe('repeated')
  expect(hearLog('asked', 'Idle', 'missing').kind).toBe('nothing')
  expect(state(hearLog('uploading', 'Idle', 'missing'))).toBe('unknown')
  expect(hearLog('asked', 'Shredding', 'missing').kind).toBe('late')
})

test('in any order and repetition: with the file here, it ends as here once the charger or the file says so', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STATUSES), { maxLength: 30 }), (said) => {
      let now: LogState = 'asked'
      const hear = (heard: ReturnType<typeof hearLog>) => {
        if (heard.kind === 'moved') now = heard.state
      }
      for (const each of said) hear(hearLog(now, each, 'missing'))
      hear(fileTells(now, 'complete'))
      expect(now).toBe('uploaded')
      for (const each of said) hear(hearLog(now, each, 'here'))
      expect(now).toBe('uploaded')
      expect(logStates).toContain(now)
    }),
  )
})
