import { expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { type Arrival, deviceTime } from './device-time.ts'
import { readings16, type Sample16 } from './reading16.ts'

const receivedAt = instant('2026-11-23T08:00:00Z')
const arrival: Arrival = { receivedAt, offsetMs: 0, speed: 1 }
const read = (...sampledValue: Sample16[]) => readings16([{ timestamp: '2026-11-23T08:00:00Z', sampledValue }], arrival)[0]

test('without measurand and unit it is the energy register in Wh; kWh and kW become Wh and W, noise is rounded off', () => {
  expect(read({ value: '30.600000381469727', unit: 'kWh' })?.energyWh).toBe(30_600)
  expect(read({ value: '123' })).toMatchObject({ energyWh: 123, context: 'periodic', currentMa: [], flags: [] })
  expect(read({ value: '9.6', measurand: 'Power.Active.Import', unit: 'kW' })?.powerW).toBe(9_600)
})

test('phases are summed for power, kept apart for current and voltage; a total wins over its parts', () => {
  const phases = ['L1', 'L2', 'L3'].flatMap((phase, index): Sample16[] => [
    { value: '1000', measurand: 'Power.Active.Import', phase },
    { value: String(10 + index), measurand: 'Current.Import', phase },
    { value: '230.1', measurand: 'Voltage', phase: `${phase}-N` },
  ])
  expect(read(...phases)).toMatchObject({ powerW: 3_000, currentMa: [10_000, 11_000, 12_000], voltageMv: [230_100, 230_100, 230_100] })
  expect(read(...phases, { value: '2900', measurand: 'Power.Active.Import' })?.powerW).toBe(2_900)
})

test('what cannot be read is left out and flagged; a set with nothing of ours is left out whole', () => {
  expect(read({ value: 'NaN' }, { value: '40', measurand: 'SoC' })).toMatchObject({ socPct: 40, flags: ['unreadableValue'] })
  expect(read({ value: '9e11', measurand: 'Power.Active.Import' })).toMatchObject({ flags: ['unreadableValue'] })
  expect(read({ value: '140', measurand: 'SoC' })?.socPct).toBeUndefined()
  expect(read({ value: '50', measurand: 'Frequency' })).toBeUndefined()
  expect(read()).toBeUndefined()
})

test("a device's time: late, corrected, future, absurd", () => {
  const at = (text: string, offsetMs = 0) => deviceTime(text, { ...arrival, offsetMs })
  expect(at('2026-11-23T07:59:30Z')).toMatchObject({ late: false, flags: [] })
  expect(at('2026-11-23T06:00:00Z')).toMatchObject({ at: instant('2026-11-23T06:00:00Z'), late: true, flags: ['deliveredLate'] })
  expect(at('2026-11-23T08:10:00Z', 600_000)).toMatchObject({ at: receivedAt, late: false, flags: ['clockCorrected'] })
  expect(at('2099-01-01T00:00:00Z')).toMatchObject({ live: receivedAt, late: false, flags: ['futureTime'] })
  expect(at('1970-01-01T00:00:00Z')).toMatchObject({ live: receivedAt, late: false, flags: ['absurdTime'] })
  expect(at('never')).toMatchObject({ at: receivedAt, flags: ['unreadableTime'] })
})
