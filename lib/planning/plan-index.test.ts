import { expect, test } from 'vitest'
import { instant, minutes, plus } from '#lib/time/instant.ts'
import { type Planned, readyBy } from './plan-index.ts'

const leaves = instant('2026-11-23T08:22:00Z')
const planned = (readyAt: Planned['readyAt']): Planned => ({
  reason: { kind: 'done' },
  port: undefined,
  readyAt,
  shortfall: undefined,
  powerW: [],
})

test('charged until it leaves: ready when it leaves, not at the end of that slot', () =>
  expect(readyBy(planned(plus(leaves, minutes(8))), leaves)).toBe(leaves))

test('before its departure it is ready at the end of its last slot', () =>
  expect(readyBy(planned(plus(leaves, -minutes(37))), leaves)).toBe(plus(leaves, -minutes(37))))

test('what a plan makes ready for a later duty stays as it is', () =>
  expect(readyBy(planned(plus(leaves, minutes(90))), leaves)).toBe(plus(leaves, minutes(90))))

test('not by this plan', () => expect([readyBy(planned(undefined), leaves), readyBy(undefined, leaves)]).toEqual([null, null]))
