import { expect, test } from 'vitest'
import { dropExtras } from './lenient16.ts'

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    connectorId: { type: 'integer' },
    meterValue: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: { timestamp: { type: 'string' }, sampledValue: { type: 'array' } },
      },
    },
    open: { type: 'object', properties: { known: { type: 'string' } } },
  },
}

test('what the schema does not know is taken out at every depth, and named once', () => {
  const payload = {
    connectorId: 1,
    vendorTemp: 31,
    meterValue: [
      { timestamp: 'a', quality: 1, sampledValue: [] },
      { timestamp: 'b', quality: 2 },
    ],
    open: { known: 'x', free: 'stays' },
  }
  expect(dropExtras(schema, payload)).toEqual(['vendorTemp', 'meterValue.quality'])
  expect(payload).toEqual({
    connectorId: 1,
    meterValue: [{ timestamp: 'a', sampledValue: [] }, { timestamp: 'b' }],
    open: { known: 'x', free: 'stays' },
  })
})

test('a clean payload, one of another shape and one without a schema stay as they are', () => {
  for (const payload of [{ connectorId: 1 }, 'text', null, [1, 2], { meterValue: 'no list' }]) {
    const before = structuredClone(payload)
    expect(dropExtras(schema, payload)).toEqual([])
    expect(payload).toEqual(before)
  }
  expect(dropExtras(undefined, { any: 1 })).toEqual([])
})

test('names are taken apart from what JavaScript knows by itself, are short, and at most ten', () => {
  const payload = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}') as Record<string, unknown>
  expect(dropExtras(schema, payload).sort()).toEqual(['__proto__', 'constructor', 'toString'])
  expect(Object.keys(payload)).toEqual([])
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${'x'.repeat(200)}${i}`, i]))
  const named = dropExtras(schema, many)
  expect(named.length).toBeLessThanOrEqual(10)
  for (const name of named) expect(name.length).toBeLessThanOrEqual(80)
  expect(many).toEqual({})
})
