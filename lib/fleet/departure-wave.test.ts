import { expect, test } from 'vitest'
import type { OverviewView } from '#lib/api/overview.ts'
import { departureWaves, willBeReady } from './departure-wave.ts'

type Departure = OverviewView['departures'][number]
const four = Date.parse('2025-11-19T04:00:00Z')
const leaves = (n: number, minute: number, differs: Partial<Departure> = {}): Departure => ({
  vehicleId: `van-${n}`,
  name: `Van ${String(n).padStart(2, '0')}`,
  departsAt: four + minute * 60_000,
  mark: 'normal',
  verdict: 'onTrack',
  ...differs,
})

test('vans that leave together stand in one column, in the order of time', () => {
  const waves = departureWaves([leaves(11, 45), leaves(13, 30), leaves(3, 30)], 'Europe/Berlin')
  expect(waves.map((w) => [w.label, ...w.vans.map((v) => v.short)])).toEqual([
    ['05:30', '03', '13'],
    ['05:45', '11'],
  ])
})

test('a crowded yard is shown by the hour, the worst by name and the rest counted', () => {
  const many = Array.from({ length: 60 }, (_, n) => leaves(n + 1, n * 3, n === 5 ? { mark: 'critical', verdict: 'late' } : {}))
  const waves = departureWaves(many, 'UTC', 11, 2)
  expect(waves.map(({ label, vans, more }) => [label, vans[0]?.short, more])).toEqual([
    ['04:00', '06', 15],
    ['05:00', '21', 15],
    ['06:00', '41', 15],
  ])
})

test('ready and on track make it, at risk and late do not', () => {
  const all = [leaves(1, 0, { verdict: 'ready' }), leaves(2, 0), leaves(3, 0, { verdict: 'atRisk' }), leaves(4, 0, { verdict: 'late' })]
  expect(willBeReady(all)).toBe(2)
})
