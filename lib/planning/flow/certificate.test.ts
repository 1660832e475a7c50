import { expect, test } from 'vitest'
import { kilowatts } from '#lib/units/units.ts'
import { boardOf } from '../board.ts'
import { coarseOf, provenOn } from '../coarse.ts'
import { depot, van } from '../depot-fixture.ts'
import { meritOf } from '../merit.ts'
import { certified } from './certificate.ts'
import { leastPeaks, mostPeaks } from './peaks.ts'
import { relax } from './relax.ts'

test('what quarters say slots are worth proves a bound on slots of five minutes, though a few of them are under every peak', () => {
  const slots = 24
  // at the end of a quarter most have left: there the site is under its peak
  const needs = [1, 2, 3, 4, 5, 6].map((i) => van(`v${i}`, i < 6 ? '18:05' : '18:30', 9, { maxW: kilowatts(19.2) }))
  const demand = [{ microPerKw: 15_510_000, slots: new Array<boolean>(slots).fill(true), peakSoFarW: kilowatts(5) }]
  const input = depot(200, needs, { slots, prices: { microPerKwh: new Array(slots).fill(120_000), demand }, policy: 'cheapest' })
  const board = boardOf(input)
  const coarse = coarseOf(board, 0)!
  const upTo = board.seats.map(({ target }) => target)
  const best = relax(board, input.prices.microPerKwh, upTo, { isMoney: true })
  const found = relax(coarse.board, meritOf(coarse.board.input).of, upTo, { isMoney: true })
  const { loose: network, proofs, wanted } = provenOn(coarse, found)
  const asked = { board, network, price: input.prices.microPerKwh, wanted, least: leastPeaks(board), most: mostPeaks(board, network) }
  const bound = Math.max(...proofs.map((proof) => certified({ ...asked, ...proof })))
  expect(bound).toBeLessThanOrEqual(best.boundMicro * (1 + 1e-9))
  expect(bound).toBeGreaterThan(best.boundMicro * 0.999)
})
