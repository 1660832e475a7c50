import { expect, test } from 'vitest'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import { amperes, type Circuit, kilowatts, type Watts, watts } from '#lib/units/units.ts'
import { fallbackProfile, limitProfile, type ProfileTarget } from './profile16.ts'
import { quirks } from './quirks.ts'

const now = instant('2026-11-23T08:00:30.400Z')
const SPLIT: Circuit = { volts: 240, wiring: 'L-L', phases: 1 }
const EUROPE: Circuit = { volts: 230, wiring: 'L-N', phases: 3 }

const target = (circuit: Circuit, maxW: number, minW: number, more: object = {}): ProfileTarget => ({
  port: 2,
  points: { minW: watts(minW), maxW: watts(maxW), stepMa: amperes(1), circuit },
  quirks: quirks.parse({ maxPeriods: 24, ...more }),
})
const level2 = target(SPLIT, 19_200, 1_440)
const step = (afterMin: number, limitW: Watts) => ({ from: plus(now, minutes(afterMin)) as Instant, limitW })
const limit = (t: ProfileTarget, w: number) => fallbackProfile(t, watts(w)).chargingSchedule.chargingSchedulePeriod[0]

test('the fallback is relative, without end and validity, with an id and a level of its own', () => {
  expect(fallbackProfile(level2, watts(1_440))).toEqual({
    chargingProfileId: 1002,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6, numberPhases: 1 }] },
  })
})

test.each([
  ['a split-phase load is one phase', level2, 7_300, { limit: 30, numberPhases: 1 }],
  ['below 6 A is nothing', level2, 1_439, { limit: 0, numberPhases: 1 }],
  ['above the nameplate is the nameplate', level2, 99_000, { limit: 80, numberPhases: 1 }],
  ['three phases in Europe', target(EUROPE, 22_080, 4_140), 11_000, { limit: 15, numberPhases: 3 }],
  [
    'where only watts are taken, they are those of whole amperes',
    target(SPLIT, 19_200, 1_440, { units: ['W'] }),
    7_300,
    { limit: 7_200, numberPhases: 1 },
  ],
  ['a model with 7 A as its least', target(SPLIT, 19_200, 1_680), 1_500, { limit: 0, numberPhases: 1 }],
])('%s', (_, t, w, expected) => {
  expect(limit(t as ProfileTarget, w as number)).toMatchObject(expected as object)
})

test('a plan is absolute, starts in the past on a whole second, and its last period has no end', () => {
  const profile = limitProfile(level2, 77, [step(0, kilowatts(7.2)), step(15, kilowatts(0)), step(45, kilowatts(1.44))], now, 0)
  expect(profile).toEqual({
    chargingProfileId: 2002,
    transactionId: 77,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: '2026-11-23T07:59:30.000Z',
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: 30, numberPhases: 1 },
        { startPeriod: 960, limit: 0, numberPhases: 1 },
        { startPeriod: 2760, limit: 6, numberPhases: 1 },
      ],
    },
  })
})

test('a device whose clock is ten minutes fast turns the pages at the right moment all the same', () => {
  const { startSchedule } = limitProfile(level2, 1, [step(0, kilowatts(7.2))], now, minutes(10)).chargingSchedule
  expect(startSchedule).toBe('2026-11-23T08:09:30.000Z')
})

test('a charger that takes few periods gets the lowest of what was to come, never more', () => {
  const steps = [0, 15, 30, 45].map((at, index) => step(at, kilowatts([7.2, 9.6, 2.4, 14.4][index]!)))
  const two = limitProfile(target(SPLIT, 19_200, 1_440, { maxPeriods: 2 }), 1, steps, now, 0)
  expect(two.chargingSchedule.chargingSchedulePeriod.map(({ limit: amps }) => amps)).toEqual([30, 10])
  const one = limitProfile(target(SPLIT, 19_200, 1_440, { maxPeriods: 1 }), 1, steps, now, 0)
  expect(one.chargingSchedule.chargingSchedulePeriod).toEqual([{ startPeriod: 0, limit: 10, numberPhases: 1 }])
})

test('equal steps are one period; of two in the same second the later one stands', () => {
  const same = limitProfile(level2, 1, [step(0, kilowatts(7.2)), step(5, kilowatts(7.2)), step(5, kilowatts(2.4))], now, 0)
  expect(same.chargingSchedule.chargingSchedulePeriod.map(({ limit: amps }) => amps)).toEqual([30, 10])
})
