// Instants are UTC milliseconds; intervals are [from, until). Local time lives in lib/time/zone.ts and on the glass only.

declare const brand: unique symbol
/** A moment: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [brand]: 'Instant' }
/** `[from, until)`: the start belongs to it, the end does not. */
export type Interval = { from: Instant; until: Instant }

export const instant = (at: number | string | Date): Instant => {
  const ms = typeof at === 'number' ? at : new Date(at).getTime()
  if (!Number.isFinite(ms)) throw new RangeError(`not a moment: ${String(at)}`)
  return Math.round(ms) as Instant
}
export const iso = (at: Instant): string => new Date(at).toISOString()
export const plus = (at: Instant, ms: number): Instant => (at + ms) as Instant
export const earliest = (...all: Instant[]): Instant => Math.min(...all) as Instant
export const latest = (...all: Instant[]): Instant => Math.max(...all) as Instant
export const contains = (interval: Interval, at: Instant): boolean => at >= interval.from && at < interval.until

export const seconds = (n: number): number => n * 1000
export const minutes = (n: number): number => n * 60_000
export const hours = (n: number): number => n * 3_600_000
export const days = (n: number): number => n * 86_400_000
