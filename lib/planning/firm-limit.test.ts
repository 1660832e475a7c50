import { expect, test } from 'vitest'
import { amperes, kilowatts } from '#lib/units/units.ts'
import { firmLimitMa, firmLimitW, type NodeRating, phaseLimitMa } from './firm-limit.ts'

const panel: NodeRating = { volts: 208, wiring: 'L-L', phases: 3, continuousIncluded: false, breakerMa: amperes(400) }

test.each<[string, Partial<NodeRating>, number | undefined]>([
  ['80 % of a breaker that is not rated for continuous load: 320 A × 208 V × √3', {}, 115_285],
  ['all of one that is', { continuousIncluded: true }, 144_106],
  ['the contract when it is smaller', { contractW: kilowatts(80) }, 80_000],
  ['the breaker when it is smaller', { contractW: kilowatts(500) }, 115_285],
  ['the contract alone', { breakerMa: undefined, contractW: kilowatts(80) }, 80_000],
  ['no limit of its own', { breakerMa: undefined }, undefined],
  ['a 100 A circuit between two lines at 240 V: 80 A', { volts: 240, phases: 2, breakerMa: amperes(100) }, 19_200],
  ['a 32 A circuit, three phases to neutral', { volts: 230, wiring: 'L-N', breakerMa: amperes(32), continuousIncluded: true }, 22_080],
])('%s', (_, change, expected) => {
  expect(firmLimitW({ ...panel, ...change })).toBe(expected)
})

test('the firm current of a 400 A breaker is 320 A', () => {
  expect(firmLimitMa(panel)).toBe(320_000)
})

test('the amperes of a contract count whole, and the smaller of them and the breaker on each phase', () => {
  const contract = { ...panel, phaseLimitMa: amperes(250) }
  expect(phaseLimitMa(contract)).toBe(250_000)
  expect(firmLimitW(contract)).toBe(90_066)
  expect(phaseLimitMa({ ...contract, phaseLimitMa: amperes(500) })).toBe(320_000)
  const { breakerMa: _, ...bare } = contract
  expect(firmLimitW(bare)).toBe(90_066)
})
