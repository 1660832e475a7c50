import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { createValidator } from './rpc.ts'
import { makeValidator16 } from './validator16.ts'

// Shortcuts on the way of every message: they may be faster than the library's strict schemas, and must not judge otherwise.

const library = createValidator('ocpp1.6', createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json'))
const { schemas } = makeValidator16()

const isTaken = (judge: () => unknown): boolean => {
  try {
    judge()
    return true
  } catch {
    return false
  }
}

const DAYS = [
  '2026-01-01',
  '2026-02-28',
  '2026-02-29',
  '2024-02-29',
  '2026-02-30',
  '2026-12-31',
  '2026-13-01',
  '2026-00-10',
  '2026-1-1',
  '0000-01-01',
]
const TIMES = [
  '00:00:00',
  '23:59:59',
  '23:59:60',
  '12:59:60',
  '24:00:00',
  '12:60:00',
  '12:00:00.123456789',
  '12:00:00.',
  '12:00',
  '1:00:00',
]
const ZONES = ['Z', 'z', '+00:00', '-0130', '', ' ', 'Z ', '+25']

test('a moment is taken where the library takes it', () => {
  const moments = DAYS.flatMap((day) =>
    TIMES.flatMap((time) => ZONES.flatMap((zone) => [`${day}T${time}${zone}`, `${day} ${time}${zone}`])),
  )
  const taken = moments.filter((currentTime) => isTaken(() => schemas.response('Heartbeat', { currentTime })))
  expect(taken).toEqual(moments.filter((currentTime) => isTaken(() => library.validate('urn:Heartbeat.conf', { currentTime }))))
  expect(taken).toContain('2026-02-28T00:00:00Z')
  expect(taken.length).toBeLessThan(moments.length)
})

test('a payload is taken where the library takes it, but for what is straightened', () => {
  const sample = { value: '1', unit: 'Wh', measurand: 'Energy.Active.Import.Register' }
  const of = (more: object) => ({ connectorId: 1, meterValue: [{ timestamp: '2026-11-23T08:00:00Z', sampledValue: [sample] }], ...more })
  for (const payload of [
    of({}),
    of({ transactionId: 7 }),
    of({ transactionId: '7' }),
    of({ connectorId: undefined }),
    of({ connectorId: 'x' }),
    {},
    [],
    'x',
    null,
  ])
    expect(
      isTaken(() => schemas.request('MeterValues', structuredClone(payload))),
      JSON.stringify(payload),
    ).toBe(isTaken(() => library.validate('urn:MeterValues.req', payload as never)))
})
