import { expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { kilowatts, type Watts } from '#lib/units/units.ts'
import { depot, five, portOf, van } from './depot-fixture.ts'
import { plan } from './plan.ts'

test('a charger that was lost comes back and its vehicle has left: who waited for that room begins at once', () => {
  const follows = Array.from({ length: 168 }, (_, t) => (t < 24 ? kilowatts(19.2) : 0) as Watts)
  const [lost, waiting] = [van('lost', '03:00', 30), van('waiting', '03:00', 30)]
  const away = portOf('lost', { reservedW: follows, offline: { followsW: follows } })
  const before = plan(depot(20, [lost, waiting], { ports: [away, portOf('waiting')] }))
  expect(before.allocations.map(({ vehicle, powerW }) => [vehicle, powerW.findIndex((w) => w > 0)])).toEqual([['waiting', 24]])
  const now = plus(five, minutes(1))
  const after = plan(depot(20, [waiting], { now, ports: [portOf('lost'), portOf('waiting')], previous: before }))
  expect(after.allocations[0]?.powerW[0]).toBe(kilowatts(19.2))
})
