import { expect, test } from 'vitest'
import { hours, instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { kilowatts, watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, curveOf } from './curve.ts'
import { type DepotFacts, envelopeOf, type FactPort } from './depot-facts.ts'
import { checkEnvelope } from './envelope.ts'
import { portOf } from './night-depot.ts'
import { steer } from './steer.ts'

// Writes wear a charger's flash memory: 100 limits within 24 hours, of which the last 20 are kept for people and first limits.

const now = instant('2026-11-23T20:00:00Z')
const tomorrow = plus(now, hours(4))
const accepted = {
  sequence: 1,
  curve: constantCurve(kilowatts(19.2)),
  sentAt: plus(now, -minutes(90)),
  outcome: 'accepted' as const,
  acceptedAt: plus(now, -minutes(90)),
  countsAt: plus(now, -minutes(89)),
  sessionId: 1,
}

/** A port that follows 19.2 kW and should follow 9.6 from now on, under a grid connection of `capKw`. */
const steered = (change: Partial<FactPort>, capKw = 100, baseKw = 0, laterKw = 0) => {
  const port: FactPort = {
    ...portOf(0, 24),
    node: 'service',
    sessions: [1],
    limits: [accepted],
    limitTries: { failures: 0, lastSentAt: accepted.sentAt },
    wanted: { curve: constantCurve(kilowatts(9.6)), planId: 'p' },
    ...change,
  }
  const service: DepotFacts['nodes'][number] = {
    id: 'service',
    name: 'Grid connection',
    limitW: kilowatts(capKw),
    baseLoad: curveOf(kilowatts(baseKw), [{ from: tomorrow, limitW: kilowatts(laterKw) }]),
    volts: 240,
    wiring: 'L-L',
    stopped: false,
  }
  const { actions, waiting } = steer({ now, skewMs: seconds(5), nodes: [service], ports: [port] })
  return { writes: actions.filter(({ kind }) => kind === 'limit'), waits: waiting.get(port.id) }
}
const first = { limits: [], limitTries: { failures: 0, lastSentAt: undefined } }

test.each<[string, Partial<FactPort>, 'writes' | 'waits']>([
  ['the 80th write of a day is the last for a plan', { writesToday: 79 }, 'writes'],
  ['after it a new plan waits', { writesToday: 80 }, 'waits'],
  ['what a person asks for has the last 20', { writesToday: 99, asked: true }, 'writes'],
  ['and no more', { writesToday: 100, asked: true }, 'waits'],
  ['the first limit of a session has them too', { writesToday: 99, ...first }, 'writes'],
  ['and no more either', { writesToday: 100, ...first }, 'waits'],
])('%s', (_, change, outcome) => {
  const { writes, waits } = steered(change)
  expect(writes).toHaveLength(outcome === 'writes' ? 1 : 0)
  expect(waits).toBe(outcome === 'writes' ? undefined : 'budget')
})

test('the more a charger was written to in a day the longer a plan that changed waits; what is asked for does not', () => {
  const written = (writesToday: number, minutesAgo: number): Partial<FactPort> => ({
    writesToday,
    limitTries: { failures: 0, lastSentAt: plus(now, -minutes(minutesAgo)) },
  })
  expect(steered(written(20, 1)).writes).toHaveLength(1)
  expect(steered(written(60, 19))).toMatchObject({ writes: [], waits: 'later' })
  expect(steered(written(60, 20)).writes).toHaveLength(1)
  expect(steered({ ...written(60, 1), asked: true }).writes).toHaveLength(1)
})

test('what would be passed in some hours is put right with the last writes of a day, if the others are spent', () => {
  // the building is above what it leaves from tomorrow on
  const late = { wanted: { curve: curveOf(kilowatts(19.2), [{ from: tomorrow, limitW: watts(0) }]), planId: 'p' } }
  expect(steered({ ...late, writesToday: 85 }, 100, 0, 90).writes).toMatchObject([{ kind: 'limit', safety: false }])
  expect(steered({ ...late, writesToday: 100 }, 100, 0, 90)).toMatchObject({ writes: [], waits: 'budget' })
})

test('safety has no budget: a limit that would be passed is written whatever was written before', () => {
  const { writes, waits } = steered({ writesToday: 500 }, 12)
  expect(writes).toMatchObject([{ kind: 'limit', safety: true, curve: constantCurve(kilowatts(9.6)) }])
  expect(waits).toBeUndefined()
})

test('a limit that cannot be kept is no reason to write: what mends nothing waits for its dead band, and counts', () => {
  // the building alone is above the limit until tomorrow; the port gives nothing until then, whatever is written
  const idle = (tomorrowKw: number): Curve => curveOf(watts(0), [{ from: plus(tomorrow, minutes(1)), limitW: kilowatts(tomorrowKw) }])
  const has = { limits: [{ ...accepted, curve: idle(19.2) }] }
  const wants = (tomorrowKw: number) => ({ ...has, wanted: { curve: idle(tomorrowKw), planId: 'p' } })
  expect(steered(wants(19), 100, 120)).toEqual({ writes: [], waits: undefined })
  const { writes } = steered(wants(9.6), 100, 120)
  expect(writes).toMatchObject([{ kind: 'limit', safety: false }])
  expect(steered({ ...wants(9.6), writesToday: 80 }, 100, 120)).toEqual({ writes: [], waits: 'budget' })
  // a raise that a clock which is wrong would make too early is put right, in the ordinary way
  const early = { limits: [{ ...accepted, curve: curveOf(watts(0), [{ from: tomorrow, limitW: kilowatts(19.2) }]) }] }
  expect(steered({ ...wants(19.2), ...early }, 100, 120).writes).toMatchObject([{ kind: 'limit', safety: false }])
  // … but what it still gives while the limit is passed is taken from it, budget or not
  const gives = { limits: [accepted], wanted: { curve: idle(19.2), planId: 'p' }, writesToday: 500 }
  expect(steered(gives, 100, 120).writes).toMatchObject([{ kind: 'limit', safety: true }])
})

test('a limit that would be passed for seconds, hours from now, is put right though everything else that differs is too short for a write', () => {
  // a grid event until the hour; both ports begin then, and clocks may be wrong by five seconds. Later one hands over to the other
  const [hour, full, over] = [tomorrow, plus(tomorrow, hours(1)), plus(tomorrow, hours(2))]
  const on = kilowatts(19.2)
  const off = watts(0)
  const follows = (i: number, has: Curve, wants: Curve): FactPort => ({
    ...portOf(i, 24),
    node: 'service',
    sessions: [i + 1],
    limits: [{ ...accepted, curve: has, sessionId: i + 1 }],
    limitTries: { failures: 0, lastSentAt: accepted.sentAt },
    wanted: { curve: wants, planId: 'p' },
  })
  const handsOver = (at: typeof hour) =>
    curveOf(off, [
      { from: hour, limitW: on },
      { from: at, limitW: off },
    ])
  const takesOver = (until: typeof hour, from: typeof hour) =>
    curveOf(off, [
      { from: hour, limitW: on },
      { from: until, limitW: off },
      { from, limitW: on },
    ])
  // written to so often today that what is no matter of a limit waits
  const often = { writesToday: 60, limitTries: { failures: 0, lastSentAt: plus(now, -minutes(1)) } }
  const first = { ...follows(0, handsOver(plus(over, seconds(30))), handsOver(over)), ...often }
  const second = follows(1, takesOver(plus(full, -seconds(10)), plus(over, seconds(40))), takesOver(full, over))
  const service: DepotFacts['nodes'][number] = {
    ...{ id: 'service', name: 'Grid connection', limitW: kilowatts(60), volts: 240, wiring: 'L-L', stopped: false },
    baseLoad: curveOf(kilowatts(30), [
      { from: hour, limitW: kilowatts(10) },
      { from: full, limitW: kilowatts(40) },
    ]),
  }
  const facts: DepotFacts = { now, skewMs: seconds(5), nodes: [service], ports: [first, second] }
  expect(checkEnvelope(envelopeOf(facts))).toMatchObject({ kind: 'over', at: plus(hour, -seconds(5)) })
  const { actions } = steer(facts)
  expect(actions).toMatchObject([{ kind: 'limit', portId: 'port-1', safety: false }])
  // once it is accepted and followed nothing is passed, and nothing more is written
  const [sent] = actions
  if (sent?.kind !== 'limit') throw new Error('a limit is sent')
  const after = { ...facts, ports: [first, { ...second, limits: [{ ...accepted, curve: sent.curve, sessionId: 2 }] }] }
  expect(checkEnvelope(envelopeOf(after))).toEqual({ kind: 'within' })
  expect(steer(after).actions).toEqual([])
})
