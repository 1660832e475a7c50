import { expect, test } from 'vitest'
import { straighten, UNREADABLE_TIME } from './lenient16.ts'

const meter = (sample: Record<string, unknown>, timestamp: unknown = '2026-01-01T00:00:00Z') => ({
  connectorId: 1,
  meterValue: [{ timestamp, sampledValue: [sample] }],
})

test('a clean message is left alone', () => {
  const clean = meter({ value: '5', unit: 'Wh', context: 'Sample.Periodic', measurand: 'SoC' }, '2026-01-01T01:00:00+01:00')
  const before = structuredClone(clean)
  expect(straighten('MeterValues', clean)).toEqual([])
  expect(clean).toEqual(before)
})

test.each([
  ['percent sign', { value: '5', unit: '%' }, { value: '5', unit: 'Percent' }, ['percentSign']],
  ['spelling of a unit', { value: '5', unit: 'KWH' }, { value: '5', unit: 'kWh' }, ['unitSpelling']],
  ['an empty unit', { value: '5', unit: '' }, { value: '5' }, ['unitSpelling']],
  ['a number for text', { value: 30.6 }, { value: '30.6' }, ['numberForText']],
  ['null for absent', { value: '1', phase: null }, { value: '1' }, ['nullForAbsent']],
  ['a context of its own', { value: '1', context: 'Sample.Odd' }, { value: '1', context: 'Other' }, ['unknownContext']],
  ['a unit nobody knows, for the schema to refuse', { value: '1', unit: 'furlong' }, { value: '1', unit: 'furlong' }, []],
])('%s', (_, said, meant, bent) => {
  const payload = meter(said)
  expect(straighten('MeterValues', payload)).toEqual(bent)
  expect(payload.meterValue[0]!.sampledValue[0]).toEqual(meant)
})

test.each([
  ['2026-01-01T00:00:00', '2026-01-01T00:00:00.000Z', ['timeWithoutZone']],
  ['2026-01-01 00:00:00', '2026-01-01T00:00:00.000Z', ['timeWithoutZone']],
  ['yesterday', UNREADABLE_TIME, ['unreadableTime']],
  ['+012026-01-01T00:00:00Z', '9999-12-31T23:59:59.000Z', ['absurdTime']],
  ['2026-01-01T00:00:00+0100', '2025-12-31T23:00:00.000Z', []],
])('time %s', (said, meant, bent) => {
  const payload = { connectorId: 1, idTag: 'x', meterStart: 1, timestamp: said }
  expect(straighten('StartTransaction', payload)).toEqual(bent)
  expect(payload.timestamp).toBe(meant)
})

test('registers become whole numbers within bounds; texts too long are cut, broken ones mended', () => {
  const start = { meterStart: 30.6, idTag: 'a\0b' }
  expect(straighten('StartTransaction', start)).toEqual(['brokenText', 'meterNotWhole'])
  expect(start).toEqual({ meterStart: 31, idTag: 'a\ufffdb' })
  const stop = { meterStop: 1e300 }
  expect(straighten('StopTransaction', stop)).toEqual(['absurdMeter'])
  expect(stop.meterStop).toBe(1e15)
  const status = { info: 'x'.repeat(80) }
  expect(straighten('StatusNotification', status)).toEqual(['textTooLong'])
  expect(status.info).toHaveLength(50)
})

test('whatever is no object is for the schema to refuse', () => {
  for (const payload of [undefined, null, 5, 'x', [1], { meterValue: 5 }, { meterValue: [null, 5, {}] }])
    expect(() => straighten('MeterValues', payload)).not.toThrow()
})
