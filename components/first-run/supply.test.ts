import { expect, test } from 'vitest'
import { rewired } from './supply.ts'

test('line and neutral has 230 V and back 240 V, what somebody typed stays', () => {
  const european = rewired({ wiring: 'L-L', volts: '240' }, 'L-N')
  expect(european).toEqual({ wiring: 'L-N', volts: '230' })
  expect(rewired(european, 'L-L')).toEqual({ wiring: 'L-L', volts: '240' })
  expect(rewired({ wiring: 'L-L', volts: '208' }, 'L-N')).toEqual({ wiring: 'L-N', volts: '208' })
})
