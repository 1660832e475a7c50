import { describe, expect, test } from 'vitest'
import { type Instant, instant, plus, seconds } from '#lib/time/instant.ts'
import { availabilityOf, type ClassedAttempt, visitsOf } from './availability.ts'
import type { Attempt, EvidenceKind, Outcome } from './charge-request.ts'
import { classify } from './classify.ts'
import { wilson } from './interval.ts'

const T = instant('2026-11-20T18:00:00Z')
const SLA = seconds(120)
const plusS = (s: number) => plus(T, seconds(s))
const LATER = plusS(3600)

let next = 0
const attempt = (seen: Partial<Attempt> = {}, evidence: EvidenceKind[] = []): Attempt => {
  const id = `r${next++}`
  return {
    id,
    visitId: id,
    requestedAt: T,
    pluggedAt: T,
    askedAt: T,
    acceptedAt: null,
    promisedAt: null,
    poweredAt: null,
    endedAt: null,
    evidence: evidence.map((kind) => ({ at: T, kind, text: kind })),
    ...seen,
  }
}
const outcomeAt = (now: Instant, seen: Partial<Attempt>, ...evidence: EvidenceKind[]) =>
  classify(attempt(seen, evidence), now, SLA)?.outcome ?? null
const classed = (outcome: Outcome | null, seen: Partial<Attempt> = {}): ClassedAttempt => ({ ...attempt(seen), outcome })
const car = (attempts: ClassedAttempt[], strict = false) => availabilityOf(visitsOf(attempts, SLA, LATER, strict))
const many = (n: number, outcome: Outcome) =>
  Array.from({ length: n }, () => classed(outcome, outcome === 'STARTED_IN_SLA' ? { poweredAt: plusS(20) } : {}))

describe('how an attempt comes out', () => {
  test.each<[string, Outcome | null, Partial<Attempt>, EvidenceKind[]]>([
    ['energy within the SLA', 'STARTED_IN_SLA', { acceptedAt: plusS(10), poweredAt: plusS(120) }, []],
    ['energy after it', 'STARTED_LATE', { acceptedAt: plusS(10), poweredAt: plusS(121) }, []],
    ['a fault', 'FAILED_CHARGER', {}, ['fault']],
    [
      'started and stopped by itself at once',
      'FAILED_CHARGER',
      { acceptedAt: plusS(5), poweredAt: plusS(6), endedAt: plusS(40) },
      ['shortStop'],
    ],
    ['charger refused the start', 'FAILED_CHARGER', {}, ['refused']],
    ['charger offline', 'FAILED_COMMS', {}, ['offline']],
    ['command not delivered', 'FAILED_COMMS', {}, ['notDelivered']],
    ['our error', 'FAILED_BACKEND', {}, ['backend']],
    ['all ports out of use', 'NO_FREE_PORT', { pluggedAt: null }, ['noPort']],
    ['held at 0 and nothing promised', 'HELD_BY_CAP', { acceptedAt: plusS(5) }, ['held']],
    ['the vehicle is full', 'VEHICLE', { acceptedAt: plusS(5) }, ['vehicle']],
    ['nobody asked, then unplugged', 'NO_TOKEN', { askedAt: null, endedAt: plusS(900) }, ['unplugged']],
    ['nobody asked yet', null, { askedAt: null }, []],
    ['authorised, no cable', 'NOT_PLUGGED', { pluggedAt: null }, []],
    ['user left before the SLA', 'USER_CANCEL', { endedAt: plusS(60) }, ['unplugged']],
    ['user left after it', 'UNKNOWN', { endedAt: plusS(200) }, ['unplugged']],
    ['no evidence', 'UNKNOWN', {}, []],
    ['a commissioning card', 'TEST', { poweredAt: plusS(5) }, ['test']],
  ])('%s: %s', (_, outcome, seen, evidence) => expect(outcomeAt(LATER, seen, ...evidence)).toBe(outcome))

  test('open until the SLA ran out', () => expect([outcomeAt(plusS(120), {}), outcomeAt(plusS(121), {})]).toEqual([null, 'UNKNOWN']))

  test('F5: blocked, expired and unknown tokens are excluded, a valid one refused by a stale list is our failure', () => {
    const outcomes = (['denied', 'denied', 'denied', 'wronglyDenied'] as const).map((kind) => outcomeAt(LATER, {}, kind))
    expect(outcomes).toEqual(['AUTH_DENIED', 'AUTH_DENIED', 'AUTH_DENIED', 'FAILED_AUTH_SYSTEM'])
    const result = car(outcomes.map((outcome) => classed(outcome)))
    expect([result.excluded, result.byOutcome.FAILED_AUTH_SYSTEM]).toEqual([3, 1])
  })

  describe('deferred by plan until 20:00', () => {
    const deferred = { acceptedAt: plusS(8), promisedAt: plusS(7200) }
    test('accepted and deferred is a success', () => expect(outcomeAt(plusS(60), deferred)).toBe('STARTED_IN_SLA'))
    test('and stays one with energy in time after the promise', () =>
      expect(outcomeAt(plusS(9000), { ...deferred, poweredAt: plusS(7320) })).toBe('STARTED_IN_SLA'))
    test('late energy makes it late afterwards', () =>
      expect(outcomeAt(plusS(9000), { ...deferred, poweredAt: plusS(7321) })).toBe('STARTED_LATE'))
    test('no energy makes it held by the cap', () => expect(outcomeAt(plusS(7321), deferred)).toBe('HELD_BY_CAP'))
    test('a fault meanwhile is the charger’s', () => expect(outcomeAt(plusS(7321), deferred, 'fault')).toBe('FAILED_CHARGER'))
    test('strict: only energy counts', () => {
      const one = { ...attempt({ ...deferred, poweredAt: plusS(7300) }), outcome: 'STARTED_IN_SLA' as const }
      expect([car([one]).successes, car([one], true).successes]).toEqual([1, 0])
    })
  })
})

