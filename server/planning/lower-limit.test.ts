import { expect, test } from 'vitest'
import { hours, type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import { endLowerLimit, lowerLimit } from './lower-limit.ts'
import { followsW, NIGHT, type TestDepot, testDepot } from './test-depot.ts'

const NUMBERS = [1, 2, 3]
const at = (ms: number) => localIso(plus(NIGHT, ms), 'UTC')
const wake = { replan: () => {} } as never
const feed = { publish: () => {} } as never
const doing = (depot: TestDepot) => ({ db: depot.db, clock: depot.clock, wakes: wake, feed })

async function settled(depot: TestDepot): Promise<void> {
  await depot.gateway.replanner.now('north', 'test')
  for (let pass = 0; pass < 3; pass += 1) {
    await depot.clock.move(seconds(15))
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.idle()
  }
}

/** All that the chargers follow at a moment, were nobody to tell them anything more. */
const sumAt = (depot: TestDepot, moment: Instant) => NUMBERS.reduce((sum, n) => sum + followsW(depot.charger(`c${n}`), moment), 0)
const highestIn = (depot: TestDepot, from: number, until: number) =>
  Math.max(...Array.from({ length: Math.ceil((until - from) / minutes(1)) }, (_, m) => sumAt(depot, plus(NIGHT, from + m * minutes(1)))))
/** By so much a charger's clock may be wrong. */
const SKEW_MS = seconds(5)

test('chargers hold the steps of a lowered limit before it begins: kept without us, and back after it', async () => {
  const depot = await testDepot({ capW: 20_000 })
  await depot.allConfirmed()
  for (const n of NUMBERS) {
    // in all 20 kW before and after the lowered hours are needed
    await depot.duty(n, plus(NIGHT, hours(5.25)), 54_000)
    await depot.plug(n)
  }
  await settled(depot)
  expect(sumAt(depot, plus(NIGHT, hours(1.5)))).toBeGreaterThan(10_000)

  const { id } = await lowerLimit(
    doing(depot),
    'north',
    'service',
    { kw: 6, from: at(hours(1)), until: at(hours(3)), reason: 'grid' },
    'user:x',
  )
  await settled(depot)
  // nothing more is said from here on: what they hold keeps the limit by itself, clocks that are wrong by a little included
  expect(highestIn(depot, hours(1) - SKEW_MS, hours(3))).toBeLessThanOrEqual(6_000)
  expect(sumAt(depot, plus(NIGHT, hours(3) + SKEW_MS - 1))).toBeLessThanOrEqual(6_000)
  expect(highestIn(depot, minutes(10), hours(1))).toBeGreaterThan(10_000)
  expect(highestIn(depot, hours(3), hours(5))).toBeGreaterThan(10_000)
  expect(highestIn(depot, 0, hours(8))).toBeLessThanOrEqual(20_000)

  await endLowerLimit(doing(depot), 'north', id, 'user:x')
  await settled(depot)
  expect(highestIn(depot, hours(1), hours(3))).toBeGreaterThan(10_000)
  expect(await depot.db.prisma.limitHours.count()).toBe(0)
})

test('more than the node carries is refused: a slip of the unit must not look like success', async () => {
  const depot = await testDepot({ capW: 20_000 })
  const asked = { kw: 400, from: null, until: at(hours(3)), reason: 'grid' }
  await expect(lowerLimit(doing(depot), 'north', 'service', asked, 'user:x')).rejects.toMatchObject({
    code: 'invalid',
    fields: { limitW: expect.stringMatching(/^At most 20\skW\.$/) },
  })
  expect(await depot.db.prisma.limitHours.count()).toBe(0)
})

test('one that runs is ended at this moment, and stays on record', async () => {
  const depot = await testDepot()
  await depot.allConfirmed()
  const { id } = await lowerLimit(doing(depot), 'north', 'service', { kw: 6, from: null, until: at(hours(3)), reason: null }, 'user:x')
  await depot.clock.move(minutes(20))
  await endLowerLimit(doing(depot), 'north', id, 'user:x')
  expect(await depot.db.prisma.limitHours.findUnique({ where: { id } })).toMatchObject({ endsAt: new Date(plus(NIGHT, minutes(20))) })
})
