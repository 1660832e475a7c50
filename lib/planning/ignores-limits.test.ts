import { expect, test } from 'vitest'
import { instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { kilowatts, watts } from '#lib/units/units.ts'
import { constantCurve, valueAt } from './curve.ts'
import { type DepotFacts, envelopeOf, type FactPort } from './depot-facts.ts'
import { followable } from './envelope.ts'
import { portOf } from './night-depot.ts'
import { steer } from './steer.ts'

// A charger that was seen to accept limits and not to follow them.

const now = instant('2026-11-23T20:00:00Z')
const depot = (change: Partial<FactPort>, capKw: number): DepotFacts => ({
  now,
  skewMs: seconds(5),
  nodes: [
    { id: 'service', name: 'Grid', limitW: kilowatts(capKw), baseLoad: constantCurve(watts(0)), volts: 240, wiring: 'L-L', stopped: false },
  ],
  ports: [{ ...portOf(0, 24), node: 'service', fallbackConfirmedAt: plus(now, -minutes(60)), ignoresLimits: true, ...change }],
})

test('its nameplate counts, whatever it has confirmed', () => {
  const [holding] = envelopeOf(depot({}, 100)).holdings
  expect(valueAt(followable(holding!, now, 0), now)).toBe(holding!.nameplateW)
})

test('where the site has room for it, it stays in use, and its fallback is not sent again and again', () => {
  expect(steer(depot({}, 100)).actions).toEqual([])
})

test('where the site has none, it is held; it is not released as long as there is none', () => {
  expect(steer(depot({}, 10)).actions).toEqual([{ kind: 'hold', portId: expect.any(String) }])
  const held = depot(
    { inoperative: true, heldReason: 'The charger has not confirmed its fallback limit, and the site has no room for its full power.' },
    10,
  )
  expect(steer(held).actions).toEqual([])
})
