import { expect, test } from 'vitest'
import { instant, minutes, plus } from '#lib/time/instant.ts'
import { wattHours } from '#lib/units/units.ts'
import { clock, depot, van } from './depot-fixture.ts'
import { plan } from './plan.ts'
import { byVehicle, type Planned, readyBy, shortfallsOf } from './plan-index.ts'

const leaves = instant('2026-11-23T08:22:00Z')
const planned = (readyAt: Planned['readyAt']): Planned => ({
  reason: { kind: 'done' },
  port: undefined,
  readyAt,
  shortfall: undefined,
  plugInBy: undefined,
  powerW: [],
})

test('charged until it leaves: ready when it leaves, not at the end of that slot', () =>
  expect(readyBy(planned(plus(leaves, minutes(8))), leaves)).toBe(leaves))

test('before its departure it is ready at the end of its last slot', () =>
  expect(readyBy(planned(plus(leaves, -minutes(37))), leaves)).toBe(plus(leaves, -minutes(37))))

test('what a plan makes ready for a later duty stays as it is', () =>
  expect(readyBy(planned(plus(leaves, minutes(90))), leaves)).toBe(plus(leaves, minutes(90))))

test('not by this plan', () => expect([readyBy(planned(undefined), leaves), readyBy(undefined, leaves)]).toEqual([null, null]))

test('ready is when the need is met, not when what is welcome above it is in', () => {
  const input = depot(19.2, [
    van('a', '23:00', 9.6, { extraWh: wattHours(19_200) }),
    van('full', '23:00', 0, { extraWh: wattHours(9_600) }),
  ])
  const found = byVehicle({ input, plan: plan(input) })
  expect(found.get('a')!.powerW.reduce((sum, w) => sum + w / 12, 0)).toBeCloseTo(28_800, -2)
  expect(found.get('a')!.readyAt).toBe(clock('17:30'))
  expect(found.get('full')!.readyAt).toBe(clock('17:00'))
})

test('who only has to be plugged in, with hours to spare, is not short yet; an hour before it must it is', () => {
  const input = depot(19.2, [van('out', '23:00', 9.6, { port: undefined })])
  const made = plan(input)
  expect(byVehicle({ input, plan: made }).get('out')).toMatchObject({ shortfall: undefined, readyAt: undefined, plugInBy: clock('22:30') })
  expect(shortfallsOf({ input, plan: made })).toEqual([])
  const late = { ...input, now: clock('22:00') }
  const then = plan(late)
  expect(byVehicle({ input: late, plan: then }).get('out')!.shortfall).toMatchObject({ missingWh: 9_600 })
  expect(shortfallsOf({ input: late, plan: then })).toHaveLength(1)
})
