import { expect, test } from 'vitest'
import type { SupplyView } from '#lib/api/board.ts'
import { capAnswer, supplySentence } from './supply-words.ts'

const plain = (text: string | null) => text?.replace(/[\u202f\u00a0]/g, ' ')
const supply: SupplyView = {
  capW: 80_000,
  baseW: 10_400,
  baseIsForecast: false,
  vehiclesW: 50_200,
  charging: 6,
  heldW: 3800,
  heldFor: 'offline port 09',
  freeW: 15_600,
  peakW: 66_400,
  peakAt: 0,
  price: null,
  stoppedAt: null,
}

test('the whole connection in one sentence', () => {
  expect(plain(supplySentence(supply))).toBe(
    "64.4 of 80 kW: building 10.4, vehicles 50.2, held for offline port 09 3.8, free 15.6. Month's peak 66.4.",
  )
})

test('the answer says how far below the cap, what is held counts', () => {
  const { answer, peak, over } = capAnswer(supply)
  expect([plain(answer), plain(peak), over]).toEqual(['Yes: 15.6 kW under the 80 kW cap', "2.0 kW under this month's peak", false])
})

test('over the cap is said first', () => {
  const { answer, peak, over } = capAnswer({ ...supply, vehiclesW: 70_200 })
  expect([plain(answer), plain(peak), over]).toEqual(['No: 4.4 kW over the 80 kW cap', "18.0 kW above this month's peak", true])
})

test('before the first quarter hour of a month there is no peak to compare with', () =>
  expect(capAnswer({ ...supply, peakW: null }).peak).toBeNull())
