import { expect, test } from 'vitest'
import { atX, type Frame, hourTicks, niceTicks, outline, runs, valueAt, xOf } from './time-axis.ts'

const at = (iso: string) => Date.parse(iso)
const night: Frame = { from: at('2025-11-18T17:00Z'), until: at('2025-11-19T07:00Z'), width: 936, left: 156, right: 44 }

test('the night of the plan page: 18:00 stands at 156, 08:00 at 892, and pixels lead back to moments', () => {
  expect([xOf(night, night.from), xOf(night, night.until)]).toEqual([156, 892])
  expect(atX(night, 524)).toBe(at('2025-11-19T00:00Z'))
})

test('a moment outside stands at the edge', () => expect(xOf(night, night.from - 1)).toBe(156))

test('each local hour has a label when there is room, each third on a phone', () => {
  expect(hourTicks(night, 'Europe/Berlin').map((t) => t.label)).toHaveLength(15)
  const phone = { ...night, width: 358, left: 24, right: 34 }
  expect(hourTicks(phone, 'Europe/Berlin').map((t) => t.label)).toEqual(['18:00', '21:00', '00:00', '03:00', '06:00'])
})

test('over a weekend midnight is named by the day that begins', () => {
  const weekend: Frame = { from: at('2025-11-21T15:00Z'), until: at('2025-11-24T06:00Z'), width: 936, left: 156, right: 44 }
  const ticks = hourTicks(weekend, 'Europe/Berlin')
  expect(ticks.filter(({ day }) => day).map(({ label }) => label)).toEqual(['Sat 22', 'Sun 23', 'Mon 24'])
  expect(ticks.slice(0, 4).map(({ label }) => label)).toEqual(['16:00', '20:00', 'Sat 22', '04:00'])
})

test('in autumn the repeated hour is told apart, in spring the skipped one is missing', () => {
  const hours = (from: string, until: string) =>
    hourTicks({ from: at(from), until: at(until), width: 900, left: 0, right: 0 }, 'Europe/Berlin').map((t) => t.label)
  expect(hours('2025-10-25T23:00Z', '2025-10-26T02:00Z')).toEqual(['01:00', '02:00A', '02:00B', '03:00'])
  expect(hours('2025-03-30T00:00Z', '2025-03-30T02:00Z')).toEqual(['01:00', '03:00', '04:00'])
})

const steps = [
  { from: 10, powerW: 4 },
  { from: 20, powerW: 8 },
  { from: 30, powerW: 0 },
  { from: 50, powerW: 2 },
]

test('a step line holds its value until the next step and is unknown before the first', () => {
  expect([9, 10, 29, 30, 999].map((t) => valueAt(steps, t))).toEqual([null, 4, 8, 0, 2])
})

test('runs are the stretches above zero; the last is open to the end of the chart', () => {
  expect(runs(steps, 15, 60).map((r) => [r.from, r.until])).toEqual([
    [15, 30],
    [50, 60],
  ])
})

test('an outline stands on its floor and closes', () => {
  const [first] = runs(steps, 0, 60)
  expect(
    outline(
      first!,
      (t) => t,
      100,
      (w) => w,
    ),
  ).toBe('M10 100V96H20V92H30V100Z')
})

test('at most four grid lines with round values', () => {
  expect(niceTicks(88_000)).toEqual([0, 25_000, 50_000, 75_000])
  expect(niceTicks(9)).toEqual([0, 2.5, 5, 7.5])
})
