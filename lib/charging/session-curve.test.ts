import { expect, test } from 'vitest'
import { powerPieces, socPoints } from './session-curve.ts'

const minute = 60_000
const reading = (at: number, powerW: number | null, energyWh: number | null, socPct: number | null = null) => ({
  at: at * minute,
  powerW,
  energyWh,
  socPct,
})

test('a measured power holds until the next reading', () => {
  expect(powerPieces([reading(0, 7000, 0), reading(5, 3000, 580)])).toEqual([{ from: 0, until: 5 * minute, powerW: 7000, measured: true }])
})

test('over an hour without readings only the mean is known, from the register', () => {
  expect(powerPieces([reading(0, 7000, 1000), reading(60, 0, 4000)])).toEqual([
    { from: 0, until: 60 * minute, powerW: 3000, measured: false },
  ])
})

test('what is not known is left out: no register, or one that ran backwards', () => {
  expect(powerPieces([reading(0, null, null), reading(5, null, 100), reading(10, null, 50)])).toEqual([])
})

test('charge only where the vehicle told it', () => {
  expect(socPoints([reading(0, 1, 1), reading(5, 1, 1, 42)])).toEqual([{ at: 5 * minute, socPct: 42 }])
})
