import { percent } from '#lib/format/number.ts'

/** From here on a share of the best says less than what could be saved at most. */
const NEAR = 0.1

/** How near a plan is known to be to the best possible; `gap` is its certified gap, 0 … 1 (source: spec "planner", The answer). */
export const qualityText = (gap: number, locale?: string): string =>
  gap > NEAR
    ? `at most ${percent(gap * 100, 0, locale)} could be saved`
    : `within ${percent(Math.max(0.1, gap * 100), 1, locale)} of best possible`
