import { expect, test } from 'vitest'
import { moved } from './time-brush.tsx'

const HOUR = 3_600_000
const all = { from: 0, until: 12 * HOUR }
const span = { from: 2 * HOUR, until: 6 * HOUR }

test('each end moves by itself, the whole keeps its length, and all stays inside', () => {
  expect(moved(all, span, 'from', HOUR)).toEqual({ from: 3 * HOUR, until: 6 * HOUR })
  expect(moved(all, span, 'until', HOUR)).toEqual({ from: 2 * HOUR, until: 7 * HOUR })
  expect(moved(all, span, 'whole', HOUR)).toEqual({ from: 3 * HOUR, until: 7 * HOUR })
  expect(moved(all, span, 'from', -20 * HOUR).from).toBe(0)
  expect(moved(all, span, 'until', 20 * HOUR).until).toBe(12 * HOUR)
  expect(moved(all, span, 'whole', 20 * HOUR)).toEqual({ from: 8 * HOUR, until: 12 * HOUR })
})

test('an hour is the shortest stretch', () => {
  expect(moved(all, span, 'from', 20 * HOUR)).toEqual({ from: 5 * HOUR, until: 6 * HOUR })
  expect(moved(all, span, 'until', -20 * HOUR)).toEqual({ from: 2 * HOUR, until: 3 * HOUR })
})
