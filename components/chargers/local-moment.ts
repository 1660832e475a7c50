import { localInstant } from '#lib/time/zone.ts'

/** What was entered as depot time (`2026-03-10T22:30`); undefined for an empty or half field. */
export function momentOf(text: string, zone: string): number | undefined {
  const [day, time] = text.split('T')
  return day && time ? localInstant(day, time.slice(0, 5), zone) : undefined
}
