import { expect, test } from 'vitest'
import { instant, minutes, plus } from '#lib/time/instant.ts'
import { endOf, type RunningSession, type ToldEnd } from './session-end.ts'

const startedAt = instant('2026-11-23T18:00Z')
const session: RunningSession = { startedAt, meterStartWh: 1000, lastMeterWh: 4000, energyWh: 3000, flags: [] }
const at = plus(startedAt, minutes(60))
const told: ToldEnd = { at, receivedAt: plus(at, 500), meterStopWh: 5000, late: false, byOther: false, flags: [] }

test('a session ends with the energy between its registers', () => {
  expect(endOf(session, told)).toEqual({ stoppedAt: at, lastMeterAt: at, energyWh: 4000, flags: [], fresh: [] })
  expect(endOf({ ...session, lastMeterWh: null }, told).energyWh).toBe(4000)
})

test.each([
  ['under the last reading', { meterStopWh: 3500 }, 3000, ['meterBackwards']],
  ['under the last reading, but told late: readings came before it', { meterStopWh: 3500, late: true }, 2500, []],
  ['under its start', { meterStopWh: 10, late: true }, 3000, ['meterBackwards']],
  ['before its start', { at: plus(startedAt, -minutes(5)) }, 4000, ['stopBeforeStart']],
  ["by somebody else's card", { byOther: true }, 4000, ['stoppedByOther']],
  ['told late', { late: true, flags: ['deliveredLate'] }, 4000, ['deliveredLate']],
])('an end %s', (_, given: Partial<ToldEnd>, energyWh, fresh) => {
  const end = endOf(session, { ...told, ...given })
  expect(end).toMatchObject({ energyWh, fresh, flags: fresh })
  expect(end.stoppedAt).toBeGreaterThanOrEqual(startedAt)
})

test('a meter that ran backwards before keeps what was counted, and what it rose since', () => {
  const disturbed = { ...session, lastMeterWh: 200, flags: ['meterBackwards'] }
  expect(endOf(disturbed, { ...told, meterStopWh: 1200 })).toMatchObject({ energyWh: 4000, flags: ['meterBackwards'], fresh: [] })
})

test('a time in the future is not when the meter was last heard', () => {
  const end = endOf(session, { ...told, at: plus(told.receivedAt, minutes(30)) })
  expect(end).toMatchObject({ stoppedAt: plus(told.receivedAt, minutes(30)), lastMeterAt: told.receivedAt })
})
