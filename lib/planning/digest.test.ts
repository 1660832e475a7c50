import { expect, test } from 'vitest'
import { zerega } from './depot-fixture.ts'
import { digestOf } from './digest.ts'

test('the same data has the same digest, whatever the order of its keys and however it came here', () => {
  const input = zerega()
  const turned = Object.fromEntries(Object.entries(input).toReversed())
  expect(digestOf(turned)).toBe(digestOf(input))
  expect(digestOf(JSON.parse(JSON.stringify(input)))).toBe(digestOf(input))
  expect(digestOf({ ...input, previous: undefined })).toBe(digestOf(input))
  expect(digestOf(input)).toMatch(/^[0-9a-f]{16}$/)
})

test('another value, place or kind is another digest', () => {
  const different: unknown[] = [
    [],
    {},
    [[]],
    [{}],
    null,
    0,
    1,
    -1,
    '',
    '0',
    true,
    'true',
    0.5,
    2 ** 31,
    2 ** 32,
    [0],
    [0, 0],
    [1, 0],
    [0, 1],
    [[0], 1],
    [[0, 1]],
    [-1],
    ['1'],
    { a: 1 },
    { a: '1' },
    { b: 1 },
    { a: 1, b: 2 },
    { a: 2, b: 1 },
    { a: [1] },
    [{ a: 1 }],
    [{ a: 1 }, { b: 2 }],
    { a: { b: 2 } },
    { a: null },
    [null],
    [null, null],
    [1.5],
    ['1.5'],
  ]
  expect(new Set(different.map(digestOf)).size).toBe(different.length)
})

test('many rows of numbers that are nearly the same: none falls on another', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 200; i += 1)
    for (let t = 0; t < 96; t += 1) {
      const row = new Array<number>(96).fill(19_200)
      row[t] = 19_200 + i + 1
      seen.add(digestOf({ powerW: row }))
    }
  expect(seen.size).toBe(200 * 96)
})
