import { describe, expect, test } from 'vitest'
import { type Grade, gradeOf, type Line, type LineId, lineIds, measuredBy, quirkWords, whyNotCheck } from './compatibility16.ts'
import {
  arrivedVerdict,
  clearVerdict,
  compositeVerdict,
  followVerdict,
  intervalVerdict,
  keptVerdict,
  knowsVerdict,
  type MinimumTry,
  minimumVerdict,
  periodsVerdict,
  stackVerdict,
  unitsMeasured,
  unitVerdict,
  zeroVerdict,
} from './probe-verdicts16.ts'

const line = (id: LineId, result: Line['result'], measured?: Line['measured']): Line => ({ id, result, says: '', measured })
const all = (change: Partial<Record<LineId, Line['result']>> = {}): Line[] => lineIds.map((id) => line(id, change[id] ?? 'pass'))

describe('the grade', () => {
  test.each<[string, Partial<Record<LineId, Line['result']>>, Grade]>([
    ['everything passed', {}, 'follows'],
    [
      'what it knows besides limits does not matter',
      { localList: 'notSupported', reservation: 'fail', logs: 'notSupported', heartbeat: 'fail' },
      'follows',
    ],
    ['one period only', { periods: 'fail' }, 'followsWithCare'],
    ['loses its limits', { keepsProfiles: 'fail' }, 'followsWithCare'],
    ['watts only', { amperes: 'notSupported' }, 'followsWithCare'],
    ['amperes only is what the plan sends', { watts: 'notSupported' }, 'follows'],
    ['nobody charged', { follows: 'notTried' }, 'unproven'],
    ['no room to try a limit', { minimum: 'notTried' }, 'unproven'],
    ['does not follow, whatever else it does', { follows: 'fail', periods: 'fail' }, 'acceptsOnly'],
    ['takes no limit', { minimum: 'fail', follows: 'notTried' }, 'cannotBeLimited'],
  ])('%s', (_, change, grade) => {
    expect(gradeOf(all(change))).toBe(grade)
  })

  test('a minimum of its own asks for care', () => {
    const lines = all().map((each) => (each.id === 'minimum' ? line('minimum', 'pass', { minA: 7 }) : each))
    expect(gradeOf(lines)).toBe('followsWithCare')
  })
})

