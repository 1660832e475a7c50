import type { Instant } from '#lib/time/instant.ts'

type Steps = { from: Instant; limitW: number }[]

/** What a wanted curve gives at a moment; its first step holds since ever. */
export const wantedAt = (steps: Steps, at: Instant): number => {
  let limitW = steps[0]?.limitW ?? 0
  for (const step of steps) if (step.from <= at) limitW = step.limitW
  return limitW
}

/** When a curve that gives nothing at `at` will next give power; null: never, as far as it knows. */
export const promiseAfter = (steps: Steps, at: Instant): Instant | null =>
  steps.find(({ from, limitW }) => from > at && limitW > 0)?.from ?? null
