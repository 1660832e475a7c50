import { expect, test } from 'vitest'
import { logBins } from './log-histogram.tsx'

test('six bins for each factor of ten; every value is counted once', () => {
  const bins = logBins([120, 999, 1000, 2500, 9999])
  expect([bins[0]?.fromMs, bins.at(-1)?.untilMs, bins.length]).toEqual([100, 10_000, 12])
  expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(5)
  expect(bins[6]?.count).toBe(1)
})

test('the scale reaches the target', () => expect(logBins([20], 15_000).at(-1)?.untilMs).toBe(100_000))

test('an instant answer has a place too; nothing measured has no bins', () => {
  expect(logBins([0])[0]?.count).toBe(1)
  expect(logBins([])).toEqual([])
})
