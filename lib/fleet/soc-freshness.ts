import { hours, type Instant, minutes } from '#lib/time/instant.ts'

/** What the vehicle or its meter said counts as the state of now for so long. */
const SAID_MS = hours(1)
/** An estimate adds the meter's energy to what was said last; after so long nobody has confirmed it. */
const ESTIMATED_MS = minutes(30)

/** A state of charge as it is stored: `at` is the moment it is about, `saidAt` when the vehicle or its meter was last heard to tell one. */
export type KnownSoc = { at: Instant | null; saidAt: Instant | null; source: string | null }

/** Is a state of charge too old to be shown as the state of now? Unknown is. */
export function socIsStale({ at, saidAt, source }: KnownSoc, now: Instant): boolean {
  if (at === null) return true
  if (source === 'estimate') return saidAt === null || now - saidAt > ESTIMATED_MS
  return now - at > SAID_MS
}
