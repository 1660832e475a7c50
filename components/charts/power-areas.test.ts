import { expect, test } from 'vitest'
import { powerRows } from './power-areas.tsx'

test('vehicles stand on the building; measured closes where planned begins', () => {
  const rows = powerRows(
    { from: 0, until: 40 },
    {
      cap: [{ from: 0, powerW: 80 }],
      base: [{ from: 0, powerW: 10 }],
      vehicles: [
        { from: 0, powerW: 30 },
        { from: 20, powerW: 50 },
      ],
      measuredUntil: 20,
    },
  )
  expect(rows).toEqual([
    { at: 0, base: 10, measured: [10, 40], planned: null, cap: 80 },
    { at: 20, base: 10, measured: [10, 40], planned: [10, 60], cap: 80 },
    { at: 40, base: 10, measured: null, planned: [10, 60], cap: 80 },
  ])
})

test('what is not known is not drawn as zero', () => {
  const [first] = powerRows({ from: 0, until: 10 }, { cap: [], base: [], vehicles: [{ from: 5, powerW: 1 }], measuredUntil: 0 })
  expect(first).toEqual({ at: 0, base: null, measured: null, planned: null, cap: null })
})
