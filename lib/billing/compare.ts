import type { Money } from '#lib/api/words.ts'
import { percent } from '#lib/format/number.ts'

/** `5.0 % under`, `2.3 % over`, `as much as`; null when there is nothing to compare with. The caller names the period. */
export function comparedText(now: Money, before: Money | null): string | null {
  if (before === null || before.minor <= 0) return null
  const change = ((now.minor - before.minor) / before.minor) * 100
  if (Math.abs(change) < 0.05) return 'as much as'
  return `${percent(Math.abs(change), 1)} ${change < 0 ? 'under' : 'over'}`
}
