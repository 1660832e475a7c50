import type { z } from 'zod'
import type { depotClock as clockShape } from '#lib/api/words.ts'
import type { Ctx } from '#server/runtime.ts'
import type { DepotRow } from '#server/store/view.ts'

/** The depot's time as the screens tick from it. */
export const depotClock = (
  { clock }: Pick<Ctx, 'clock'>,
  { zone, demo }: Pick<DepotRow, 'zone' | 'demo'>,
): z.output<typeof clockShape> => ({
  now: clock.now(),
  speed: clock.speed,
  zone,
  demo,
})
