import { expect, test } from 'vitest'
import { expectHeld, judgedDays } from './test-days.ts'

// Thirty days of a depot with duties, a building, prices, grid signals and faults. Planner, books and steering are the very functions of the
// gateway (server/night/days-gateway.ts); its database and its sockets are not here: they are in night.test.ts and night.long.test.ts.

test('thirty days with faults: the envelope holds, and nobody is late who need not be', { timeout: 1_500_000 }, async () => {
  const judged = await judgedDays(30, 1)
  console.info(judged.says)
  for (const { night, late: vans, missingWh, unavoidableWh } of judged.late)
    console.info(
      `night ${night}: late ${vans.map(({ stay }) => `van ${stay.van}`).join(', ')}; ${Math.round(missingWh)} Wh missing, ${Math.round(unavoidableWh)} Wh at least`,
    )
  expectHeld(judged)
  expect(new Set(judged.faults).size).toBe(8)
})
