import { expect, test } from 'vitest'
import { chance } from '#lib/planning/protocol/chance.ts'
import { packed, unpacked } from './packed.ts'

const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(packed(value)))

test('a list of one value for each slot is told in runs, things of one kind by columns', () => {
  const limitW = [...new Array<number>(200).fill(19_200), ...new Array<number>(88).fill(7_200)]
  const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id, limitW, volts: 240 }))
  expect(stored(limitW)).toEqual({ '*runs': [19_200, 200, 7_200, 88] })
  expect(JSON.stringify(stored({ nodes })).length).toBeLessThan(JSON.stringify({ nodes }).length / 30)
  expect(unpacked(stored({ nodes }))).toEqual({ nodes })
})

test('what was stored before is read as it is', () => {
  const plain = { now: 1, needs: [{ id: 'van-1', taper: [] }], slots: [true, true, false] }
  expect(unpacked(plain)).toEqual(plain)
})

test('whatever goes in comes out, also names and lists that look packed, and things with parts missing', () => {
  const odd = {
    '*runs': [1, 2],
    '**columns': { a: [1] },
    reasons: { '*columns': { kind: 'waits' }, '*runs': [3, 1] },
    list: [{ '*runs': 1 }, { '*runs': 2 }, { '*runs': 3 }, { '*runs': 4 }],
    mixed: [{ a: 1 }, { a: 2, b: undefined }, { a: 3, b: 4 }, { a: 5 }, null, 'x'],
    empty: [[], {}, [], {}],
    none: [null, null, null, null, null, null, null, null],
    words: new Array<string>(9).fill('l1'),
    parts: new Array<number>(9).fill(0.1 + 0.2),
  }
  expect(unpacked(stored(odd))).toEqual(JSON.parse(JSON.stringify(odd)))
  const random = chance(7)
  const upTo = (most: number) => Math.floor(random() * (most + 1))
  const any = (deep: number): unknown => {
    const kind = upTo(deep > 0 ? 6 : 3)
    if (kind === 0) return upTo(3)
    if (kind === 1) return random() < 0.5
    if (kind === 2) return ['', '*runs', 'a'][upTo(2)]
    if (kind === 3) return null
    if (kind === 4) return new Array(upTo(20)).fill(0).map(() => upTo(1))
    if (kind === 5) return Array.from({ length: upTo(6) }, () => any(deep - 1))
    return Object.fromEntries(Array.from({ length: upTo(3) }, () => [['*runs', '*columns', 'a', 'b', '**a'][upTo(4)], any(deep - 1)]))
  }
  for (let i = 0; i < 5_000; i++) {
    const value = any(4)
    expect(unpacked(stored(value))).toEqual(value)
  }
})
