import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeVehicle, VAN } from './vehicle.ts'

const van = (soc: number, change: Partial<typeof VAN> = {}) => {
  const model = { ...VAN, ...change, id: 'van-7' }
  return makeVehicle(model, { storedWh: model.batteryWh * soc, odometerM: 0 })
}
/** Charges for `seconds` at no more than `offeredW`; returns what the grid gave, Wh. */
function charge(vehicle: ReturnType<typeof van>, offeredW: number, seconds: number): number {
  let gridWh = 0
  for (let s = 0; s < seconds; s++) {
    const energyWh = Math.min(offeredW, vehicle.load.wantsW()) / 3_600
    vehicle.load.take(energyWh)
    gridWh += energyWh
  }
  return gridWh
}

test('an hour at 10 kW brings 10 kWh from the grid and 9.2 kWh into the battery', () => {
  const vehicle = van(0.2)
  expect(charge(vehicle, 10_000, 3_600)).toBeCloseTo(10_000, 6)
  expect(vehicle.state().storedWh).toBeCloseTo(16_000 + 9_200, 6)
})

test('it takes its maximum below the taper, less above, nothing when full', () => {
  expect(van(0.5).load.wantsW()).toBe(19_200)
  expect(van(0.85).load.wantsW()).toBe(19_200)
  // half way between 85 % and full, half way between 100 % and 15 % of the power
  expect(van(0.925).load.wantsW()).toBeCloseTo(19_200 * 0.575, 6)
  expect(van(1).load.wantsW()).toBe(0)
})

test('it gets full and stays so', () => {
  const vehicle = van(0.95)
  charge(vehicle, 19_200, 4 * 3_600)
  expect(vehicle.soc()).toBeCloseTo(1, 9)
  expect(vehicle.load.wantsW()).toBe(0)
})

test('a drive uses the battery and says what was lacking', () => {
  const vehicle = van(0.5)
  expect(vehicle.drive(30_000, 60_000)).toBe(0)
  expect(vehicle.state()).toEqual({ storedWh: 10_000, odometerM: 60_000 })
  expect(vehicle.drive(12_000, 24_000)).toBe(2_000)
  expect(vehicle.soc()).toBe(0)
})

test('energy is conserved: what the grid gives is in the battery, less the loss, at any power and state', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 20 }),
      fc.double({ min: 0.7, max: 1, noNaN: true }),
      (soc, powers, efficiency) => {
        const vehicle = van(soc, { efficiency })
        const before = vehicle.state().storedWh
        const gridWh = powers.reduce((sum, powerW) => sum + charge(vehicle, powerW, 300), 0)
        const gained = vehicle.state().storedWh - before
        expect(gained).toBeCloseTo(gridWh * efficiency, 4)
        expect(vehicle.soc()).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 50 },
  )
})
