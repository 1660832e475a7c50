import { type Instant, iso } from '#lib/time/instant.ts'
import { type ConfigurationItem, findItem } from './configuration16.ts'
import type { OfflinePolicy } from './offline-policy.ts'

// The local authorisation list (1.6 §3.5.1, §5.10, §5.15): who is in it, and the messages that bring a charger to a version.

export type ListToken = {
  idTag: string
  status: string
  expiresAt: Instant | null
  parentIdTag: string | null
  /** Its last session or change: who is needed most, where there is not room for all. */
  usedAt: Instant | null
}

/** What a charger can take. `null`: it has no such list. */
export type ListRoom = { most: number; perMessage: number }

/** Read from its configuration: the feature, LocalAuthListMaxLength and SendLocalListMaxLength. Without numbers little is asked of it. */
export function listRoom(items: ConfigurationItem[]): ListRoom | null {
  const value = (key: string) => findItem(items, key)?.value ?? undefined
  const features = value('SupportedFeatureProfiles')
    ?.toLowerCase()
    .split(',')
    .map((word) => word.trim())
  if (!features?.includes('localauthlistmanagement')) return null
  const count = (key: string, orElse: number) => {
    const number = Number(value(key) ?? Number.NaN)
    return Number.isInteger(number) && number > 0 ? number : orElse
  }
  return { most: count('LocalAuthListMaxLength', 100), perMessage: count('SendLocalListMaxLength', 20) }
}

export type ListEntry = { idTag: string; idTagInfo?: { status: 'Accepted' | 'Blocked'; expiryDate?: string; parentIdTag?: string } }

/** As a charger compares it, §7.27. A token that is over by its date says so itself. */
export const entryOf = ({ idTag, status, expiresAt, parentIdTag }: ListToken): ListEntry => ({
  idTag,
  idTagInfo: {
    status: status === 'accepted' ? 'Accepted' : 'Blocked',
    ...(expiresAt === null ? {} : { expiryDate: iso(expiresAt) }),
    ...(parentIdTag === null ? {} : { parentIdTag }),
  },
})

/**
 * Who is in the list of a charger with room for `most`. Where not all fit: the most recently used; blocked ones last, unless anyone may
 * charge offline, when only the list keeps them out.
 */
export function listed(tokens: readonly ListToken[], most: number, policy: OfflinePolicy): ListToken[] {
  if (tokens.length <= most) return [...tokens].sort(byTag)
  const rank = ({ status }: ListToken) => ((status === 'accepted') === (policy === 'anyone') ? 1 : 0)
  const ranked = [...tokens].sort((a, b) => rank(a) - rank(b) || (b.usedAt ?? 0) - (a.usedAt ?? 0) || byTag(a, b))
  return ranked.slice(0, most).sort(byTag)
}
const byTag = (a: ListToken, b: ListToken) => (a.idTag < b.idTag ? -1 : a.idTag > b.idTag ? 1 : 0)

export type ListMessage = { listVersion: number; updateType: 'Full' | 'Differential'; localAuthorizationList?: ListEntry[] }

/** The least version at which a list of so many can be told in parts: each part needs a version of its own. */
export const leastVersion = (tokens: number, { perMessage }: ListRoom): number => Math.max(1, Math.ceil(tokens / perMessage))

/** The whole list in parts. The versions rise with each part and end at `version`, which is at least `leastVersion`. */
export function fullList(tokens: readonly ListToken[], version: number, room: ListRoom): ListMessage[] {
  const parts = chunks(tokens.map(entryOf), room.perMessage)
  if (parts.length === 0) return [{ listVersion: version, updateType: 'Full' }]
  return parts.map((part, index) => ({
    listVersion: version - parts.length + 1 + index,
    updateType: index === 0 ? 'Full' : 'Differential',
    localAuthorizationList: part,
  }))
}

/**
 * What changed, in parts: `changes` are versions with the token each changed, ascending, after the version that the charger has. A part's
 * version is that of its last change, so that a list that got only some parts says truly how far it is.
 */
export function changedList(
  changes: readonly { version: number; idTag: string }[],
  tokens: ReadonlyMap<string, ListToken>,
  room: ListRoom,
): ListMessage[] {
  const newest = new Map(changes.map(({ idTag, version }) => [idTag, version]))
  const once = changes.filter(({ idTag, version }) => newest.get(idTag) === version)
  return chunks(once, room.perMessage).map((part) => ({
    listVersion: part.at(-1)!.version,
    updateType: 'Differential',
    localAuthorizationList: part.map(({ idTag }) => {
      const token = tokens.get(idTag)
      // without an idTagInfo the charger takes it out
      return token ? entryOf(token) : { idTag }
    }),
  }))
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
