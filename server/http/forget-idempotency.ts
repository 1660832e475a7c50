import { days, hours } from '#lib/time/instant.ts'
import type { Ctx } from '#server/runtime.ts'
import { forgetOlderThan } from '#server/store/idempotency.ts'

/** Idempotency keys are kept for two days of real time, then forgotten. @returns ends it */
export function startForgettingKeys({ db, clock, log }: Pick<Ctx, 'db' | 'clock' | 'log'>): () => void {
  const forget = () =>
    forgetOlderThan(db.prisma, new Date(clock.real() - days(2))).catch((error: unknown) =>
      log.warn({ err: error }, 'old idempotency keys could not be forgotten'),
    )
  // real time: a demo at ten times the speed keeps them as long
  return clock.every(hours(1) * clock.speed, () => void forget())
}
