import { expect, test } from 'vitest'
import { connectorsDiffer } from './commission-words.ts'

test('one connector is told as one', () => {
  expect(connectorsDiffer(1, 2)).toBe('It has 1 connector, 2 are registered.')
  expect(connectorsDiffer(2, 1)).toBe('It has 2 connectors, 1 is registered.')
})