describe('the rate', () => {
  test('F2: 985 of 1,000 with 20 excluded', () => {
    const result = car([
      ...many(985, 'STARTED_IN_SLA'),
      ...many(5, 'STARTED_LATE'),
      ...many(4, 'FAILED_CHARGER'),
      ...many(3, 'FAILED_COMMS'),
      ...many(2, 'NO_FREE_PORT'),
      ...many(1, 'UNKNOWN'),
      ...many(12, 'AUTH_DENIED'),
      ...many(8, 'USER_CANCEL'),
    ])
    expect([result.value, result.interval!.map((x) => x.toFixed(1)), (100 * result.excludedShare).toFixed(1)]).toEqual([
      98.5,
      ['97.5', '99.1'],
      '2.0',
    ])
    expect([result.met, result.excludedAlarm, result.eligible + result.excluded + result.open]).toEqual([true, false, 1020])
  })
  test('F3: fails on port 3, starts on port 4 after 90 s', () => {
    const first = classed('FAILED_CHARGER', { visitId: 'v' })
    const second = classed('STARTED_IN_SLA', { visitId: 'v', requestedAt: plusS(70), acceptedAt: plusS(85), poweredAt: plusS(90) })
    expect(car([first, second])).toMatchObject({ value: 100, eligible: 1, first: 50 })
  })
  test('a retry that starts 130 s after the first request is late for the visit', () => {
    const second = classed('STARTED_IN_SLA', { visitId: 'v', requestedAt: plusS(70), acceptedAt: plusS(85), poweredAt: plusS(130) })
    expect(car([classed('FAILED_CHARGER', { visitId: 'v' }), second]).byOutcome).toEqual({ STARTED_LATE: 1 })
  })
  test('Wilson as in the definition', () => {
    expect(wilson(490, 500).map((x) => (100 * x).toFixed(1))).toEqual(['96.4', '98.9'])
    expect([wilson(188, 188)[0] > 0.98, wilson(189, 189)[0] > 0.98]).toEqual([false, true])
  })
  test('nothing eligible is undefined, not 100 %', () =>
    expect(car(many(3, 'NO_TOKEN'))).toMatchObject({ value: null, met: false, excludedAlarm: true }))
  test('97.96 % is not met', () => expect(car([...many(2399, 'STARTED_IN_SLA'), ...many(50, 'UNKNOWN')])).toMatchObject({ met: false }))
  test('29 visits are not enough', () =>
    expect([car(many(29, 'STARTED_IN_SLA')).enough, car(many(30, 'STARTED_IN_SLA')).enough]).toEqual([false, true]))
})
