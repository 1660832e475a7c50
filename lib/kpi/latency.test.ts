import { describe, expect, test } from 'vitest'
import { instant, plus, seconds } from '#lib/time/instant.ts'
import { type CommandStamps, type CommandState, latencyOf, measure } from './latency.ts'

const T = instant('2026-11-20T18:00:00Z')
const command = (state: CommandState, tookS: number | null, more: Partial<CommandStamps> = {}): CommandStamps => ({
  state,
  t0: T,
  t0FromSource: true,
  t1: plus(T, 100),
  t5: tookS === null ? null : plus(T, seconds(tookS) / 2),
  t6: tookS === null ? null : plus(T, seconds(tookS)),
  ...more,
})
const all = (commands: CommandStamps[], now = plus(T, seconds(600))) => latencyOf(commands.map((one) => measure(one, now)))
const times = (n: number, of: (i: number) => CommandStamps) => Array.from({ length: n }, (_, i) => of(i))

describe('p95 with failures as +∞', () => {
  test('F6: 92 at 2–9 s, 2 at 12 s, 6 time-outs', () => {
    const result = all([
      ...times(92, (i) => command('seen', 2 + (7 * i) / 91)),
      ...times(2, () => command('seen', 12)),
      ...times(6, () => command('timeout', null)),
    ])
    expect([result.text, result.successPct, result.n, result.met]).toEqual(['> 30 s (n failed: 6)', 94, 100, false])
  })
  test('exactly 5 % failed is still a number', () => {
    const result = all([...times(95, () => command('seen', 6.2)), ...times(5, () => command('failed', null))])
    expect([result.text, result.p50S, result.p99S, result.met]).toEqual(['6.2', 6.2, Number.POSITIVE_INFINITY, true])
  })
  test('nothing asked is no figure', () => expect(all([])).toMatchObject({ text: '–', p95S: null, successPct: null, met: false }))
})

test('superseded, without effect and refused by a rule are counted beside it', () => {
  const result = all([
    command('seen', 3),
    command('superseded', null),
    command('noop', null),
    command('rejected', null),
    command('ackOnly', 2),
  ])
  expect([result.n, result.excluded, result.ackOnly]).toEqual([1, 3, 1])
})
test('an unanswered command is open for 30 s, then a failure', () => {
  const sent = command('sent', null)
  expect([measure(sent, plus(sent.t1, seconds(30))).counts, measure(sent, plus(sent.t1, seconds(30) + 1)).counts]).toEqual([
    'open',
    'failure',
  ])
})
test('an effect after 30 s is a failure', () => expect(measure(command('seen', 31), T).counts).toBe('failure'))
test('a source whose clock is not trusted counts from receipt', () =>
  expect(measure(command('seen', 3, { t0FromSource: false }), T).endToEndS).toBe(2.9))
