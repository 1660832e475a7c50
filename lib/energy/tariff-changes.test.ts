import { expect, test } from 'vitest'
import type { TariffWindow } from './tariff.ts'
import { tariffChanges } from './tariff-changes.ts'

const window = (startMinute: number, endMinute: number, cents: number, demand = 0): TariffWindow => ({
  name: `${cents}`,
  seasonFrom: '01-01',
  seasonUntil: '12-31',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  startMinute,
  endMinute,
  priceMicroPerKwh: cents * 10_000,
  demandMicroPerKw: demand * 1_000_000,
})
const plain = (sentences: string[]) => sentences.map((s) => s.replaceAll('\u202f', ' '))

test('a dearer evening is told as the share of hours that it touches', () => {
  const before = [window(0, 960, 10), window(960, 1440, 30)]
  const after = [window(0, 960, 10), window(960, 1320, 36), window(1320, 1440, 10)]
  expect(plain(tariffChanges(before, after, 'EUR'))).toEqual([
    '33 % of the year’s hours get another price.',
    'The dearest hour: 30.0 ct → 36.0 ct per kWh.',
  ])
})

test('only the demand charge', () => {
  expect(plain(tariffChanges([window(0, 1440, 10)], [window(0, 1440, 10, 9.8)], 'EUR'))).toEqual([
    'No price per kWh changes.',
    'Demand charge: none → 9.80 EUR per kW.',
  ])
})

test('the same prices cut differently change nothing; a first tariff is introduced', () => {
  expect(tariffChanges([window(0, 1440, 10)], [window(0, 600, 10), window(600, 1440, 10)], 'EUR')).toEqual(['No price changes.'])
  expect(plain(tariffChanges(null, [window(0, 720, 10), window(720, 1440, 20)], 'EUR'))).toEqual([
    'The first tariff of this depot: from 10.0 ct to 20.0 ct per kWh.',
  ])
})