describe('what was measured', () => {
  const tried = (amps: number, answered: MinimumTry['answered'], unit: 'A' | 'W' = 'A', stackLevel = 9): MinimumTry => ({
    amps,
    unit,
    stackLevel,
    answered,
  })
  const usual = { amps: 6, stackLevel: 9 }

  test.each([
    ['as usual', [tried(6, 'accepted')], 'pass', { smartCharging: true }],
    ['from 7 A on', [tried(6, 'refused'), tried(7, 'accepted')], 'pass', { smartCharging: true, minA: 7 }],
    ['at level 0', [tried(6, 'refused'), tried(6, 'accepted', 'A', 0)], 'pass', { smartCharging: true, stackLevel: 0 }],
    ['never', [tried(6, 'refused'), tried(7, 'refused')], 'fail', { smartCharging: false }],
    ['unknown there', [tried(6, 'unknown')], 'notSupported', { smartCharging: false }],
  ] as const)('the minimum: %s', (_, tries, result, measured) => {
    expect(minimumVerdict(tries, usual)).toMatchObject({ result, measured })
  })

  test('silence proves nothing', () => {
    expect(minimumVerdict([tried(6, 'silent')], usual).measured).toBeUndefined()
    expect(unitsMeasured({ A: 'accepted', W: 'silent' })).toEqual({})
    expect(zeroVerdict('silent', undefined).measured).toBeUndefined()
    expect(periodsVerdict('silent', undefined, undefined, 96).measured).toBeUndefined()
  })

  test.each([
    ['accepted', 3, undefined, 96, 'pass', undefined],
    ['accepted', 1, undefined, 96, 'fail', { maxPeriods: 1 }],
    ['accepted', undefined, undefined, 96, 'pass', undefined],
    ['refused', undefined, 'accepted', 1, 'fail', { maxPeriods: 1 }],
    ['refused', undefined, 'refused', 96, 'fail', undefined],
  ] as const)('periods: three %s, %s kept, one %s, %i claimed: %s', (three, kept, one, claimed, result, measured) => {
    const verdict = periodsVerdict(three, kept, one, claimed)
    expect([verdict.result, verdict.measured]).toEqual([result, measured])
  })

  test('units, zero, composite, clearing, following, keeping', () => {
    expect(unitsMeasured({ A: 'refused', W: 'accepted' })).toEqual({ units: ['W'] })
    expect(zeroVerdict('accepted', 6), 'accepted and not done is a refusal').toMatchObject({
      result: 'fail',
      measured: { refusesZero: true },
    })
    expect(compositeVerdict('accepted', { limit: 6, unit: 'A' }, 80).result).toBe('fail')
    expect(clearVerdict('accepted', 'Accepted').result).toBe('fail')
    expect(followVerdict(1_440, 7_000, 1_900, 12, 500)).toMatchObject({ result: 'pass', measured: { followsLimits: true } })
    expect(followVerdict(1_440, 7_000, 7_000, 50, 500)).toMatchObject({ result: 'fail', measured: { followsLimits: false } })
    expect(keptVerdict(6, 6, 'A', 20).measured).toEqual({ keepsProfiles: true })
    expect(keptVerdict(6, undefined, 'A', 20).measured).toEqual({ keepsProfiles: false })
  })

  test('an error of the charger itself is named, and does not say that a message is unknown there', () => {
    const failed = 'failed InternalError'
    const named = { result: 'fail', says: 'It answered with InternalError.' }
    expect(compositeVerdict(failed, { limit: 6, unit: 'A' }, undefined)).toEqual(named)
    expect(compositeVerdict('unknown', { limit: 6, unit: 'A' }, undefined).says).toBe('It does not know GetCompositeSchedule.')
    expect(arrivedVerdict(failed, false, 'a heartbeat')).toEqual(named)
    expect(clearVerdict(failed, undefined)).toEqual(named)
    expect(knowsVerdict(failed, 'It tells.', 'It does not tell.')).toEqual(named)
    expect(stackVerdict(0, failed)).toEqual(named)
    expect(unitVerdict('A', true, failed)).toEqual(named)
    expect(periodsVerdict(failed, undefined, failed, 96)).toEqual(named)
    expect(minimumVerdict([tried(6, failed), tried(7, failed)], usual).says).toBe('It answered every limit with InternalError.')
    expect(zeroVerdict(failed, undefined).says).toBe('It answered a limit of 0 with InternalError: it cannot pause.')
  })

  test('later lines go on where earlier ones ended', () => {
    expect(measuredBy([line('minimum', 'pass', { minA: 7 }), line('zero', 'fail', { refusesZero: true })])).toEqual({
      minA: 7,
      refusesZero: true,
    })
  })
})

test('intervals: too few messages prove nothing, half as often again is still as set', () => {
  expect(intervalVerdict('meter values', 15, [15]).result).toBe('notTried')
  expect(intervalVerdict('meter values', 15, [15, 16, 22]).result).toBe('pass')
  expect(intervalVerdict('meter values', 15, [60, 60, 15]).result).toBe('fail')
  expect(intervalVerdict('meter values', undefined, [60, 60]).result).toBe('notTried')
})

test('in words: only what is special', () => {
  expect(quirkWords({ units: ['A', 'W'], keepsProfiles: true, followsLimits: true, refusesZero: false, smartCharging: true })).toEqual([])
  expect(quirkWords({ units: ['W'], maxPeriods: 1, keepsProfiles: false, minA: 7 })).toEqual([
    'Loses its limits in a restart.',
    'Keeps one period only.',
    'Takes no limit under 7 A.',
    'Takes watts only.',
  ])
})

test('a check needs a charger that is there, accepted, and not checked already', () => {
  const ready = { online: true, isRunning: false, registration: 'accepted' }
  expect(whyNotCheck(ready)).toBeUndefined()
  for (const change of [{ online: false }, { isRunning: true }, { registration: 'pending' }])
    expect(whyNotCheck({ ...ready, ...change })).toMatch(/\w\.$/)
})
