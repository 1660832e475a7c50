import { expect, test } from 'vitest'
import { instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { watts } from '#lib/units/units.ts'
import { constantCurve } from './curve.ts'
import type { FactPort } from './depot-facts.ts'
import { type Drawing, drawing, type Seen } from './drawn.ts'
import { factsOf } from './protocol/facts.ts'
import { RULES } from './protocol/rules.ts'
import { firstState } from './protocol/state.ts'
import { handOver } from './protocol/world.ts'

const six = instant('2026-11-23T19:00:00Z')
/** A port of 9.6 kW whose session follows a limit since a moment, in minutes from six. */
const port = (kw: number, since = -30): FactPort => {
  const [one] = factsOf(handOver(), RULES, firstState(handOver())).ports
  const at = plus(six, minutes(since))
  const limit = { sequence: 1, sessionId: 7, curve: constantCurve(watts(kw * 1000)), sentAt: at, outcome: 'accepted' as const }
  return {
    ...one!,
    fallbackConfirmedAt: plus(six, -minutes(60)),
    sessions: [7],
    limits: [{ ...limit, acceptedAt: at, countsAt: plus(at, seconds(10)) }],
  }
}
/** What is known after a look each minute, each at a reading of so many kW. */
const looks = (from: Drawing | undefined, at: number, given: FactPort, ...kw: number[]): Drawing =>
  kw.reduce<Drawing | undefined>((was, each, i) => {
    const now = plus(six, minutes(at + i))
    const seen: Seen = { powerW: each * 1000, at: now, energyWh: 5_000 }
    return drawing(was, given, seen, now)
  }, from)!

test('a vehicle that takes a third of what it may for five minutes leaves the rest, but for a margin', () => {
  expect(looks(undefined, 0, port(9.6), 3, 3, 3, 3, 3).capW).toBeUndefined()
  const left = looks(undefined, 0, port(9.6), 3, 3.1, 3, 3, 3, 3)
  expect(left.capW).toBe(3_600)
  // it goes on so under the lower limit
  expect(looks(left, 6, port(3.6, 6), 3, 3, 3.1).capW).toBe(3_600)
})

test('one that wants more again has it at the next look', () => {
  const left = looks(undefined, 0, port(9.6), 3, 3, 3, 3, 3, 3)
  expect(looks(left, 6, port(3.6, 5), 3.5).capW).toBeUndefined()
})

test('a moment of less is nothing, and an old reading says nothing', () => {
  expect(looks(undefined, 0, port(9.6), 3, 3, 3, 9, 3, 3, 3).capW).toBeUndefined()
  const before = looks(undefined, 0, port(9.6), 3, 3, 3)
  const now = plus(six, minutes(9))
  expect(drawing(before, port(9.6), { powerW: 3_000, at: plus(six, minutes(3)), energyWh: 0 }, now)!.underSince).toBeUndefined()
})

test('what it was given before it accepted the limit is not judged by that limit', () => {
  expect(looks(undefined, 0, port(9.6, 3), 3, 3, 3, 3).underSince).toBeUndefined()
})

test('one that falls to half when it is given less is on fewer phases than its port: it is left alone', () => {
  const left = looks(undefined, 0, port(9.6), 3, 3, 3, 3, 3, 3)
  const spoilt = looks(left, 6, port(3.6, 5), 1.2)
  expect(spoilt).toMatchObject({ capW: undefined, spoilt: true })
  expect(looks(spoilt, 7, port(9.6, 6), 3, 3, 3, 3, 3, 3, 3).capW).toBeUndefined()
})

test('paused, allowed again, and nothing for ten minutes: asleep; a vehicle that goes on is not', () => {
  const paused = looks(undefined, 0, port(0), 0, 0)
  expect(looks(paused, 2, port(9.6, 1), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).asleep).toBe(false)
  expect(looks(paused, 2, port(9.6, 1), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).asleep).toBe(true)
  expect(looks(paused, 2, port(9.6, 1), 0, 0, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).asleep).toBe(false)
})

test('one that never charged was not paused, and another session begins anew', () => {
  const now = plus(six, minutes(1))
  const idle = drawing(undefined, port(0), { powerW: 0, at: now, energyWh: 0 }, now)!
  expect(idle.paused).toBe(false)
  const paused = looks(undefined, 0, port(0), 0)
  expect(drawing(paused, { ...port(9.6), sessions: [8] }, undefined, now)).toMatchObject({ sessionId: 8, paused: false })
  expect(drawing(paused, { ...port(9.6), sessions: [] }, undefined, now)).toBeUndefined()
})
