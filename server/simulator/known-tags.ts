import type { TagInfo } from './memory.ts'
import { deviceNow, isOn, type Station } from './station.ts'

// What the charger knows of tags without asking: the list that was sent, and the cache of answers (§3.5).

/** The list is stronger than the cache (§3.5.3). */
export function known(station: Station, idTag: string): TagInfo | undefined {
  const { localList, cache } = station.memory
  const listed = isOn(station, 'LocalAuthListEnabled') ? localList.tags[idTag] : undefined
  return listed ?? (isOn(station, 'AuthorizationCacheEnabled') ? cache[idTag] : undefined)
}

export const isGood = (station: Station, info: TagInfo | undefined): boolean =>
  info?.status === 'Accepted' && (info.expiryDate === undefined || Date.parse(info.expiryDate) > deviceNow(station))

/** An answer of the central system; the tag's group serves a reservation even without a cache. */
export function remember(station: Station, idTag: string, info: TagInfo): void {
  if (info.parentIdTag) station.groups.set(idTag, info.parentIdTag)
  if (isOn(station, 'AuthorizationCacheEnabled')) station.memory.cache[idTag] = info
}
