import { expect, test } from 'vitest'
import { emptyDraft, fieldHint, fieldLabel, withField } from './payload-form.ts'

test('fields are named as people read them', () => {
  expect(['csChargingProfiles', 'connectorId', 'idTagInfo', 'chargingRateUnit', 'type'].map(fieldLabel)).toEqual([
    'Charging profiles',
    'Connector ID',
    'ID tag info',
    'Charging rate unit',
    'Type',
  ])
})

test('hints tell the bounds of the schema', () => {
  expect(fieldHint({ type: 'string', maxLength: 20 })).toBe('At most 20 characters.')
  expect(fieldHint({ type: 'number', multipleOf: 0.1 })).toBe('In steps of 0.1.')
  expect(fieldHint({ type: 'string', enum: ['A'] })).toBeUndefined()
})

test('a part that is added begins with all that is required of it', () => {
  const root = {
    type: 'object',
    definitions: { Kind: { type: 'string', enum: ['Hard', 'Soft'] } },
    properties: {
      list: {
        type: 'array',
        items: { type: 'object', properties: { kind: { $ref: '#/definitions/Kind' }, note: { type: 'string' } }, required: ['kind'] },
      },
    },
    required: ['list'],
  } as const
  expect(emptyDraft(structuredClone(root) as never, structuredClone(root) as never)).toEqual({ list: [{ kind: 'Hard' }] })
})

test('a field that is set stands where the schema has it, and one that is emptied goes', () => {
  expect(Object.keys(withField({ value: '1' }, 'key', 'a', ['key', 'value']))).toEqual(['key', 'value'])
  expect(withField({ key: 'a', value: '1' }, 'value', undefined, ['key', 'value'])).toEqual({ key: 'a' })
})
