import { percent } from '#lib/format/number.ts'

/** A gap above this says more about the lower bound than about the plan. */
const MOST_CERTIFIED = 0.1

/** How near a plan is known to be to the best possible; `gap` is its certified gap, 0 … 1 (source: spec "planner", The answer). */
export const qualityText = (gap: number, locale?: string): string =>
  gap > MOST_CERTIFIED ? 'best found, not certified' : `within ${percent(Math.max(0.1, gap * 100), 1, locale)} of best possible`
