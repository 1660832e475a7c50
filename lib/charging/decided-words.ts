import type { Decided } from '../api/provisioning.ts'
import { counted } from '../format/number.ts'

const NAMED = 3

/** How many were decided. */
export function decidedText(results: readonly Decided[], registration: 'accepted' | 'rejected'): string {
  const done = results.filter(({ decided }) => decided).length
  return `${counted(done, 'charger')} ${done === 1 ? 'is' : 'are'} ${registration}`
}

/** Which could not be decided and why, the first by name; null: all were. */
export function notDecidedText(results: readonly Decided[], names: ReadonlyMap<string, string>): string | null {
  const not = results.filter(({ decided }) => !decided)
  if (not.length === 0) return null
  const told = not.slice(0, NAMED).map(({ id, detail }) => `${names.get(id) ?? id}: ${detail}`)
  const more = not.length > NAMED ? ` And ${not.length - NAMED} more.` : ''
  return `${not.length} ${not.length === 1 ? 'is' : 'are'} as before. ${told.join(' ')}${more}`
}
