import { expect, test } from 'vitest'
import { judgedDays } from './test-days.ts'

// Thirty days of a depot with duties, a building, prices, grid signals and faults. Planner, books and steering are the very functions of the
// gateway (server/night/days-gateway.ts); its database and its sockets are not here: they are in night.test.ts and night.long.test.ts.

test('thirty days with faults: the envelope holds, and nobody is late who need not be', { timeout: 1_500_000 }, async () => {
  const { envelopePassed, wiresOver, meansOver, lateAvoidably, late, mostWrites, faults, counts, says } = await judgedDays(30, 1)
  console.info(says)
  for (const { night, late: vans, missingWh, unavoidableWh } of late)
    console.info(
      `night ${night}: late ${vans.map(({ stay }) => `van ${stay.van}`).join(', ')}; ${Math.round(missingWh)} Wh missing, ${Math.round(unavoidableWh)} Wh at least`,
    )
  expect(envelopePassed).toEqual([])
  expect(wiresOver.slice(0, 3)).toEqual([])
  expect(meansOver.slice(0, 3)).toEqual([])
  expect(lateAvoidably.slice(0, 3)).toEqual([])
  expect(mostWrites).toBeLessThanOrEqual(100)
  expect(Math.min(counts.refined, counts.safe, counts.thrownAway)).toBeGreaterThan(0)
  expect(new Set(faults).size).toBe(8)
})
