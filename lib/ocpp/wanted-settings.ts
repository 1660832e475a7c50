import { whyNotDesired } from './configuration-guard.ts'
import { type ConfigurationItem, findItem, type Setting, sameValue, wantedSettings } from './configuration16.ts'
import { type OfflinePolicy, offlineKeys } from './offline-policy.ts'

/** Who wants a setting: a group goes before a model, a model before the offline policy and what every charger gets. */
export type WantedFrom = 'group' | 'model' | 'offlinePolicy' | 'everyCharger'
export type Wanted = Setting & { from: WantedFrom }
export type Desired = { kind: string; name: string; key: string; value: string }

/** A charger as its rules see it. `model`: vendor and model in one, as desired settings name it. */
export type Ruled = { policy: OfflinePolicy; model: string | null; group: string | null; desired: readonly Desired[] }

export const modelName = (vendor: string | null, model: string | null): string | null =>
  [vendor, model].filter((each) => each).join(' ') || null

type Named = Pick<Ruled, 'model' | 'group'>
type Of = Pick<Desired, 'kind' | 'name'>

/** A charger of this model or group, whatever the case of the letters. */
export const isOf = (charger: Named, { kind, name }: Of): boolean =>
  (kind === 'group' ? charger.group : charger.model)?.toLowerCase() === name.toLowerCase()

/** What to say of a setting that no charger is meant by; null: some are. */
export function noneHint(chargers: readonly Named[], of: Of): string | null {
  if (chargers.some((charger) => isOf(charger, of))) return null
  const known = [...new Set(chargers.flatMap(({ model, group }) => (of.kind === 'group' ? group : model) ?? []))].sort()
  const there =
    known.length === 0
      ? `No charger ${of.kind === 'group' ? 'is in a group' : 'has told its model'} yet.`
      : `There are: ${known.join(', ')}.`
  return `No charger is ${of.kind === 'group' ? `in the group "${of.name}"` : `of the model "${of.name}"`} now: it counts from the first one on. ${there}`
}

/** The one list of what is wanted of a charger's configuration: commissioning, repair and the screens all ask here. */
export function wantedOf({ policy, model, group, desired }: Ruled): Wanted[] {
  const of = (kind: 'group' | 'model'): Wanted[] =>
    desired
      .filter((each) => each.kind === kind && isOf({ model, group }, each))
      .map(({ key, value }) => ({ key, value, needed: false, from: kind }))
  const offline = Object.entries(offlineKeys[policy]).map(([key, value]): Wanted => ({ key, value, needed: false, from: 'offlinePolicy' }))
  const built = wantedSettings.map((setting): Wanted => ({ ...setting, from: 'everyCharger' }))
  const byKey = new Map<string, Wanted>()
  for (const wanted of [...of('group'), ...of('model'), ...offline, ...built]) {
    const key = wanted.key.toLowerCase()
    if (whyNotDesired(key, wanted.value) === undefined && !byKey.has(key)) byKey.set(key, wanted)
  }
  return [...byKey.values()]
}

/**
 * What a charger said when it was told a key, by the key in lower case. It counts for this firmware only; a wanted reboot until the
 * charger has booted. `took`: accepted, though its configuration does not tell the key.
 */
export type SettingAnswer = {
  firmware: string | null
  refused: { value: string; said: string }[]
  reboot?: { value: string; at: number }
  took?: string
}
export type SettingAnswers = Record<string, SettingAnswer>

export type SettingState = 'same' | 'differs' | 'readOnly' | 'unknown' | 'refused' | 'needsReboot' | 'notTold'
export type Compared = {
  key: string
  wanted: string
  has: string | null
  from: WantedFrom
  state: SettingState
  needed: boolean
  words: string
  /** What a repair tells the charger, one after the other until it takes one. */
  tell: string[]
}

export type Told = { items: ConfigurationItem[]; answers: SettingAnswers; firmware: string | null; bootedAt: number | null }

/**
 * What is wanted beside what the charger has. A key that every charger gets and this one does not know is none of its business; one that
 * was desired for it by name is shown. `again`: what it refused before counts as not yet asked.
 */
export function compare(wanted: readonly Wanted[], { items, answers, firmware, bootedAt }: Told, again = false): Compared[] {
  return wanted.flatMap((one): Compared[] => {
    const item = findItem(items, one.key)
    const named = one.from === 'group' || one.from === 'model'
    if (items.length > 0 && !item && !named) return []
    const stored = answers[one.key.toLowerCase()]
    const answer = stored?.firmware === firmware ? stored : undefined
    const refused = (value: string) => answer?.refused.find((each) => sameValue(each.value, value))
    const candidates = [one.value, ...(one.orElse ?? [])]
    const tell = candidates.filter((value) => again || !refused(value))
    const is = (state: SettingState, words: string, left: string[] = []): Compared[] => [
      { key: one.key, wanted: one.value, has: item?.value ?? null, from: one.from, state, needed: one.needed, words, tell: left },
    ]
    const reboot = answer?.reboot
    if (reboot && candidates.some((value) => sameValue(reboot.value, value)) && (bootedAt === null || bootedAt <= reboot.at))
      return is('needsReboot', 'The charger took it and wants a restart for it.')
    const fits = item && tell.length > 0 && sameValue(item.value, tell[0]!)
    if (fits || (item && sameValue(item.value, one.value))) return is('same', 'As wanted.')
    if (item?.readonly) return is('readOnly', 'The charger does not let this key be changed.')
    if (!item && answer?.took !== undefined && sameValue(answer.took, one.value))
      return is('same', 'The charger took it; it does not tell this key.')
    if (tell.length === 0) return is('refused', `The charger refused it: ${refused(one.value)?.said ?? 'Rejected'}.`)
    if (items.length === 0) return is('notTold', 'The charger has not told its configuration.', tell)
    if (!item) return is('unknown', 'The charger does not tell this key.', tell)
    return is('differs', `It has “${item.value ?? ''}”.`, tell)
  })
}

/** Not as wanted. What cannot be told yet is not known to differ. */
export const drifts = ({ state }: Pick<Compared, 'state'>): boolean => state !== 'same' && state !== 'notTold'
